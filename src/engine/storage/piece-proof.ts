import type { PieceStore, Watch } from '../contracts/piece-store.ts'
import { makeGiveWay } from '../give-way.ts'
import type { ErrorIn } from '../model/errors.ts'
import type { FileIndex, PieceIndex } from '../model/ids.ts'
import type { Metainfo } from '../model/metainfo.ts'
import { err, ok, type Result } from '../model/result.ts'
import { MIB, type Bytes } from '../model/units.ts'
import { makeFileLayout } from './file-layout.ts'
import { makeTurns } from './take-turns.ts'

/** Longer pieces are proved one at a time: each is whole in memory meanwhile. */
const LONG_PIECE: Bytes = 8 * MIB
const DIGEST_LENGTH = 20

/** What became of a piece that was good once. */
export type Loss =
  /** Its bytes are not there: the browser, or the person, cleared them. */
  | 'missing'
  /** Other bytes are there. */
  | 'wrong'

export interface PieceProofDeps {
  readonly metainfo: Metainfo
  /** Pieces that are said to be good. */
  isGood(piece: PieceIndex): boolean
  /** Such a piece is not. Called once for each, before anybody gets an answer. */
  onLost(piece: PieceIndex, loss: Loss): void
}

/**
 * Believes no disk: a piece that is said to be good is hashed when it is first read in this
 * session, before any byte of it is answered. One that fails answers null until it is written again.
 */
export interface PieceProof {
  /**
   * The store with the proof in front of it; the bytes of a whole piece are shared by all who asked
   * for it while it was proved. `file` proves what was not proved or written before.
   */
  over(store: PieceStore): PieceStore

  /** Nothing is proved and nothing is lost any more: what is stored was looked at, or is elsewhere. */
  forget(): void
  /** This good piece is known to be missing. */
  lose(piece: PieceIndex): void
}

export function makePieceProof(deps: PieceProofDeps): PieceProof {
  const { metainfo } = deps
  const layout = makeFileLayout(metainfo)
  const proved = new Set<PieceIndex>()
  /** How often each was written in this session, after its hash was right. */
  const written = new Map<PieceIndex, number>()
  const lost = new Map<PieceIndex, Loss>()
  const proving = new Map<PieceIndex, ReturnType<PieceStore['read']>>()
  const turns = makeTurns<'long'>()

  const lose = (piece: PieceIndex, loss: Loss): void => {
    if (lost.has(piece)) return
    lost.set(piece, loss)
    deps.onLost(piece, loss)
  }

  /** The whole piece, or null when it is lost. */
  const prove = async (store: PieceStore, piece: PieceIndex): ReturnType<PieceStore['read']> => {
    const writes = written.get(piece)
    const read = await store.read(piece, 0, layout.pieceLengthOf(piece))
    if (!read.ok) return read
    const right = read.value !== null && (await isRight(metainfo, piece, read.value))
    // Written meanwhile: what was read says nothing about what is there now.
    if (written.get(piece) !== writes) return prove(store, piece)
    if (right) {
      proved.add(piece)
      return read
    }
    lose(piece, read.value === null ? 'missing' : 'wrong')
    return ok(null)
  }

  const proveOnce = (store: PieceStore, piece: PieceIndex): ReturnType<PieceStore['read']> => {
    const running = proving.get(piece)
    if (running !== undefined) return running
    const long = layout.pieceLengthOf(piece) > LONG_PIECE
    const work = () => prove(store, piece)
    const begun = (long ? turns.take('long', work) : work()).finally(() => proving.delete(piece))
    proving.set(piece, begun)
    return begun
  }

  const proveFile = async (
    store: PieceStore,
    file: FileIndex,
    watch: Watch | undefined,
  ): Promise<Result<void, ErrorIn<'storage'>>> => {
    const range = layout.piecesOf(file)
    if (range === null) return ok()
    const bytes: Record<Loss, Bytes> = { missing: 0, wrong: 0 }
    const giveWay = makeGiveWay()
    for (let piece = range[0], doneBytes = 0; piece <= range[1]; piece++) {
      watch?.signal.throwIfAborted()
      watch?.onProgress(doneBytes)
      doneBytes += layout.pieceLengthOf(piece)
      if (proved.has(piece) || written.has(piece)) continue
      const whole = await proveOnce(store, piece)
      if (!whole.ok) return whole
      await giveWay()
      const loss = lost.get(piece)
      if (loss !== undefined) bytes[loss] += layout.pieceLengthOf(piece)
    }
    const { missing, wrong } = bytes
    if (missing + wrong === 0) return ok()
    const kind = wrong > 0 ? 'storage/corrupt' : 'storage/evicted'
    return err({ kind, lost: missing + wrong })
  }

  return {
    forget() {
      proved.clear()
      written.clear()
      lost.clear()
    },
    lose: (piece) => lose(piece, 'missing'),

    over: (store) => ({
      shape: store.shape,

      async read(piece, offset, length) {
        layout.spansOf(piece, offset, length) // throws for a range outside
        if (lost.has(piece)) return ok(null)
        if (proved.has(piece) || !deps.isGood(piece)) return store.read(piece, offset, length)
        const whole = await proveOnce(store, piece)
        if (!whole.ok || whole.value === null) return whole
        const all = offset === 0 && length === whole.value.length
        return all ? whole : ok(whole.value.slice(offset, offset + length))
      },

      async write(piece, bytes) {
        const kept = await store.write(piece, bytes)
        if (kept.ok) {
          written.set(piece, (written.get(piece) ?? 0) + 1)
          lost.delete(piece)
          // What comes from the disk from now on was never read.
          proved.delete(piece)
        }
        return kept
      },

      flush: () => store.flush(),
      present: () => store.present(),

      async file(index, watch) {
        const sound = await proveFile(store, index, watch)
        return sound.ok ? store.file(index) : sound
      },

      close: () => store.close(),
      destroy: () => store.destroy(),
    }),
  }
}

async function isRight(
  { pieceHashes }: Metainfo,
  piece: PieceIndex,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', bytes))
  const at = piece * DIGEST_LENGTH
  return digest.every((byte, index) => byte === pieceHashes[at + index])
}
