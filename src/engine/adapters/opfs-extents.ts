import type { StoreShape } from '../contracts/piece-store.ts'
import type { FileIndex, PieceIndex } from '../model/ids.ts'
import { KIB } from '../model/units.ts'
import type { Bytes } from '../model/units.ts'
import { makeFileLayout, type FileLayout } from '../storage/file-layout.ts'

/**
 * Files up to this length share one OPFS file, in the order of the torrent: to create and open a
 * file takes 1 to 5 ms, so that two thousand tiny ones would take seconds (measured: 2 to 3 s in
 * Chromium, 8 s in Firefox; together 0.1 s). It is part of the format of `torrents-v1`.
 */
export const SMALL_FILE: Bytes = 256 * KIB

/** The OPFS file that holds all small files of a torrent. */
const SMALL_FILES = 'small'

/** A run of bytes in one OPFS file. */
export interface Extent {
  readonly name: string
  /** Where the run begins in the OPFS file. */
  readonly start: Bytes
  readonly length: Bytes
  /** Where the run begins in the range that was asked for. */
  readonly at: Bytes
}

/** Which OPFS file holds which bytes of a torrent. Names are indexes, never a torrent's own words. */
export interface OpfsExtents {
  readonly layout: FileLayout

  /** As `FileLayout.spansOf`, with neighbours in one OPFS file joined. */
  extentsOf(piece: PieceIndex, offset: Bytes, length: Bytes): Extent[]

  /** The OPFS file that is this file and nothing else; null for a small one. */
  ownFileOf(file: FileIndex): string | null
}

export function makeOpfsExtents(shape: StoreShape): OpfsExtents {
  const layout = makeFileLayout(shape)

  let smallBytes = 0
  const startOfSmall = shape.files.map(({ length }) => {
    const start = smallBytes
    if (length <= SMALL_FILE) smallBytes += length
    return start
  })

  const ownFileOf = (file: FileIndex): string | null =>
    shape.files[file]!.length > SMALL_FILE ? String(file) : null

  return {
    layout,
    ownFileOf,

    extentsOf(piece, offset, length) {
      const extents: Extent[] = []
      for (const span of layout.spansOf(piece, offset, length)) {
        const own = ownFileOf(span.file)
        const name = own ?? SMALL_FILES
        const start = span.fileOffset + (own === null ? startOfSmall[span.file]! : 0)
        const last = extents.at(-1)
        // Small files lie end to end, whatever empty ones are between them.
        if (last?.name === name) {
          extents[extents.length - 1] = { ...last, length: last.length + span.length }
        } else {
          extents.push({ name, start, length: span.length, at: span.at })
        }
      }
      return extents
    },
  }
}
