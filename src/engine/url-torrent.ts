import type { PieceStore, PieceStores, StoreShape } from './contracts/piece-store.ts'
import type {
  HttpRecord,
  RecordError,
  RecordStore,
  Removal,
  TorrentRecord,
} from './contracts/record-store.ts'
import { fetchUrl, type Fetch } from './fetch-url.ts'
import { toCause, type EngineError, type ErrorIn } from './model/errors.ts'
import type { FileIndex, InfoHash } from './model/ids.ts'
import { err, ok, type Result } from './model/result.ts'
import type { TorrentPhase, TorrentSnapshot } from './model/torrent.ts'
import { MIB, SECOND, type Bytes } from './model/units.ts'
import { makeRateMeter } from './rate-meter.ts'
import { makePieceCounts, type PieceCounts } from './storage/piece-counts.ts'
import { makeFileLayout } from './storage/file-layout.ts'
import { handlesOf } from './storage/handles-of.ts'
import type { Room } from './storage/room.ts'
import { makeRoomNeed, type RoomNeed } from './storage/room-need.ts'
import type { RateGate } from './swarm/rate-limit.ts'
import { NO_SWARM } from './swarm/swarm-peers.ts'
import { nextPhase, type TorrentEvent } from './torrent-machine.ts'
import type { Torrent } from './torrents.ts'

/** The unit in which a plain file is written; it has no hashes. */
const PIECE_LENGTH: Bytes = MIB
/** How much is kept before the record says so: at most this is fetched again after a crash. */
const CHECKPOINT: Bytes = 8 * MIB

export interface UrlTorrentDeps {
  readonly fetch: Fetch
  readonly stores: PieceStores
  readonly records: RecordStore
  gate(): RateGate
  onChange(torrent: Torrent): void
  onTrouble(infoHash: InfoHash, error: EngineError): void
  /** A later engine has taken over: whatever this one still does is kept nowhere. */
  onFenced(): void
}

/** One plain file by URL (RFC 9110 ranges). It is kept like a torrent, but given to nobody. */
export function makeUrlTorrent(
  deps: UrlTorrentDeps,
  record: TorrentRecord & { readonly http: HttpRecord },
): Torrent {
  return new UrlTorrent(deps, record)
}

class UrlTorrent implements Torrent {
  readonly infoHash: InfoHash
  readonly #deps: UrlTorrentDeps
  #record: TorrentRecord
  #http: HttpRecord
  #counts: PieceCounts | null = null
  #phase: TorrentPhase
  #trouble: EngineError | null = null
  #run: { readonly stop: AbortController; readonly done: Promise<void> } | null = null
  #store: PieceStore | null = null
  #removed = false
  /** Out of the list, and perhaps to come back. */
  #aside = false
  #rate = makeRateMeter()
  readonly #room: RoomNeed

  constructor(deps: UrlTorrentDeps, record: TorrentRecord & { readonly http: HttpRecord }) {
    this.#deps = deps
    this.infoHash = record.infoHash
    this.#record = record
    this.#http = record.http
    this.#room = makeRoomNeed({ infoHash: this.infoHash, stores: deps.stores, promised: () => 0 })
    this.#layOut()
    const active: TorrentPhase =
      this.#http.length === null
        ? { name: 'resolving' }
        : this.#complete()
          ? { name: 'seeding' }
          : { name: 'downloading', eta: null }
    this.#phase = record.paused ? { name: 'paused', from: active, why: 'person' } : active
    if (!deps.records.writable) {
      this.#phase = nextPhase(this.#phase, { type: 'paused', why: 'storage' })
      this.#trouble = { kind: 'storage/newer' }
    }
    this.#start()
  }

  snapshot(): TorrentSnapshot {
    const counts = this.#counts
    const length = this.#http.length ?? 0
    return {
      infoHash: this.infoHash,
      name: this.#record.name ?? this.#http.url,
      protocol: 'http',
      phase: this.#phase,
      policy: this.#record.policy,
      addedAt: this.#record.addedAt,
      completedAt: this.#record.completedAt,
      totalPieces: Math.ceil(length / PIECE_LENGTH),
      havePieces: counts?.havePieces ?? 0,
      fileCount: 1,
      totalBytes: length,
      wantedBytes: length,
      haveBytes: counts?.haveBytes ?? 0,
      downBytes: this.#record.downBytes,
      upBytes: 0,
      downRate: this.#rate.perSecond(),
      upRate: 0,
      peerCount: 0,
      swarm: NO_SWARM,
      others: null,
      trouble: this.#trouble,
    }
  }

  files() {
    const { name } = this.snapshot()
    const length = this.#http.length ?? 0
    return [{ index: 0, path: name, length, haveBytes: this.#counts?.haveBytes ?? 0, wanted: true }]
  }

  peers() {
    return []
  }

  trackers() {
    return []
  }

  handles() {
    return handlesOf(this.#record)
  }

  supply() {
    // It has no metainfo, and needs none.
  }

  lieIn() {
    // Without hashes nobody can say that other bytes are the same.
  }

  bitfield() {
    return this.#counts?.bits.slice() ?? new Uint8Array()
  }

  magnet() {
    return this.#http.url
  }

  metainfo() {
    return null
  }

  async export(file: FileIndex): Promise<Result<File, EngineError>> {
    if (file !== 0 || !this.#complete()) return err({ kind: 'input/unknown-file' })
    await this.#run?.done
    const store = await this.#deps.stores.open(this.infoHash, this.#shape())
    if (!store.ok) return store
    try {
      return await store.value.file(0)
    } finally {
      await store.value.close()
    }
  }

  pause(): void {
    if (!this.#deps.records.writable) return
    this.#apply({ type: 'paused', why: 'person' })
    this.#keep({ paused: true })
    this.#run?.stop.abort(new Error('paused'))
  }

  resume(): void {
    if (!this.#deps.records.writable) return
    // What was kept belongs to another file than the one that is there now.
    if (this.#trouble?.kind === 'http/changed') this.#forget()
    this.#trouble = null
    this.#room.end()
    this.#apply({ type: 'retried' })
    this.#apply({ type: 'resumed' })
    this.#keep({ paused: false })
    this.#start()
  }

  want(): Result<void, EngineError> {
    return ok() // its one file is all there is
  }

  settingsChanged(): void {}

  tick(): boolean {
    const rate = this.#rate.tick()
    if (this.#phase.name === 'downloading' && this.#http.length !== null) {
      const missing = this.#http.length - (this.#counts?.haveBytes ?? 0)
      const eta = rate.perSecond > 0 ? Math.ceil(missing / rate.perSecond) * SECOND : null
      this.#phase = nextPhase(this.#phase, { type: 'eta', eta })
    }
    return rate.changed
  }

  async stop(): Promise<void> {
    this.#run?.stop.abort(new Error('stopped'))
    await this.#run?.done
  }

  async setAside(removal: Removal): Promise<Result<void, EngineError>> {
    this.#aside = true
    this.#record = { ...this.#record, removal }
    const kept = await this.#deps.records.putTorrent(this.#record)
    if (this.#aside) await this.stop()
    return kept
  }

  bringBack(): void {
    this.#aside = false
    const { removal: _, ...record } = this.#record
    this.#record = record
    this.#keep({})
    this.#start()
  }

  roomChanged(room: Room): void {
    if (this.#phase.name !== 'paused' || this.#trouble?.kind !== 'storage/full') return
    if (this.#phase.why === 'storage' && this.#room.isOver(room, PIECE_LENGTH)) this.resume()
  }

  missingBytes(): Bytes {
    return 0
  }

  async remove(deleteData: boolean): Promise<Result<void, EngineError>> {
    this.#removed = true
    await this.stop()
    const forgotten = await this.#deps.records.removeTorrent(this.infoHash)
    if (!forgotten.ok) return forgotten
    return deleteData ? this.#deps.stores.destroy(this.infoHash) : ok()
  }

  #start(): void {
    if (this.#aside) return
    if (this.#phase.name !== 'resolving' && this.#phase.name !== 'downloading') return
    const before = this.#run?.done ?? Promise.resolve()
    const stop = new AbortController()
    const done = before
      .then(() => this.#download(stop.signal))
      .catch((thrown: unknown) => {
        if (!stop.signal.aborted) this.#fail({ kind: 'engine/bug', cause: toCause(thrown) })
      })
      .then(async () => {
        await this.#store?.flush()
        await this.#store?.close()
        this.#store = null
        this.#checkpoint()
      })
    this.#run = { stop, done }
  }

  async #download(signal: AbortSignal): Promise<void> {
    const { url } = this.#http
    const from = this.#http.keptBytes
    // A range always: then the answer is not compressed, and its length is the file's. Only that
    // header, too: any other makes a browser ask the server for leave first (Fetch, CORS).
    const answer = await fetchUrl(this.#deps.fetch, url, { range: `bytes=${from}-` }, signal)
    if (!answer.ok) return this.#fail(answer.error)
    const response = answer.value
    const ranged = response.status === 206
    const length = lengthOf(response, ranged ? from : 0)
    const same = length === this.#http.length && validatorOf(response) === this.#http.validator
    if (from > 0 && !(ranged && same)) {
      await response.body?.cancel()
      return this.#fail({ kind: 'http/changed', url })
    }
    if (length === null) {
      await response.body?.cancel()
      return this.#fail({ kind: 'engine/unsupported', what: 'a file of unknown length' })
    }
    this.#http = { ...this.#http, length, validator: validatorOf(response) }
    this.#layOut()
    this.#apply({ type: 'metadata-received' })
    this.#apply({ type: 'check-finished', complete: length === 0 })
    this.#keep({})

    const opened = await this.#deps.stores.open(this.infoHash, this.#shape())
    if (!opened.ok) {
      await response.body?.cancel()
      return this.#storageFailed(opened.error)
    }
    this.#store = opened.value
    await this.#receive(response, opened.value, signal)
  }

  /** Writes whole pieces as they fill; the piece a break falls into is fetched again. */
  async #receive(response: Response, store: PieceStore, signal: AbortSignal): Promise<void> {
    const { url, length } = this.#http
    if (length === null) return
    let piece = this.#http.keptBytes / PIECE_LENGTH
    let filling = pieceBuffer(piece, length)
    let filled = 0
    try {
      for await (const chunk of response.body ?? []) {
        await this.#deps.gate().request(chunk.byteLength, signal)
        signal.throwIfAborted()
        this.#rate.count(chunk.byteLength)
        this.#record = { ...this.#record, downBytes: this.#record.downBytes + chunk.byteLength }
        for (let at = 0; at < chunk.byteLength;) {
          if (filling.byteLength === 0) return this.#fail({ kind: 'http/changed', url })
          const part = chunk.subarray(at, at + filling.byteLength - filled)
          filling.set(part, filled)
          filled += part.byteLength
          at += part.byteLength
          if (filled < filling.byteLength) continue
          const written = await store.write(piece, filling)
          if (!written.ok) return this.#storageFailed(written.error)
          this.#counts?.good(piece)
          piece += 1
          filling = pieceBuffer(piece, length)
          filled = 0
          if ((piece * PIECE_LENGTH) % CHECKPOINT === 0) await this.#safe(store)
        }
      }
    } catch (thrown) {
      if (signal.aborted) return
      this.#trouble = { kind: 'http/unreachable', url }
      return this.#fail(thrown instanceof TypeError ? this.#trouble : bug(thrown))
    }
    if (!this.#complete()) return this.#fail({ kind: 'http/unreachable', url })
    await this.#safe(store)
    this.#keep({ completedAt: Date.now() })
    this.#apply({ type: 'completed' })
  }

  async #safe(store: PieceStore): Promise<void> {
    const flushed = await store.flush()
    if (flushed.ok) this.#checkpoint()
    else this.#storageFailed(flushed.error)
  }

  #checkpoint(): void {
    const have = this.#counts?.haveBytes ?? 0
    this.#http = { ...this.#http, keptBytes: have }
    this.#keep({})
  }

  #forget(): void {
    this.#http = { ...this.#http, length: null, keptBytes: 0, validator: null }
    this.#layOut()
  }

  #layOut(): void {
    const { length, keptBytes } = this.#http
    this.#counts = null
    if (length === null) return
    const counts = makePieceCounts(makeFileLayout(this.#shape()), [length])
    for (let piece = 0; piece * PIECE_LENGTH < keptBytes; piece++) counts.good(piece)
    this.#counts = counts
  }

  #shape(): StoreShape {
    const length = this.#http.length ?? 0
    const path = this.#record.name ?? 'file'
    return { pieceLength: PIECE_LENGTH, totalBytes: length, files: [{ path, length, offset: 0 }] }
  }

  #complete(): boolean {
    return this.#counts !== null && this.#counts.haveBytes === this.#http.length
  }

  #storageFailed(error: ErrorIn<'storage'>): void {
    this.#trouble = error
    if (error.kind === 'storage/full') this.#room.wait()
    this.#apply({ type: 'paused', why: 'storage' })
    this.#deps.onTrouble(this.infoHash, error)
  }

  #fail(error: EngineError): void {
    this.#trouble = error
    this.#apply({ type: 'failed', error })
  }

  #apply(event: TorrentEvent): void {
    const next = nextPhase(this.#phase, event)
    if (next === this.#phase) return
    this.#phase = next
    if (!this.#removed && !this.#aside) this.#deps.onChange(this)
  }

  #keep(change: Partial<TorrentRecord>): void {
    this.#record = { ...this.#record, ...change, http: this.#http }
    if (this.#removed) return
    this.#deps.records.putTorrent(this.#record).then(
      (put) => {
        if (!put.ok) this.#recordFailed(put.error)
      },
      (thrown: unknown) => this.#recordFailed({ kind: 'storage/io', cause: toCause(thrown) }),
    )
  }

  #recordFailed(error: RecordError): void {
    if (error.kind === 'engine/held-elsewhere') this.#deps.onFenced()
    else this.#deps.onTrouble(this.infoHash, error)
  }
}

function bug(thrown: unknown): EngineError {
  return { kind: 'engine/bug', cause: toCause(thrown) }
}

/** Empty after the last piece: whatever comes then is more than the file has. */
function pieceBuffer(piece: number, length: Bytes): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Math.max(0, Math.min(PIECE_LENGTH, length - piece * PIECE_LENGTH)))
}

function lengthOf(response: Response, from: Bytes): Bytes | null {
  const text = response.headers.get('content-length')
  if (text === null || !/^\d{1,15}$/.test(text)) return null
  return from + Number(text)
}

/** Weak entity tags do not promise the same bytes (RFC 9110 §13.1.5). */
function validatorOf(response: Response): string | null {
  const tag = response.headers.get('etag')
  if (tag !== null && !tag.startsWith('W/')) return tag
  return response.headers.get('last-modified')
}
