import type { PieceStores } from './contracts/piece-store.ts'
import type {
  HttpRecord,
  RecordError,
  RecordStore,
  TorrentRecord,
} from './contracts/record-store.ts'
import { downloadUrl } from './download-url.ts'
import type { Fetch } from './fetch-url.ts'
import { makeKeptRecord } from './kept-record.ts'
import { toCause, type EngineError, type ErrorIn } from './model/errors.ts'
import type { InfoHash } from './model/ids.ts'
import { err, ok } from './model/result.ts'
import type { Settings } from './model/settings.ts'
import { NO_LIMITS, type TorrentLimits, type TorrentSnapshot } from './model/torrent.ts'
import { SECOND, type Bytes } from './model/units.ts'
import { makeRateMeter } from './rate-meter.ts'
import { handlesOf } from './storage/handles-of.ts'
import { makeRoomNeed } from './storage/room-need.ts'
import type { RateGate } from './swarm/rate-limit.ts'
import { mayRun } from './swarm/swarm-gate.ts'
import { NO_SWARM } from './swarm/swarm-peers.ts'
import { makeTorrentState } from './torrent-state.ts'
import type { Torrent } from './torrents.ts'
import { makeUrlFile, URL_PIECE_LENGTH } from './url-file.ts'

export interface UrlTorrentDeps {
  readonly fetch: Fetch
  readonly stores: PieceStores
  readonly records: RecordStore
  settings(): Settings
  gate(infoHash: InfoHash): RateGate
  /** What it may move from now on. */
  limit(infoHash: InfoHash, limits: TorrentLimits): void
  onChange(torrent: Torrent): void
  onTrouble(infoHash: InfoHash, error: EngineError): void
  /** A later engine has taken over: whatever this one still does is kept nowhere. */
  onFenced(): void
}

/** One plain file by URL. It is kept like a torrent, but given to nobody. */
export function makeUrlTorrent(
  deps: UrlTorrentDeps,
  began: TorrentRecord & { readonly http: HttpRecord },
): Torrent {
  const { stores, records } = deps
  const { infoHash } = began
  const { url } = began.http
  const name = began.name ?? url
  const record = makeKeptRecord({ records, record: began, onFailure: recordFailed })
  const file = makeUrlFile(began.name ?? 'file', began.http)
  const state = makeTorrentState({
    onChange: () => deps.onChange(torrent),
    onTrouble: (error) => deps.onTrouble(infoHash, error),
  })
  const room = makeRoomNeed({ infoHash, stores, promised: () => 0 })
  const rate = makeRateMeter()
  let run: { readonly stop: AbortController; readonly done: Promise<void> } | null = null
  let receivedBytes: Bytes = 0

  const torrent: Torrent = {
    infoHash,
    snapshot,

    files() {
      const length = file.http.length ?? 0
      return [
        {
          index: 0,
          path: name,
          length,
          haveBytes: file.counts?.haveBytes ?? 0,
          wanted: true,
          priority: 'normal',
        },
      ]
    },

    peers: () => [],
    trackers: () => [],
    bitfield: () => file.counts?.bits.slice() ?? new Uint8Array(),
    handles: () => handlesOf(record.value),
    magnet: () => url,
    metainfo: () => null,

    supply() {
      // It has no metainfo, and needs none.
    },

    lieIn() {
      // Without hashes nobody can say that other bytes are the same.
    },

    async export(index, watch) {
      if (index !== 0 || !file.complete) return err({ kind: 'input/unknown-file' })
      await run?.done
      const store = await stores.open(infoHash, file.shape())
      if (!store.ok) return store
      try {
        return await store.value.file(0, watch)
      } finally {
        await store.value.close()
      }
    },

    pause() {
      if (!records.writable) return
      state.apply({ type: 'paused', why: 'person' })
      keep({ paused: true })
      run?.stop.abort(new Error('paused'))
    },

    resume() {
      if (!records.writable) return
      // What was kept belongs to another file than the one that is there now.
      if (state.trouble?.kind === 'http/changed') file.forget()
      state.untroubled()
      room.end()
      state.apply({ type: 'retried' })
      state.apply({ type: 'resumed' })
      keep({ paused: false })
      heed()
      start()
    },

    want: () => ok(), // its one file is all there is
    settingsChanged: heed,

    setPolicy(policy) {
      if (policy.name === 'public') return ok()
      return err({ kind: 'policy/contradiction', what: 'a file of the web that is private' })
    },

    prioritise: () => ok(),

    limit(limits) {
      if (!records.writable) return err({ kind: 'storage/newer' })
      keep({ limits })
      deps.limit(infoHash, limits)
      state.changed()
      return ok()
    },

    missingBytes: () => 0,

    tick() {
      const { perSecond, changed } = rate.tick()
      const { length } = file.http
      if (state.phase.name === 'downloading' && length !== null) {
        const missing = length - (file.counts?.haveBytes ?? 0)
        const eta = perSecond > 0 ? Math.ceil(missing / perSecond) * SECOND : null
        state.applyQuietly({ type: 'eta', eta })
      }
      return changed
    },

    async stop() {
      run?.stop.abort(new Error('stopped'))
      await run?.done
    },

    async setAside(removal) {
      state.putAside(true)
      const kept = await record.setAside(removal)
      if (state.aside) await torrent.stop()
      return kept
    },

    bringBack() {
      state.putAside(false)
      void record.setAside(null).then((kept) => {
        if (!kept.ok) recordFailed(kept.error)
      })
      heed()
      start()
    },

    roomChanged(now) {
      const { phase, trouble } = state
      if (phase.name !== 'paused' || trouble?.kind !== 'storage/full') return
      if (phase.why === 'storage' && room.isOver(now, URL_PIECE_LENGTH)) torrent.resume()
    },

    async remove(deleteData) {
      state.remove()
      await torrent.stop()
      deps.limit(infoHash, NO_LIMITS)
      const forgotten = await record.remove()
      if (!forgotten.ok) return forgotten
      return deleteData ? stores.destroy(infoHash) : ok()
    },
  }

  function snapshot(): TorrentSnapshot {
    const { policy, addedAt, completedAt } = record.value
    const length = file.http.length ?? 0
    return {
      infoHash,
      name,
      protocol: 'http',
      phase: state.phase,
      policy,
      addedAt,
      completedAt,
      totalPieces: Math.ceil(length / URL_PIECE_LENGTH),
      havePieces: file.counts?.havePieces ?? 0,
      fileCount: 1,
      totalBytes: length,
      wantedBytes: length,
      haveBytes: file.counts?.haveBytes ?? 0,
      ...record.totals(receivedBytes, 0),
      downRate: rate.perSecond(),
      upRate: 0,
      limits: record.value.limits,
      peerCount: 0,
      swarm: NO_SWARM,
      others: null,
      trouble: state.trouble,
    }
  }

  const mayRunNow = () => mayRun(record.value.policy, deps.settings().privateOnly)

  /** Rests while only private torrents may run: its server is a third party. */
  function heed(): void {
    const { phase } = state
    if (!mayRunNow()) {
      if (!state.active) return
      state.apply({ type: 'paused', why: 'policy' })
      run?.stop.abort(new Error('paused'))
    } else if (phase.name === 'paused' && phase.why === 'policy') {
      state.apply({ type: 'resumed' })
      start()
    }
  }

  function start(): void {
    if (state.aside || !mayRunNow()) return
    if (state.phase.name !== 'resolving' && state.phase.name !== 'downloading') return
    const before = run?.done ?? Promise.resolve()
    const stop = new AbortController()
    const done = before
      .then(() => download(stop.signal))
      .catch((thrown: unknown) => {
        if (!stop.signal.aborted) fail({ kind: 'engine/bug', cause: toCause(thrown) })
      })
    run = { stop, done }
  }

  async function download(signal: AbortSignal): Promise<void> {
    const { fetch } = deps
    const downloaded = await downloadUrl(
      {
        fetch,
        stores,
        gate: () => deps.gate(infoHash),
        onIdentified() {
          state.apply({ type: 'metadata-received' })
          state.apply({ type: 'check-finished', complete: file.http.length === 0 })
          keep({})
        },
        onReceived(bytes) {
          rate.count(bytes)
          receivedBytes += bytes
        },
        onSafe: () => keep({}),
      },
      infoHash,
      file,
      signal,
    )
    if (!downloaded.ok) return failedWith(downloaded.error)
    keep({ completedAt: Date.now() })
    state.apply({ type: 'completed' })
  }

  function failedWith(error: EngineError): void {
    if (!isStorageError(error)) return fail(error)
    if (error.kind === 'storage/full') room.wait()
    state.troubled(error)
    state.apply({ type: 'paused', why: 'storage' })
  }

  function fail(error: EngineError): void {
    state.troubled(error, 'quietly')
    state.apply({ type: 'failed', error })
  }

  function keep(change: Partial<TorrentRecord>): void {
    record.change({ ...record.totals(receivedBytes, 0), ...change, http: file.http })
  }

  function recordFailed(error: RecordError): void {
    if (error.kind === 'engine/held-elsewhere') deps.onFenced()
    else deps.onTrouble(infoHash, error)
  }

  if (file.http.length !== null) {
    state.applyQuietly({ type: 'metadata-received' })
    state.applyQuietly({ type: 'check-finished', complete: file.complete })
  }
  if (began.paused) state.applyQuietly({ type: 'paused', why: 'person' })
  if (!records.writable) {
    state.applyQuietly({ type: 'paused', why: 'storage' })
    state.troubled({ kind: 'storage/newer' }, 'quietly')
  }
  heed()
  deps.limit(infoHash, began.limits)
  start()
  return torrent
}

function isStorageError(error: EngineError): error is ErrorIn<'storage'> {
  return error.kind.startsWith('storage/')
}
