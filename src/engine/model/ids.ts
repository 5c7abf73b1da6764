declare const brand: unique symbol
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name }

/** 40 lower-case hex digits: the SHA-1 of the info dictionary (BEP 3), or a URL's stable id. */
export type InfoHash = Branded<string, 'InfoHash'>
/** 64 lower-case hex digits: the name of a private swarm, known to those inside and those invited. */
export type SwarmId = Branded<string, 'SwarmId'>
/** Position of a piece in its torrent, from 0. */
export type PieceIndex = number
/** Position of a file in its metainfo, from 0. */
export type FileIndex = number
/** libp2p identity, `12D3Koo…`. */
export type PeerId = Branded<string, 'PeerId'>
/** The 20 bytes of a handshake as 40 hex digits; self-chosen, proves nothing (BEP 20). */
export type WirePeerId = Branded<string, 'WirePeerId'>
export type CallId = number
/** Names one running creation (hashing of files) until it has an info hash. Chosen by the page. */
export type CreationId = string

/** True for 40 lower-case hex digits; the only way a text becomes an `InfoHash`. */
export function isInfoHash(text: string): text is InfoHash {
  return /^[0-9a-f]{40}$/.test(text)
}

/**
 * True for the peer id of an Ed25519 key, which carries the whole key: 52 base58 letters. The only
 * way a text becomes a `PeerId`; ids of other keys only name one, and are taken nowhere.
 */
export function isPeerId(text: string): text is PeerId {
  const letters = /^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/.test(text)
  return letters && text >= LOWEST_PEER_ID && text <= HIGHEST_PEER_ID
}

/** Base58's digits are in the order of ASCII, so texts of one length compare as their numbers do. */
const LOWEST_PEER_ID = '12D3KooW9pNAk8aiBuGVQtWRdbkLmo5qVL3e2h5UxbN2Nz9ttwiw'
const HIGHEST_PEER_ID = '12D3KooWT3gYEvLJyx1FyyHqrmvdy1tMjpgxmu9aSeKMEuafQtyC'

/** True for 64 lower-case hex digits; the only way a text becomes a `SwarmId`. */
export function isSwarmId(text: string): text is SwarmId {
  return /^[0-9a-f]{64}$/.test(text)
}

/** The text of 20 bytes. Throws on any other length: the caller holds a digest, not foreign text. */
export function infoHashOfDigest(digest: Uint8Array): InfoHash {
  const hex = hexOf(digest)
  if (!isInfoHash(hex)) throw new Error(`an info hash has 20 bytes, not ${digest.length}`)
  return hex
}

export function hexOf(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return hex
}

/** The bytes of an even number of hex digits. */
export function bytesOfHex(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2)
  for (let at = 0; at < bytes.length; at++) bytes[at] = parseInt(hex.slice(at * 2, at * 2 + 2), 16)
  return bytes
}
