import type { PieceStore } from '../contracts/piece-store.ts'
import type { PieceIndex } from '../model/ids.ts'
import { ok } from '../model/result.ts'
import { MIB } from '../model/units.ts'
import type { Bytes } from '../model/units.ts'
import { makeFileLayout } from './file-layout.ts'

/** All torrents together: a dozen peers at as many places of a film, in pieces of 2 MiB. */
export const PIECE_CACHE_BYTES: Bytes = 32 * MIB

/** A longer piece would push out too many others: its ranges are read one by one. */
const LARGEST_SHARE = 1 / 4

/** Whole pieces kept in memory, those that were asked for last; one for all torrents. */
export interface PieceCache {
  /**
   * The store with the cache in front of it. Peers ask for blocks of 16 KiB: the first loads the
   * whole piece, the others find it here, as do those that ask for what was just written.
   *
   * Unlike the store's own, the bytes it answers are shared: views of what is kept here. Nobody may
   * change them, or hand their buffer to another thread. Bytes given to `write` are kept too.
   *
   * Closing it forgets its pieces, then closes the store.
   */
  over(store: PieceStore): PieceStore

  /** Bytes held now, never above the budget. */
  readonly heldBytes: Bytes
}

interface Kept {
  readonly of: Map<PieceIndex, Kept>
  readonly piece: PieceIndex
  readonly bytes: Uint8Array<ArrayBuffer>
}

export function makePieceCache({
  budget = PIECE_CACHE_BYTES,
}: { readonly budget?: Bytes } = {}): PieceCache {
  /** Least recently used first. */
  const order = new Set<Kept>()
  let heldBytes = 0

  const drop = (kept: Kept | undefined): void => {
    if (kept === undefined || !order.delete(kept)) return
    kept.of.delete(kept.piece)
    heldBytes -= kept.bytes.length
  }

  const keep = (kept: Kept): void => {
    drop(kept.of.get(kept.piece))
    kept.of.set(kept.piece, kept)
    order.add(kept)
    heldBytes += kept.bytes.length
    for (const oldest of order) {
      if (heldBytes <= budget) return
      drop(oldest)
    }
  }

  const over = (store: PieceStore): PieceStore => {
    const layout = makeFileLayout(store.shape)
    const pieces = new Map<PieceIndex, Kept>()
    const loading = new Map<PieceIndex, ReturnType<PieceStore['read']>>()
    /** Who may keep a piece when done: whoever began last, so that no older bytes win. */
    const latest = new Map<PieceIndex, object>()

    const begin = (piece: PieceIndex) => {
      const claim = {}
      latest.set(piece, claim)
      return (bytes: Uint8Array<ArrayBuffer> | null): void => {
        if (latest.get(piece) !== claim) return
        latest.delete(piece)
        if (bytes !== null) keep({ of: pieces, piece, bytes })
      }
    }

    const load = (piece: PieceIndex): ReturnType<PieceStore['read']> => {
      const end = begin(piece)
      const read = store.read(piece, 0, layout.pieceLengthOf(piece)).then(
        (loaded) => {
          end(loaded.ok ? loaded.value : null)
          return loaded
        },
        (thrown: unknown) => {
          end(null)
          throw thrown
        },
      )
      loading.set(piece, read)
      const forget = () => {
        if (loading.get(piece) === read) loading.delete(piece)
      }
      read.then(forget, forget)
      return read
    }

    const forgetAll = (): void => {
      for (const kept of [...pieces.values()]) drop(kept)
      loading.clear()
      latest.clear()
    }

    return {
      shape: store.shape,

      async read(piece, offset, length) {
        const whole = layout.pieceLengthOf(piece)
        const fits = offset >= 0 && length >= 0 && offset + length <= whole
        if (!fits || whole > budget * LARGEST_SHARE) return store.read(piece, offset, length)

        const kept = pieces.get(piece)
        if (kept !== undefined) {
          order.delete(kept)
          order.add(kept)
          return ok(kept.bytes.subarray(offset, offset + length))
        }

        const loaded = await (loading.get(piece) ?? load(piece))
        if (!loaded.ok) return loaded
        // Part of it may be there from an earlier visit.
        if (loaded.value === null) return store.read(piece, offset, length)
        return ok(loaded.value.subarray(offset, offset + length))
      },

      async write(piece, bytes) {
        drop(pieces.get(piece))
        loading.delete(piece)
        const end = begin(piece)
        try {
          const written = await store.write(piece, bytes)
          end(written.ok && bytes.length <= budget * LARGEST_SHARE ? bytes : null)
          return written
        } finally {
          end(null)
        }
      },

      flush: () => store.flush(),
      present: () => store.present(),
      file: (index, watch) => store.file(index, watch),

      async close() {
        forgetAll()
        await store.close()
      },

      async destroy() {
        forgetAll()
        return store.destroy()
      },
    }
  }

  return {
    over,
    get heldBytes() {
      return heldBytes
    },
  }
}
