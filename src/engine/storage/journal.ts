import type { PieceStore } from '../contracts/piece-store.ts'
import type { JournalPage, RecordError, RecordStore } from '../contracts/record-store.ts'
import { toCause } from '../model/errors.ts'
import type { InfoHash, PieceIndex } from '../model/ids.ts'
import { err, ok, type Result } from '../model/result.ts'
import { SECOND, type Millis } from '../model/units.ts'

/**
 * A flush stops this thread while the disk works (1 to 15 ms, tenths of a second on a busy one).
 * The next waits this many times as long, so that what arrives meanwhile is not kept waiting at the
 * wires, and never less than `LEAST_REST`: a fast swarm then has ten pieces on a page, not one.
 */
const REST = 4
const LEAST_REST: Millis = SECOND / 20
const LONGEST_REST: Millis = SECOND / 4

/**
 * Pieces that may be written though the last page does not name them: after a crash nobody would
 * look for them, and they would be fetched again. One more waits for a page that names it.
 */
const MOST_UNNAMED = 2

export interface JournalDeps {
  readonly infoHash: InfoHash
  readonly pieceCount: number
  readonly records: Pick<RecordStore, 'putPage'>
  /** The last page of an earlier visit; null begins with none. */
  readonly last: JournalPage | null
  /** Pieces on order now; any of them may be written before the next page is. */
  pending(): Uint8Array
  /** A page that nobody waits for could not be written. */
  onFailure(error: RecordError): void
}

/**
 * Which pieces of one torrent survive whatever happens to the browser. A piece is first written,
 * then flushed, then noted here, and only then told to anybody: no page ever names a piece that a
 * crash could take back.
 *
 * Pieces that arrive while a page is being written go on the next one together.
 */
export interface Journal {
  /** The store with the journal behind its writes: they are answered once they are noted. */
  over(store: PieceStore): PieceStore
  /** These pieces and no others are good, as a look at all of them has shown. */
  replace(pieces: Uint8Array): Promise<void>
  /** Pieces that were noted as good. Live: read it, do not keep it. */
  readonly pieces: Uint8Array
  /** The piece is good no more. */
  lose(piece: PieceIndex): Promise<void>
  /** Nothing is on order any more: a later visit has nothing to look at. */
  rest(): Promise<void>
}

interface Batch {
  readonly good: PieceIndex[]
  readonly lost: PieceIndex[]
  readonly noted: PromiseWithResolvers<Result<void, RecordError>>
}

export function makeJournal(deps: JournalDeps): Journal {
  const { infoHash, records } = deps
  const byteCount = Math.ceil(deps.pieceCount / 8)
  let pieces = new Uint8Array(byteCount)
  if (deps.last?.pieces.length === byteCount) pieces.set(deps.last.pieces)
  let sequence = deps.last?.sequence ?? 0
  let clean = (deps.last?.pending.length ?? 0) === 0
  /** What the last page names; null while there is none, when everything would be looked at. */
  let named = deps.last?.pieces.length === byteCount ? union(pieces, deps.last.pending) : null
  let unnamed = 0
  let store: PieceStore | null = null
  let gathering: Batch | null = null
  let running: Promise<void> | null = null
  let wake: (() => void) | null = null
  const writes = new Set<Promise<unknown>>()

  const gather = (): Batch => {
    gathering ??= { good: [], lost: [], noted: Promise.withResolvers() }
    running ??= run()
    return gathering
  }

  const run = async (): Promise<void> => {
    await Promise.resolve() // whoever began this puts its piece into the batch first
    for (let batch = take(); batch !== null; batch = take()) {
      const startedAt = performance.now()
      let flushTime: Millis = 0
      try {
        const flushed = batch.good.length > 0 ? await store?.flush() : undefined
        flushTime = performance.now() - startedAt
        batch.noted.resolve(flushed?.ok === false ? flushed : await note(batch))
      } catch (thrown) {
        // Whoever wrote, and whoever waits for the journal to be quiet, would wait for ever.
        batch.noted.resolve(err({ kind: 'storage/io', cause: toCause(thrown) }))
      }
      await breathe(Math.min(Math.max(REST * flushTime, LEAST_REST), LONGEST_REST))
    }
  }

  /** In the very task that finds nothing it is over: the next piece begins anew. */
  const take = (): Batch | null => {
    const batch = gathering
    gathering = null
    if (batch === null) running = null
    return batch
  }

  /** Ends early where nothing else is on order: then somebody waits for what was gathered. */
  const breathe = async (time: Millis): Promise<void> => {
    if (nothingElse()) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, time)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    wake = null
  }

  const nothingElse = (): boolean => {
    const onOrder = deps.pending().slice()
    for (const piece of gathering?.good ?? []) onOrder[piece >> 3]! &= ~(0x80 >> (piece & 7))
    return onOrder.every((bits, at) => (bits & ~(pieces[at] ?? 0)) === 0)
  }

  const note = (batch: Batch): Promise<Result<void, RecordError>> => {
    const next = pieces.slice()
    for (const piece of batch.good) next[piece >> 3]! |= 0x80 >> (piece & 7)
    for (const piece of batch.lost) next[piece >> 3]! &= ~(0x80 >> (piece & 7))
    return turn(next, deps.pending())
  }

  const turn = async (
    next: Uint8Array<ArrayBuffer>,
    onOrder: Uint8Array,
  ): Promise<Result<void, RecordError>> => {
    const pending = next.map((bits, at) => (onOrder[at] ?? 0) & ~bits)
    const none = pending.every((bits) => bits === 0)
    const put = await records.putPage({
      infoHash,
      sequence: ++sequence,
      pieces: next,
      pending: none ? new Uint8Array(0) : pending,
    })
    if (!put.ok) return put
    named = union(next, pending)
    unnamed = 0
    pieces = next
    clean = none
    return ok()
  }

  const write: (inner: PieceStore, ...piece: Parameters<PieceStore['write']>) => Written = async (
    inner,
    piece,
    bytes,
  ) => {
    const told = await name(piece)
    if (!told.ok) return refusal(told.error)
    const written = await inner.write(piece, bytes)
    if (!written.ok) return written
    const batch = gather()
    batch.good.push(piece)
    if (wake !== null && nothingElse()) wake()
    const noted = await batch.noted.promise
    return noted.ok ? noted : refusal(noted.error)
  }

  /** Before a piece is written: a crash must find it again, or at most few like it be lost. */
  const name = async (piece: PieceIndex): Promise<Result<void, RecordError>> => {
    if (named === null || isIn(named, piece)) return ok()
    if (unnamed >= MOST_UNNAMED) {
      const batch = gather()
      wake?.()
      const noted = await batch.noted.promise
      if (!noted.ok) return noted
    }
    if (!isIn(named, piece)) unnamed += 1
    return ok()
  }

  const refusal = (error: RecordError): Awaited<Written> => {
    if (error.kind !== 'engine/held-elsewhere') return err(error)
    deps.onFailure(error)
    return err({ kind: 'storage/locked' })
  }

  const idle = async (): Promise<void> => {
    while (running !== null || writes.size > 0) {
      wake?.()
      await Promise.allSettled([running, ...writes])
    }
  }

  const rest = async (): Promise<void> => {
    await idle()
    if (clean) return
    const put = await turn(pieces.slice(), NOTHING)
    if (!put.ok) deps.onFailure(put.error)
  }

  return {
    over(inner) {
      store = inner
      return {
        shape: inner.shape,
        read: (piece, offset, length) => inner.read(piece, offset, length),
        flush: () => inner.flush(),
        present: () => inner.present(),
        file: (index, watch) => inner.file(index, watch),

        async write(piece, bytes) {
          const writing = write(inner, piece, bytes)
          writes.add(writing)
          try {
            return await writing
          } finally {
            writes.delete(writing)
          }
        },

        async close() {
          await idle()
          store = null
          await inner.close()
        },

        async destroy() {
          await idle()
          store = null
          return inner.destroy()
        },
      }
    },

    get pieces() {
      return pieces
    },

    async replace(found) {
      await idle()
      const next = new Uint8Array(byteCount)
      next.set(found.subarray(0, byteCount))
      if (next.every((bits, at) => bits === pieces[at]) && clean && sequence > 0) return
      const put = await turn(next, deps.pending())
      if (!put.ok) deps.onFailure(put.error)
    },

    async lose(piece) {
      const batch = gather()
      batch.lost.push(piece)
      wake?.()
      const noted = await batch.noted.promise
      if (!noted.ok) deps.onFailure(noted.error)
    },

    rest,
  }
}

type Written = ReturnType<PieceStore['write']>

const NOTHING = new Uint8Array(0)

function union(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((bits, at) => bits | (other[at] ?? 0))
}

function isIn(pieces: Uint8Array, piece: PieceIndex): boolean {
  return ((pieces[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0
}
