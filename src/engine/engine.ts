import { readBackup, writeBackup } from './backup.ts'
import { makeBitTorrentHandler } from './bittorrent-handler.ts'
import type { Log } from './contracts/log.ts'
import type { OutsideFolders } from './contracts/outside-folders.ts'
import type { PieceStores } from './contracts/piece-store.ts'
import type { JournalPage, RecordStore, TorrentRecord } from './contracts/record-store.ts'
import type { RtcConfig, RtcConnections } from './contracts/rtc.ts'
import type { TorrentClient } from './contracts/torrent-client.ts'
import type { Fetch } from './fetch-url.ts'
import { makeHttpHandler } from './http-handler.ts'
import type { BackupReport, EngineChange, StorageSnapshot } from './model/engine-state.ts'
import type { EngineError } from './model/errors.ts'
import type { CreationId, FileIndex, InfoHash } from './model/ids.ts'
import type { Metainfo } from './model/metainfo.ts'
import { err, ok, type Result } from './model/result.ts'
import { DEFAULT_SETTINGS, type Settings } from './model/settings.ts'
import type { SwarmPolicy } from './model/swarm-policy.ts'
import type {
  AddOptions,
  SeedFile,
  Seeded,
  SeedOptions,
  TorrentPreview,
  TorrentSource,
} from './model/torrent.ts'
import { MINUTE, SECOND, type Millis } from './model/units.ts'
import { makeLazyOverlay } from './overlay/lazy-overlay.ts'
import type { Overlay, OverlayVendors } from './overlay/overlay.ts'
import { parseMetainfo } from './parse-metainfo.ts'
import { makeProtocolManager } from './protocol-manager.ts'
import { checkSettings } from './settings-check.ts'
import { makePieceCache } from './storage/piece-cache.ts'
import { makeRateLimits } from './swarm/rate-limits.ts'
import { resolveMetainfo } from './swarm/resolve-metainfo.ts'
import { makeWebTrackerClient } from './swarm/web-tracker-client.ts'
import { makeSwarmTorrent, type SwarmTorrentStart } from './swarm-torrent.ts'
import { makeTorrents, type Torrent } from './torrents.ts'
import { makeUrlTorrent } from './url-torrent.ts'

/** How often rates and remaining times are looked at: as often as they are told. */
const TICK: Millis = SECOND / 4
/** How often used space is measured while something is stored. */
const STORAGE_INTERVAL: Millis = MINUTE / 6

export interface EngineDeps {
  readonly client: TorrentClient
  readonly stores: PieceStores
  readonly folders: OutsideFolders
  readonly records: RecordStore
  readonly rtc: RtcConnections
  readonly fetch: Fetch
  readonly log: Log
  readonly overlay: OverlayVendors
  readonly ownTracker: string
  readonly pageHost: string
  /** Live RTCPeerConnections from now on. */
  limitConnections(most: number): void
  publish(change: EngineChange): void
  trouble(infoHash: InfoHash | null, error: EngineError): void
}

/** The product without its page: everything a person may ask for, and nothing about how it looks. */
export interface Engine {
  /** Brings back the list; torrents go on from here. */
  start(): Promise<void>
  preview(
    source: TorrentSource | string,
    signal: AbortSignal,
  ): Promise<Result<TorrentPreview, EngineError>>
  add(source: TorrentSource | string, options: AddOptions): Promise<Result<InfoHash, EngineError>>
  seed(
    id: CreationId,
    files: readonly SeedFile[],
    options: SeedOptions,
    signal: AbortSignal,
  ): Promise<Result<Seeded, EngineError>>
  torrent(infoHash: InfoHash): Result<Torrent, EngineError>
  want(infoHash: InfoHash, files: readonly FileIndex[]): Result<void, EngineError>
  setPolicy(infoHash: InfoHash, policy: SwarmPolicy): Result<void, EngineError>
  remove(infoHash: InfoHash, deleteData: boolean): Promise<Result<void, EngineError>>
  /** The Chiral side; the first to ask waits until it is loaded. */
  overlay(): Promise<Overlay>
  settings(): Settings
  configure(change: Partial<Settings>): Promise<Result<Settings, EngineError>>
  /** Torrents and settings as one file, without data. */
  exportBackup(): Promise<Uint8Array<ArrayBuffer>>
  /** Adds what is not in the list yet, as it was; its bytes are looked for here, or fetched. */
  importBackup(bytes: Uint8Array): Promise<Result<BackupReport, EngineError>>
  /** What only the page can learn: whether the browser promised to keep our data. */
  granted(persisted: boolean): void
  /** The network came back. */
  online(): void
  stop(): Promise<void>
}

export function makeEngine(deps: EngineDeps): Engine {
  const { client, stores, records, log } = deps
  const torrents = makeTorrents()
  const cache = makePieceCache()
  let settings: Settings = DEFAULT_SETTINGS
  const limits = makeRateLimits(settings)
  let persisted = false
  let gaveUp = false
  let ticking: ReturnType<typeof setInterval> | undefined
  let measuring: ReturnType<typeof setInterval> | undefined
  const resolving = new Map<InfoHash, { readonly stop: AbortController; done: Promise<unknown> }>()

  const overlay = makeLazyOverlay(async () => {
    const { makeOverlay } = await import('./overlay/overlay.ts')
    return makeOverlay({
      ...deps.overlay,
      rtc: deps.rtc,
      rtcConfig,
      wirePeerId: client.wirePeerId,
      fetch: deps.fetch,
      log,
      ownRelay: new URL(deps.ownTracker).origin,
      pageHost: deps.pageHost,
      settings: () => settings,
      publish: (overlay) => deps.publish({ type: 'overlay', overlay }),
    })
  })
  const rtcConfig = (): RtcConfig => ({
    iceServers: settings.iceServers.length > 0 ? settings.iceServers : overlay.iceServers(),
  })
  const trackerClient = makeWebTrackerClient({
    rtc: deps.rtc,
    wirePeerId: client.wirePeerId,
    rtcConfig,
    log,
  })

  const onChange = (torrent: Torrent) => {
    deps.publish({ type: 'torrent', torrent: torrent.snapshot() })
  }
  const onTrouble = (infoHash: InfoHash, error: EngineError) => deps.trouble(infoHash, error)
  const onFenced = () => void giveUp()

  const makeTorrent = (start: SwarmTorrentStart): Torrent => {
    const torrent = makeSwarmTorrent(
      {
        client,
        stores,
        folders: deps.folders,
        cache,
        records,
        trackerClient,
        overlay,
        log,
        settings: () => settings,
        gates: (infoHash) => limits.forPeer(infoHash),
        onChange,
        onTrouble,
        onFenced,
      },
      start,
    )
    onChange(torrent)
    return torrent
  }

  const makeHttpTorrent = (record: Parameters<typeof makeUrlTorrent>[1]): Torrent => {
    const torrent = makeUrlTorrent(
      {
        fetch: deps.fetch,
        stores,
        records,
        gate: () => limits.down,
        onChange,
        onTrouble,
        onFenced,
      },
      record,
    )
    onChange(torrent)
    return torrent
  }

  /** What was just added is written at once; what came back is there already. */
  const keep = (record: TorrentRecord): void => {
    kept = Promise.all([kept, writeNew(record)])
  }
  /** Until it is written nobody is told that it was added: a tab may close at that very moment. */
  let kept: Promise<unknown> = Promise.resolve()

  const writeNew = async (record: TorrentRecord): Promise<void> => {
    const written = await records.putTorrent(record)
    if (written.ok) return
    log.error('a record could not be written', { error: written.error })
    if (written.error.kind === 'engine/held-elsewhere') await giveUp()
    else onTrouble(record.infoHash, written.error)
  }

  /** A later engine holds the records: this one must not go on as if it were the only one. */
  const giveUp = async (): Promise<void> => {
    if (gaveUp) return
    gaveUp = true
    deps.publish({
      type: 'engine',
      engine: { name: 'failed', error: { kind: 'engine/held-elsewhere' } },
    })
    await Promise.all([...torrents.all()].map((torrent) => torrent.stop()))
  }

  const resolve = async (
    infoHash: InfoHash,
    trackers: readonly string[],
    signal: AbortSignal,
  ): Promise<Result<Metainfo, EngineError>> => {
    await endResolve(infoHash)
    const stop = new AbortController()
    const done = resolveMetainfo(
      { client, trackerClient, overlay },
      infoHash,
      trackers,
      AbortSignal.any([signal, stop.signal]),
    )
    const running = { stop, done }
    resolving.set(infoHash, running)
    try {
      return await done
    } finally {
      if (resolving.get(infoHash) === running) resolving.delete(infoHash)
    }
  }

  const endResolve = async (infoHash: InfoHash): Promise<void> => {
    const running = resolving.get(infoHash)
    if (running === undefined) return
    running.stop.abort(new DOMException('the torrent was added', 'AbortError'))
    await running.done.catch(() => undefined)
  }

  const bitTorrent = makeBitTorrentHandler({
    fetch: deps.fetch,
    torrents,
    stores,
    ownTracker: deps.ownTracker,
    pageHost: deps.pageHost,
    settings: () => settings,
    makeTorrent(start) {
      keep(start.record)
      return makeTorrent(start)
    },
    resolve,
    endResolve,
    onCreation: (creation) => deps.publish({ type: 'creation', creation }),
  })
  const http = makeHttpHandler({
    fetch: deps.fetch,
    torrents,
    torrentFiles: bitTorrent,
    makeTorrent(record) {
      keep(record)
      return makeHttpTorrent(record)
    },
  })
  const protocols = makeProtocolManager([bitTorrent, http])

  const applySettings = () => {
    limits.apply(settings)
    deps.limitConnections(settings.maxConnections)
    overlay.settingsChanged()
    for (const torrent of torrents.all()) torrent.settingsChanged()
  }

  const measureStorage = async (): Promise<void> => {
    const { usedBytes, quotaBytes } = await stores.estimate()
    const storage: StorageSnapshot = { kind: stores.kind, usedBytes, quotaBytes, persisted }
    deps.publish({ type: 'storage', storage })
  }

  const configure = async (change: Partial<Settings>): Promise<Result<Settings, EngineError>> => {
    const checked = checkSettings(change)
    if (!checked.ok) return checked
    settings = { ...settings, ...checked.value }
    applySettings()
    const kept = await records.putSettings(checked.value)
    return kept.ok ? ok(settings) : kept
  }

  /** A record whose metainfo cannot be read any more still names a torrent: peers are asked again. */
  const restore = async (record: TorrentRecord, page: JournalPage | null): Promise<void> => {
    if (record.http !== null) {
      torrents.put(makeHttpTorrent({ ...record, http: record.http }))
      return
    }
    const read = record.metainfo === null ? null : await parseMetainfo(record.metainfo)
    const metainfo =
      read?.ok === true && read.value.infoHash === record.infoHash ? read.value : null
    if (torrents.has(record.infoHash)) return // added meanwhile
    torrents.put(makeTorrent({ record, metainfo, known: null, page }))
  }

  return {
    async start() {
      const changed = checkSettings(await records.settings())
      settings = { ...DEFAULT_SETTINGS, ...(changed.ok ? changed.value : {}) }
      applySettings()
      const { records: kept, unreadable } = await records.torrents()
      if (unreadable > 0) log.warn('records that cannot be read', { unreadable })
      const journal = await records.journal()
      for (const record of kept) await restore(record, journal.get(record.infoHash) ?? null)
      await measureStorage()
      overlay.start()
      ticking = setInterval(() => {
        for (const torrent of torrents.all()) if (torrent.tick()) onChange(torrent)
      }, TICK)
      measuring = setInterval(() => void measureStorage(), STORAGE_INTERVAL)
    },

    async preview(given, signal) {
      const route = protocols.handlerFor(given)
      if (!route.ok) return route
      return route.value.handler.preview(route.value.source, signal)
    },

    async add(given, options) {
      const route = protocols.handlerFor(given)
      if (!route.ok) return route
      const added = await route.value.handler.download(route.value.source, options)
      await kept
      return added
    },

    async seed(id, files, options, signal) {
      try {
        const seeded = await bitTorrent.seed(id, files, options, signal)
        await kept
        return seeded
      } finally {
        deps.publish({ type: 'creation-ended', id })
        void measureStorage()
      }
    },

    torrent: (infoHash) => torrents.get(infoHash),

    want(infoHash, files) {
      const torrent = torrents.get(infoHash)
      return torrent.ok ? torrent.value.want(files) : torrent
    },

    setPolicy(infoHash, policy) {
      const torrent = torrents.get(infoHash)
      if (!torrent.ok) return torrent
      if (policy.name === 'public') return ok()
      return err({ kind: 'engine/unsupported', what: 'private swarms' })
    },

    async remove(infoHash, deleteData) {
      const torrent = torrents.get(infoHash)
      if (!torrent.ok) return torrent
      torrents.delete(infoHash)
      deps.publish({ type: 'torrent-removed', infoHash })
      const removed = await torrent.value.remove(deleteData)
      void measureStorage()
      return removed
    },

    overlay: () => overlay.loaded(),

    settings: () => settings,

    configure,

    async exportBackup() {
      const kept = await records.torrents()
      return writeBackup({
        settings: await records.settings(),
        torrents: kept.records.filter(({ infoHash }) => torrents.has(infoHash)),
      })
    },

    async importBackup(bytes) {
      const read = await readBackup(bytes, deps.pageHost)
      if (!read.ok) return read
      const { settings: change, torrents: records, unreadable } = read.value
      const changed = await configure(change)
      if (!changed.ok) return changed
      let added = 0
      for (const record of records) {
        if (torrents.has(record.infoHash)) continue
        await endResolve(record.infoHash)
        keep(record)
        await restore(record, null)
        added += 1
      }
      await kept
      return ok({ added, present: records.length - added, unreadable })
    },

    granted(answer) {
      persisted = answer
      void measureStorage()
    },

    online() {
      trackerClient.retryNow()
      overlay.online()
    },

    async stop() {
      clearInterval(ticking)
      clearInterval(measuring)
      await Promise.all([...torrents.all()].map((torrent) => torrent.stop()))
      trackerClient.stop()
      await overlay.stop()
      await client.stop()
      records.close()
    },
  }
}
