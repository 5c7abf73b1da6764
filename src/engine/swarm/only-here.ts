import type { PieceIndex } from '../model/ids.ts'
import type { Bytes } from '../model/units.ts'

/** How many bytes are here and with no partial peer. */
export interface OnlyHere {
  /** The piece is good here now, or is not any more. Telling the same twice changes nothing. */
  here(piece: PieceIndex, is: boolean): void
  /** Somebody else who does not have everything has it, or nobody does. */
  elsewhere(piece: PieceIndex, is: boolean): void
  readonly bytes: Bytes
}

export interface OnlyHereSpec {
  readonly pieceCount: number
  readonly lengthOf: (piece: PieceIndex) => Bytes
}

const HERE = 1
const ELSEWHERE = 2

/** Counted as news comes in, one step for each, so that asking costs nothing however often it is. */
export function makeOnlyHere({ pieceCount, lengthOf }: OnlyHereSpec): OnlyHere {
  const flags = new Uint8Array(pieceCount)
  let bytes: Bytes = 0

  const put = (piece: PieceIndex, flag: number, is: boolean) => {
    const before = flags[piece]!
    const after = is ? before | flag : before & ~flag
    if (before === after) return
    flags[piece] = after
    if (before === HERE) bytes -= lengthOf(piece)
    if (after === HERE) bytes += lengthOf(piece)
  }

  return {
    here: (piece, is) => put(piece, HERE, is),
    elsewhere: (piece, is) => put(piece, ELSEWHERE, is),
    get bytes() {
      return bytes
    },
  }
}
