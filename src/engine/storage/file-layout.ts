import type { StoreShape } from '../contracts/piece-store.ts'
import type { FileIndex, PieceIndex } from '../model/ids.ts'
import type { Bytes } from '../model/units.ts'

/** Which bytes of which file a part of a piece is (BEP 3: files lie end to end). */
export interface FileLayout {
  readonly pieceLength: Bytes
  readonly pieceCount: number
  readonly totalBytes: Bytes

  /** `pieceLength` for all but the last piece. Throws for a piece the torrent does not have. */
  pieceLengthOf(piece: PieceIndex): Bytes

  /**
   * The files under `length` bytes that begin `offset` bytes into the piece, in order, without
   * gaps and without empty files. Throws when the range leaves the piece.
   */
  spansOf(piece: PieceIndex, offset: Bytes, length: Bytes): FileSpan[]

  /** First and last piece with bytes of the file; null for an empty file. */
  piecesOf(file: FileIndex): readonly [first: PieceIndex, last: PieceIndex] | null
}

export interface FileSpan {
  readonly file: FileIndex
  /** Where the span begins in its file. */
  readonly fileOffset: Bytes
  readonly length: Bytes
  /** Where the span begins in the range that was asked for. */
  readonly at: Bytes
}

/** Offsets and lengths of `shape` are trusted: they come from a parsed metainfo or its record. */
export function makeFileLayout(shape: StoreShape): FileLayout {
  const { pieceLength, totalBytes, files } = shape
  const pieceCount = Math.ceil(totalBytes / pieceLength)
  const filled = [...files.keys()].filter((file) => files[file]!.length > 0)

  const pieceLengthOf = (piece: PieceIndex): Bytes => {
    if (!Number.isInteger(piece) || piece < 0 || piece >= pieceCount) {
      throw new RangeError(`no piece ${piece} among ${pieceCount}`)
    }
    return Math.min(pieceLength, totalBytes - piece * pieceLength)
  }

  /** Position in `filled` of the file that holds this byte of the torrent. */
  const holderOf = (byte: Bytes): number => {
    let low = 0
    let high = filled.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (files[filled[middle]!]!.offset <= byte) low = middle
      else high = middle - 1
    }
    return low
  }

  return {
    pieceLength,
    pieceCount,
    totalBytes,
    pieceLengthOf,

    spansOf(piece, offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= pieceLengthOf(piece))) {
        throw new RangeError(`piece ${piece} has no ${length} bytes at ${offset}`)
      }
      const start = piece * pieceLength + offset
      const spans: FileSpan[] = []
      let at = 0
      for (let holder = holderOf(start); at < length; holder++) {
        const file = filled[holder]!
        const fileOffset = start + at - files[file]!.offset
        const spanLength = Math.min(files[file]!.length - fileOffset, length - at)
        spans.push({ file, fileOffset, length: spanLength, at })
        at += spanLength
      }
      return spans
    },

    piecesOf(file) {
      const found = files[file]
      if (found === undefined) throw new RangeError(`no file ${file} among ${files.length}`)
      if (found.length === 0) return null
      return [
        Math.floor(found.offset / pieceLength),
        Math.floor((found.offset + found.length - 1) / pieceLength),
      ]
    },
  }
}
