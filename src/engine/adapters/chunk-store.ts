import type { ChunkStore } from 'webtorrent'
import type { PieceStore } from '../contracts/piece-store.ts'
import { toCause, type ErrorIn } from '../model/errors.ts'
import { err } from '../model/result.ts'
import type { Bytes } from '../model/units.ts'

export interface ChunkStoreDeps {
  readonly pieceLength: Bytes
  /** Resolves when the bytes have a place; null when the torrent was left before. */
  readonly store: Promise<PieceStore | null>
  /** How long this piece is. */
  lengthOf(piece: number): Bytes
  /** A piece whose hash was right is about to be written; read `bytes` before returning. */
  onGood(piece: number, bytes: Uint8Array): void
  onFailure(error: ErrorIn<'storage'>): void
}

/**
 * A `PieceStore` in the shape WebTorrent asks for, where a piece is a *chunk*.
 *
 * WebTorrent destroys a torrent when a write fails. So a failed write is never answered: it is
 * told to `onFailure`, the piece stays unwritten, and whoever hears of it leaves the swarm.
 */
export function makeChunkStore(deps: ChunkStoreDeps): ChunkStore {
  return {
    chunkLength: deps.pieceLength,

    put(piece, chunk, done) {
      deps.onGood(piece, chunk)
      void deps.store.then(async (store) => {
        if (store === null) return
        // Verified pieces are assembled by WebTorrent in buffers of their own.
        const written = await store.write(piece, chunk as Uint8Array<ArrayBuffer>).catch(ioError)
        if (written.ok) return done(null)
        deps.onFailure(written.error)
      })
    },

    get(piece, options, done) {
      const offset = options?.offset ?? 0
      const length = options?.length ?? deps.lengthOf(piece) - offset
      void deps.store.then(async (store) => {
        if (store === null) return done(new Error('the torrent was left'))
        if (offset < 0 || length <= 0 || offset + length > deps.lengthOf(piece)) {
          return done(new Error('outside the piece'))
        }
        const read = await store.read(piece, offset, length).catch(ioError)
        if (!read.ok) {
          deps.onFailure(read.error)
          return done(new Error(read.error.kind))
        }
        if (read.value === null) return done(new Error('never written'))
        done(null, read.value)
      })
    },

    // The store belongs to whoever opened it: it is closed after the swarm was left.
    close: (done) => done(null),
    destroy: (done) => done(null),
  }
}

/** What WebTorrent calls with `new`: a function that returns an object is all it needs. */
export function chunkStoreClass(make: () => ChunkStore): new (pieceLength: number) => ChunkStore {
  return function ChunkStoreOfOne() {
    return make()
  } as unknown as new (pieceLength: number) => ChunkStore
}

/** A store that throws has a bug; a piece nobody answers for would hold the torrent up in silence. */
function ioError(thrown: unknown) {
  return err({ kind: 'storage/io', cause: toCause(thrown) } as const)
}
