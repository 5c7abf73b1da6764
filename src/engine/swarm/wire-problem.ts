/** Why a peer's bytes are not fit for the wire. The link is closed: none of these has a second try. */
export interface WireProblem {
  readonly what: WireProblemName
  /** For logs and for the list of banned peers; contains nothing the peer wrote. */
  readonly detail: string
}

export type WireProblemName =
  /** Not BitTorrent, or another torrent. */
  | 'handshake'
  /** A message longer or shorter than its kind can be. */
  | 'length'
  /** A piece, an offset or a length that this torrent does not have. */
  | 'range'
  /** An extended message (BEP 10) that is not bencoding. */
  | 'bencode'
  /** An extended message that is, but says what cannot be. */
  | 'extended'
  /** More messages of a kind than any honest peer has use for. */
  | 'flood'
  /** Blocks that nobody asked for. */
  | 'unsolicited'

/** What is to be done with a frame: hand it on, leave it out, or close the link. */
export type FrameVerdict = 'pass' | 'drop' | WireProblem

export function wireProblem(what: WireProblemName, detail: string): WireProblem {
  return { what, detail }
}
