import type { FileIndex, PieceIndex } from '../model/ids.ts'
import type { FilePriority } from '../model/torrent.ts'
import type { Bytes } from '../model/units.ts'
import type { FileLayout } from './file-layout.ts'

const LAST_LEVEL = 2
const LEVELS: Readonly<Record<FilePriority, number>> = { high: 0, normal: 1, low: LAST_LEVEL }

/** Which pieces are good, and what that means for each file and for what is wanted. */
export interface PieceCounts {
  /** One bit a piece, high bit first (BEP 3). Live: read it, do not keep it. */
  readonly bits: Uint8Array<ArrayBuffer>
  readonly havePieces: number
  readonly wantedBytes: Bytes
  /** Good bytes of wanted files. */
  readonly haveBytes: Bytes
  /** All good bytes, wanted or not. */
  readonly totalHaveBytes: Bytes
  haveOf(file: FileIndex): Bytes
  isWanted(file: FileIndex): boolean
  /** Pieces with bytes of a wanted file. A fresh array. */
  wantedPieces(): Uint8Array<ArrayBuffer>
  priorityOf(file: FileIndex): FilePriority
  /** When each piece comes: 0 with a file of high priority, 1, 2 with files of low priority alone. A fresh array. */
  levels(): Uint8Array<ArrayBuffer>
  /** From now on these files come before and after the others. */
  prioritise(high: ReadonlySet<FileIndex>, low: ReadonlySet<FileIndex>): void
  /** Counts once, however often it is told. */
  good(piece: PieceIndex): void
  /** Good no more. Counts once, too. */
  lose(piece: PieceIndex): void
  has(piece: PieceIndex): boolean
  /** Forgets what was good and takes these bits. */
  reset(bits: Uint8Array): void
  /** From now on these files are wanted; null is all. */
  want(files: ReadonlySet<FileIndex> | null): void
}

export function makePieceCounts(layout: FileLayout, lengths: readonly Bytes[]): PieceCounts {
  const bits = new Uint8Array(Math.ceil(layout.pieceCount / 8))
  const have = new Float64Array(lengths.length)
  let wanted: ReadonlySet<FileIndex> | null = null
  let high: ReadonlySet<FileIndex> = new Set()
  let low: ReadonlySet<FileIndex> = new Set()
  let havePieces = 0

  const priorityOf = (file: FileIndex): FilePriority =>
    high.has(file) ? 'high' : low.has(file) ? 'low' : 'normal'

  const sum = (of: (file: FileIndex) => Bytes): Bytes =>
    lengths.reduce((total, _, file) => (isWanted(file) ? total + of(file) : total), 0)
  const isWanted = (file: FileIndex) => wanted === null || wanted.has(file)
  let wantedBytes = sum((file) => lengths[file]!)
  let haveBytes = 0
  let totalHaveBytes = 0

  const has = (piece: PieceIndex) => ((bits[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0

  const count = (piece: PieceIndex, by: 1 | -1) => {
    bits[piece >> 3]! ^= 0x80 >> (piece & 7)
    havePieces += by
    for (const span of layout.spansOf(piece, 0, layout.pieceLengthOf(piece))) {
      have[span.file]! += by * span.length
      totalHaveBytes += by * span.length
      if (isWanted(span.file)) haveBytes += by * span.length
    }
  }
  const good = (piece: PieceIndex) => {
    if (!has(piece)) count(piece, 1)
  }

  return {
    bits,
    get havePieces() {
      return havePieces
    },
    get wantedBytes() {
      return wantedBytes
    },
    get haveBytes() {
      return haveBytes
    },
    get totalHaveBytes() {
      return totalHaveBytes
    },
    haveOf: (file) => have[file] ?? 0,
    isWanted,
    wantedPieces() {
      const pieces = new Uint8Array(bits.length)
      lengths.forEach((_, file) => {
        const range = isWanted(file) ? layout.piecesOf(file) : null
        if (range === null) return
        for (let piece = range[0]; piece <= range[1]; piece++) {
          pieces[piece >> 3]! |= 0x80 >> (piece & 7)
        }
      })
      return pieces
    },
    priorityOf,
    levels() {
      const levels = new Uint8Array(layout.pieceCount).fill(LAST_LEVEL)
      // A piece of several wanted files comes with the first of them.
      for (const file of lengths.keys()) {
        const range = isWanted(file) ? layout.piecesOf(file) : null
        const level = LEVELS[priorityOf(file)]
        if (range === null || level === LAST_LEVEL) continue
        for (let piece = range[0]; piece <= range[1]; piece++) {
          levels[piece] = Math.min(levels[piece]!, level)
        }
      }
      return levels
    },
    prioritise(first, last) {
      high = first
      low = last
    },
    good,
    lose(piece) {
      if (has(piece)) count(piece, -1)
    },
    has,
    reset(from) {
      bits.fill(0)
      have.fill(0)
      havePieces = haveBytes = totalHaveBytes = 0
      for (let piece = 0; piece < layout.pieceCount; piece++) {
        if (((from[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0) good(piece)
      }
    },
    want(files) {
      wanted = files
      wantedBytes = sum((file) => lengths[file]!)
      haveBytes = sum((file) => have[file]!)
    },
  }
}
