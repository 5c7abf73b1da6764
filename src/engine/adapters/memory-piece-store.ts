import type { PieceStore, PieceStores, StoreShape } from '../contracts/piece-store.ts'
import type { InfoHash, PieceIndex } from '../model/ids.ts'
import { err, ok } from '../model/result.ts'
import { GIB } from '../model/units.ts'
import type { Bytes } from '../model/units.ts'
import { makeFileLayout } from '../storage/file-layout.ts'
import { FILE_UNFINISHED, finishedFile, STORE_CLOSED } from '../storage/finished-file.ts'

/** What a tab may hold without the browser ending it; a phone may end it sooner. */
export const MEMORY_CAPACITY: Bytes = GIB

type Pieces = Map<PieceIndex, Uint8Array<ArrayBuffer>>

/**
 * Stores for a browser or window without OPFS, and for tests: everything is gone with the thread.
 * `storage/full` at `capacity` bytes, all torrents together. A written piece is kept as it was
 * handed over, without a copy; a view keeps all of its buffer alive.
 */
export function makeMemoryPieceStores({
  capacity = MEMORY_CAPACITY,
}: { readonly capacity?: Bytes } = {}): PieceStores {
  const kept = new Map<InfoHash, Pieces>()
  const metainfos = new Map<InfoHash, Uint8Array<ArrayBuffer>>()
  const open = new Set<InfoHash>()
  let usedBytes = 0

  const forget = (pieces: Pieces, piece: PieceIndex): void => {
    usedBytes -= pieces.get(piece)?.length ?? 0
    pieces.delete(piece)
  }

  const forgetAll = (infoHash: InfoHash): void => {
    const pieces = kept.get(infoHash)
    for (const piece of [...(pieces?.keys() ?? [])]) forget(pieces!, piece)
    kept.delete(infoHash)
    metainfos.delete(infoHash)
  }

  const makeStore = (infoHash: InfoHash, shape: StoreShape, pieces: Pieces): PieceStore => {
    const layout = makeFileLayout(shape)
    let closed = false

    const close = (): void => {
      if (!closed) open.delete(infoHash)
      closed = true
    }

    return {
      shape,

      async read(piece, offset, length) {
        layout.spansOf(piece, offset, length) // throws for a range outside
        if (closed) return err(STORE_CLOSED)
        return ok(pieces.get(piece)?.slice(offset, offset + length) ?? null)
      },

      async write(piece, bytes) {
        const needed = layout.pieceLengthOf(piece)
        if (bytes.length !== needed) throw new RangeError(`piece ${piece} has ${needed} bytes`)
        if (closed) return err(STORE_CLOSED)
        forget(pieces, piece)
        const available = Math.max(0, capacity - usedBytes)
        if (needed > available) return err({ kind: 'storage/full', needed, available })
        pieces.set(piece, bytes)
        usedBytes += needed
        return ok()
      },

      async flush() {
        return closed ? err(STORE_CLOSED) : ok()
      },

      async present() {
        if (closed) return err(STORE_CLOSED)
        const reached = new Uint8Array(Math.ceil(layout.pieceCount / 8))
        for (const piece of pieces.keys()) reached[piece >> 3]! |= 0x80 >> (piece & 7)
        return ok(reached)
      },

      async file(index) {
        const range = layout.piecesOf(index)
        if (closed) return err(STORE_CLOSED)
        const { path, offset, length } = shape.files[index]!
        if (range === null) return ok(finishedFile([], path))

        const parts: BlobPart[] = []
        for (let piece = range[0]; piece <= range[1]; piece++) {
          const bytes = pieces.get(piece)
          if (bytes === undefined) return err(FILE_UNFINISHED)
          const start = offset - piece * shape.pieceLength
          parts.push(bytes.subarray(Math.max(0, start), start + length))
        }
        return ok(finishedFile(parts, path))
      },

      async close() {
        close()
      },

      async destroy() {
        if (closed && open.has(infoHash)) return err({ kind: 'storage/locked' })
        close()
        forgetAll(infoHash)
        return ok()
      },
    }
  }

  return {
    kind: 'memory',

    async open(infoHash, shape, choice) {
      if (open.has(infoHash)) return err({ kind: 'storage/locked' })
      open.add(infoHash)
      const pieces = kept.get(infoHash) ?? new Map<PieceIndex, Uint8Array<ArrayBuffer>>()
      kept.set(infoHash, pieces)
      if (choice?.metainfo !== undefined) metainfos.set(infoHash, choice.metainfo)
      return ok(makeStore(infoHash, shape, pieces))
    },

    async destroy(infoHash) {
      if (open.has(infoHash)) return err({ kind: 'storage/locked' })
      forgetAll(infoHash)
      return ok()
    },

    async list() {
      return [...kept.keys()].filter((infoHash) => kept.get(infoHash)!.size > 0)
    },

    async look(infoHash) {
      const pieces = kept.get(infoHash)
      if (pieces === undefined || pieces.size === 0) return null
      const bytes = [...pieces.values()].reduce((sum, { length }) => sum + length, 0)
      return { bytes, metainfo: metainfos.get(infoHash)?.slice() ?? null }
    },

    async estimate() {
      return { usedBytes, quotaBytes: capacity }
    },
  }
}
