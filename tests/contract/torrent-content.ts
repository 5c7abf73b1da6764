import type { StoreShape } from '../../src/engine/contracts/piece-store.ts'
import type { Bytes } from '../../src/engine/model/units.ts'

/** The shape of a torrent of these files, lying end to end. */
export function shapeOf(
  pieceLength: Bytes,
  files: ReadonlyArray<readonly [path: string, length: Bytes]>,
): StoreShape {
  let totalBytes = 0
  const placed = files.map(([path, length]) => {
    const offset = totalBytes
    totalBytes += length
    return { path, length, offset }
  })
  return { pieceLength, totalBytes, files: placed }
}

/** Bytes that differ from place to place and from seed to seed (xorshift32). */
export function contentOf(length: Bytes, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  let state = (seed * 0x9e3779b1) | 1
  for (let at = 0; at < length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[at] = state
  }
  return bytes
}

/** A copy of one piece of the content: a store that is given it owns it. */
export function pieceOf(
  content: Uint8Array<ArrayBuffer>,
  { pieceLength }: StoreShape,
  piece: number,
): Uint8Array<ArrayBuffer> {
  return content.slice(piece * pieceLength, (piece + 1) * pieceLength)
}

/** Compares without a diff: an assertion library takes seconds to print a megabyte. */
export function sameBytes(one: Uint8Array | null, other: Uint8Array): boolean {
  return one !== null && one.length === other.length && one.every((byte, at) => byte === other[at])
}
