import type { PieceIndex } from '../model/ids.ts'
import { BLOCK_LENGTH, type Bytes } from '../model/units.ts'

/** Requests that are not answered yet, in one direction of a wire. Repeated ones count each. */
export interface RequestBook {
  add(piece: PieceIndex, offset: Bytes, length: Bytes): void
  /** Takes one out; false when there is none like it. */
  take(piece: PieceIndex, offset: Bytes, length: Bytes): boolean
  dropOldest(): void
  clear(): void
  /** What answering all of them takes, in blocks of `BLOCK_LENGTH`. */
  readonly blocks: number
}

/** Longer than any piece, so that a piece and an offset make one number, exact below 2^53. */
const OFFSETS = 2 ** 31

export function makeRequestBook(): RequestBook {
  /** Lengths by piece and offset, in the order of asking. Nearly always one. */
  const lengths = new Map<number, Bytes[]>()
  let blocks = 0

  const costOf = (length: Bytes) => Math.ceil(length / BLOCK_LENGTH)

  return {
    add(piece, offset, length) {
      const key = piece * OFFSETS + offset
      const known = lengths.get(key)
      if (known === undefined) lengths.set(key, [length])
      else known.push(length)
      blocks += costOf(length)
    },

    take(piece, offset, length) {
      const key = piece * OFFSETS + offset
      const known = lengths.get(key)
      const nth = known?.indexOf(length) ?? -1
      if (known === undefined || nth === -1) return false
      if (known.length === 1) lengths.delete(key)
      else known.splice(nth, 1)
      blocks -= costOf(length)
      return true
    },

    dropOldest() {
      for (const [key, known] of lengths) {
        lengths.delete(key)
        for (const length of known) blocks -= costOf(length)
        return
      }
    },

    clear() {
      lengths.clear()
      blocks = 0
    },

    get blocks() {
      return blocks
    },
  }
}
