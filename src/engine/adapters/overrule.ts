import type Wire from 'bittorrent-protocol'
import type { Torrent } from 'webtorrent'
import type { PeerLink } from '../contracts/torrent-client.ts'

/** Requests of one peer that we keep; what we tell peers they may queue (BEP 10 `reqq`). */
const MAX_QUEUED_REQUESTS = 512
/** A peer that goes this far beyond what it was told is not confused but hostile. */
const MAX_REQUEST_EXCESS = 2
const CLIENT_VERSION = 'Chiral Web'

/** What WebTorrent would decide by itself, and what we decide instead. */
export interface Rules {
  /** Looks at what is stored before anything is asked for; WebTorrent would hash all of it. */
  check(): Promise<void>
  onFailure(thrown: unknown): void
  /** Something is wanted that is not here. */
  wantsMore(): boolean
  /** Whether this peer may be asked for a part of this piece. */
  mayAsk(wire: Wire, piece: number): boolean
}

/** Puts our rules in the place of private methods of WebTorrent's torrent, before it calls them. */
export function overruleTorrent(torrent: Torrent, rules: Rules): void {
  torrent._verifyPieces = (done) => {
    rules.check().then(
      () => done(null),
      (thrown: unknown) => rules.onFailure(thrown),
    )
  }
  // WebTorrent's own look at all files after each piece; what is complete is ours to say.
  torrent._checkDone = () => torrent._gcSelections()
  torrent._updateWireInterest = (wire) => {
    if (rules.wantsMore()) wire.interested()
    else wire.uninterested()
  }
  const request = torrent._request.bind(torrent)
  torrent._request = (wire, piece, hotswap) =>
    rules.mayAsk(wire, piece) ? request(wire, piece, hotswap) : false
  // It is called for every block, also late, when the client it names is gone.
  torrent._debug = () => {}
}

/**
 * Says how much a peer may queue, and holds it to that. The guard before the wire checked the
 * ranges. To be called before the handshake goes out.
 */
export function overruleWire(wire: Wire, link: PeerLink): void {
  // Puts a text together for every message, whether anybody reads it or not.
  wire._debug = () => {}
  wire.extendedHandshake['reqq'] = MAX_QUEUED_REQUESTS
  wire.extendedHandshake['v'] = CLIENT_VERSION
  const answer = wire._onRequest.bind(wire)
  wire._onRequest = (piece, offset, length) => {
    if (wire.peerRequests.length >= MAX_QUEUED_REQUESTS * MAX_REQUEST_EXCESS) {
      return link.ban('flood: more requests than it was told to queue')
    }
    answer(piece, offset, length)
  }
}
