import type { Torrent } from 'webtorrent'
import type { PieceIndex } from '../model/ids.ts'

/** The pieces that WebTorrent is to ask for, the most urgent first. */
export interface OrderedPieces {
  select(pieces: readonly PieceIndex[]): void
  deselect(pieces: readonly PieceIndex[]): void
  /** Nothing is asked for any more. */
  clear(): void
  /** Pieces of lower levels come first from now on, also of those that are selected: `selected`. */
  prioritise(levels: Uint8Array, selected: Iterable<PieceIndex>): void
}

/**
 * WebTorrent asks in the order of its selections, of those of one priority in that in which they
 * came. But it joins neighbours to one selection, and moves those with a priority to the end once
 * it has asked for one. What it calls a stream's selections it leaves as they are: where levels
 * differ each piece is one of those, of priority 0, and they are sorted here. (The first block that
 * a newcomer is asked for comes from the last of them.)
 */
export function orderPieces(torrent: Torrent): OrderedPieces {
  /** Null while all are alike. */
  let levels: Uint8Array | null = null

  const select = (pieces: Iterable<PieceIndex>): void => {
    const ranked = levels
    for (const piece of pieces) {
      if (ranked === null) torrent.select(piece, piece, 0)
      else torrent._select(piece, piece, 0, undefined, true)
    }
    if (ranked === null) return
    torrent._selections.sort((one, other) => (ranked[one.from] ?? 1) - (ranked[other.from] ?? 1))
  }
  const deselect = (pieces: Iterable<PieceIndex>): void => {
    for (const piece of pieces) {
      if (levels !== null) torrent._deselect(piece, piece, true)
      torrent.deselect(piece, piece)
    }
  }

  return {
    select,
    deselect,
    clear() {
      torrent._selections.clear()
      torrent.deselect(0, torrent.pieces.length - 1) // tells the peers, too
    },

    prioritise(next, selected) {
      const pieces = [...selected]
      deselect(pieces)
      levels = next.some((level) => level !== next[0]) ? next : null
      select(pieces)
    },
  }
}
