import { KIB, type Bytes } from '../model/units.ts'

/** The kinds of messages between peers (BEP 3, 5, 6, 10): the byte after the length. */
export const CHOKE = 0
export const UNCHOKE = 1
export const INTERESTED = 2
export const NOT_INTERESTED = 3
export const HAVE = 4
export const BITFIELD = 5
export const REQUEST = 6
export const PIECE = 7
export const CANCEL = 8
export const PORT = 9
export const SUGGEST = 13
export const HAVE_ALL = 14
export const HAVE_NONE = 15
export const REJECT = 16
export const ALLOWED_FAST = 17
export const EXTENDED = 20

/** Protocol name with its length, 8 reserved bytes, info hash, wire peer id (BEP 3). */
export const HANDSHAKE_LENGTH: Bytes = 68

/** The four bytes that say how long a message is; they do not count themselves. */
export const LENGTH_PREFIX: Bytes = 4

/** Most pieces of any torrent; libtorrent's limit too. The largest known has about 41,000. */
export const MAX_PIECES = 2 ** 21

/** Longest block a peer may ask for; others close on more, as WebTorrent does. */
export const MAX_REQUEST_LENGTH: Bytes = 128 * KIB

/** Numbers on the wire are unsigned; WebTorrent reads them as signed. */
export function uint32At(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
  )
}
