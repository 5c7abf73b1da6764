import { readBackup, writeBackup } from './backup.ts'
import { makeBitTorrentHandler } from './bittorrent-handler.ts'
import type { Log } from './contracts/log.ts'
import type { OutsideFolders } from './contracts/outside-folders.ts'
import type { PieceStores } from './contracts/piece-store.ts'
import type { RecordStore, TorrentRecord } from './contracts/record-store.ts'
import type { RtcConfig, RtcConnections } from './contracts/rtc.ts'
import type { TorrentClient } from './contracts/torrent-client.ts'
import type { Fetch } from './fetch-url.ts'
import { makeHttpHandler } from './http-handler.ts'
import type { BackupReport, EngineChange, StorageUsage } from './model/engine-state.ts'
import type { EngineError } from './model/errors.ts'
import type { CreationId, FileIndex, InfoHash } from './model/ids.ts'
import { err, ok, type Result } from './model/result.ts'
import { DEFAULT_SETTINGS, type Settings } from './model/settings.ts'
import { PUBLIC, type SwarmPolicy } from './model/swarm-policy.ts'
import type {
  AddOptions,
  SeedFile,
  Seeded,
  SeedOptions,
  TorrentPreview,
  TorrentSource,
} from './model/torrent.ts'
import { SECOND, type Bytes, type Millis } from './model/units.ts'
import { makeLazyOverlay } from './overlay/lazy-overlay.ts'
import type { Overlay, OverlayVendors } from './overlay/overlay.ts'
import type { PrivateCalls } from './private/private-calls.ts'
import { makeMetadataSearch } from './metadata-search.ts'
import { makeOneByOne } from './one-by-one.ts'
import { makeProtocolManager } from './protocol-manager.ts'
import { makeRemovals } from './removals.ts'
import { reopen, startOf, type ReopenedUrl } from './reopen.ts'
import { checkSettings } from './settings-check.ts'
import { measureUsage, readMetainfo } from './storage/orphans.ts'
import { makePieceCache } from './storage/piece-cache.ts'
import { makeTurns } from './storage/take-turns.ts'
import { makeStorageWatch } from './storage-watch.ts'
import { makeRateLimits } from './swarm/rate-limits.ts'
import { publicRtcConfig, rtcConfigFor } from './swarm/swarm-gate.ts'
import { makeWebTrackerClient } from './swarm/web-tracker-client.ts'
import { makeSwarmTorrent, type SwarmTorrentStart } from './swarm-torrent.ts'
import { makeTorrents, type Torrent } from './torrents.ts'
import { makeUrlTorrent } from './url-torrent.ts'

/** How often rates and remaining times are looked at: as often as they are told. */
const TICK: Millis = SECOND / 4

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
  /** With `undo` it can be taken back for `UNDO_TIME`. */
  remove(infoHash: InfoHash, deleteData: boolean, undo: boolean): Promise<Result<void, EngineError>>
  restore(infoHash: InfoHash): Result<void, EngineError>
  usage(): Promise<StorageUsage>
  /** Brings back a torrent whose data is here and whose record is not. */
  adopt(infoHash: InfoHash): Promise<Result<void, EngineError>>
  reclaim(infoHash: InfoHash): Promise<Result<void, EngineError>>
  /** Who may take part in private swarms. */
  readonly private: PrivateCalls
  /** The Chiral side; the first to ask waits until it is loaded. */
  overlay(): Promise<Overlay>
  settings(): Settings
  configure(change: Partial<Settings>): Promise<Result<Settings, EngineError>>
  /** Torrents and settings as one file, without data. */
  exportBackup(): Promise<Uint8Array<ArrayBuffer>>
  /** Adds what is not in the list yet, as it was; its bytes are looked for here, or fetched. */
  importBackup(bytes: Uint8Array): Promise<Result<BackupReport, EngineError>>
  /** Whether the browser promised to keep our data; `asked`: a page asked it just now. */
  granted(persisted: boolean, asked: boolean): void
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
  let promise = { persisted: false, asked: false }
  let gaveUp = false
  let ticking: ReturnType<typeof setInterval> | undefined
  const quiet = makeTurns<'survey'>()
  const begin = makeOneByOne()
  /** The list is shown before anything of it joins a swarm. */
  const started = Promise.withResolvers<void>()
  const turnToJoin = () => started.promise.then(begin)

  const overlay = makeLazyOverlay(async () => {
    const { makeOverlay } = await import('./overlay/overlay.ts')
    return makeOverlay({
      ...deps.overlay,
      rtc: deps.rtc,
      rtcConfig: openRtc,
      wirePeerId: client.wirePeerId,
      fetch: deps.fetch,
      log,
      ownRelay: new URL(deps.ownTracker).origin,
      pageHost: deps.pageHost,
      settings: () => settings,
      publish: (overlay) => deps.publish({ type: 'overlay', overlay }),
    })
  })
  const ice = () => ({ chosen: settings.iceServers, ofRelays: overlay.iceServers() })
  const openRtc = (): RtcConfig => publicRtcConfig(ice())
  const rtcConfig = (policy: SwarmPolicy): RtcConfig | null =>
    rtcConfigFor(policy, { ...ice(), hideAddress: settings.hideAddress })
  const trackerClient = makeWebTrackerClient({
    rtc: deps.rtc,
    wirePeerId: client.wirePeerId,
    rtcConfig: openRtc,
    log,
  })

  const onChange = (torrent: Torrent) => {
    deps.publish({ type: 'torrent', torrent: torrent.snapshot() })
  }
  const onTrouble = (infoHash: InfoHash, error: EngineError) => deps.trouble(infoHash, error)
  const onFenced = () => void giveUp()

  /** What the others still need of the room there is. */
  const promised = (infoHash: InfoHash): Bytes => {
    let bytes = 0
    for (const torrent of torrents.all()) {
      if (torrent.infoHash !== infoHash) bytes += torrent.missingBytes()
    }
    return bytes
  }

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
        rtcConfig,
        settings: () => settings,
        gates: (infoHash) => limits.forPeer(infoHash),
        onChange,
        onTrouble,
        onFenced,
        quietly: (task) => void quiet.take('survey', task),
        promised,
        turnToJoin,
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

  const search = makeMetadataSearch({
    client,
    trackerClient,
    overlay,
    rtcConfig: () => rtcConfig(PUBLIC),
  })
  const bitTorrent = makeBitTorrentHandler({
    fetch: deps.fetch,
    torrents,
    stores,
    ownTracker: deps.ownTracker,
    pageHost: deps.pageHost,
    settings: () => settings,
    makeTorrent(start) {
      const back = start.known === null ? removals.takeBack(start.record.infoHash) : null
      if (back !== null) {
        onChange(back)
        return back
      }
      removals.drop(start.record.infoHash) // its data was just copied
      keep(start.record)
      return makeTorrent(start)
    },
    resolve: (infoHash, trackers, signal) => search.begin(infoHash, trackers, signal),
    endResolve: (infoHash) => search.end(infoHash),
    onCreation: (creation) => deps.publish({ type: 'creation', creation }),
  })
  const http = makeHttpHandler({
    fetch: deps.fetch,
    torrents,
    torrentFiles: bitTorrent,
    makeTorrent(record) {
      const back = removals.takeBack(record.infoHash)
      if (back !== null) {
        onChange(back)
        return back
      }
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

  const room = makeStorageWatch({
    stores,
    torrents,
    promise: () => promise,
    publish: (storage) => deps.publish({ type: 'storage', storage }),
  })
  const removals = makeRemovals({
    onPurged(infoHash, purged) {
      if (!purged.ok) onTrouble(infoHash, purged.error)
      room.soon()
    },
  })
  const list = (torrent: Torrent) => {
    torrents.put(torrent)
    onChange(torrent)
  }

  const reopened = (start: SwarmTorrentStart | ReopenedUrl) =>
    'known' in start ? makeTorrent(start) : makeHttpTorrent(start.record)

  const configure = async (change: Partial<Settings>): Promise<Result<Settings, EngineError>> => {
    const checked = checkSettings(change)
    if (!checked.ok) return checked
    settings = { ...settings, ...checked.value }
    applySettings()
    const kept = await records.putSettings(checked.value)
    return kept.ok ? ok(settings) : kept
  }

  return {
    async start() {
      const kept = await reopen({
        records,
        stores,
        log,
        onTrouble: (error) => deps.trouble(null, error),
      })
      settings = kept.settings
      applySettings()
      for (const start of kept.torrents) {
        torrents.put(reopened(start))
      }
      // Not waited for: Chromium looks at every file first (thousands of folders: seconds).
      void room.measure()
      overlay.start()
      ticking = setInterval(() => {
        for (const torrent of torrents.all()) {
          if (!torrent.tick()) continue
          onChange(torrent)
          room.soon()
        }
      }, TICK)
      room.start()
      setTimeout(started.resolve)
    },

    async preview(given, signal) {
      const route = protocols.handlerFor(given)
      if (!route.ok) return route
      return route.value.handler.preview(route.value.source, signal)
    },

    async add(given, options) {
      if (!records.writable) return err({ kind: 'storage/newer' })
      const route = protocols.handlerFor(given)
      if (!route.ok) return route
      const added = await route.value.handler.download(route.value.source, options)
      await kept
      return added
    },

    async seed(id, files, options, signal) {
      if (!records.writable) return err({ kind: 'storage/newer' })
      try {
        const seeded = await bitTorrent.seed(id, files, options, signal)
        await kept
        return seeded
      } finally {
        deps.publish({ type: 'creation-ended', id })
        void room.measure()
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

    async remove(infoHash, deleteData, undo) {
      const torrent = torrents.get(infoHash)
      if (!torrent.ok) return torrent
      if (!records.writable) return err({ kind: 'storage/newer' })
      torrents.delete(infoHash)
      deps.publish({ type: 'torrent-removed', infoHash })
      const removed = undo
        ? await removals.add(torrent.value, deleteData)
        : await torrent.value.remove(deleteData)
      void room.measure()
      return removed
    },

    restore(infoHash) {
      const torrent = removals.takeBack(infoHash)
      if (torrent === null) return err({ kind: 'input/unknown-torrent' })
      list(torrent)
      return ok()
    },

    usage: () =>
      measureUsage(
        stores,
        (infoHash) => torrents.has(infoHash),
        (infoHash) => removals.has(infoHash),
      ),

    async adopt(infoHash) {
      if (torrents.has(infoHash)) return err({ kind: 'input/duplicate', infoHash })
      if (!records.writable) return err({ kind: 'storage/newer' })
      const stored = await stores.look(infoHash)
      const metainfo = await readMetainfo(infoHash, stored?.metainfo ?? null)
      if (stored === null || metainfo === null) return err({ kind: 'input/unknown-torrent' })
      const source = { from: 'metainfo', bytes: stored.metainfo! } as const
      const added = await bitTorrent.download(source, {})
      return added.ok ? ok() : added
    },

    async reclaim(infoHash) {
      if (torrents.has(infoHash)) return err({ kind: 'input/duplicate', infoHash })
      const deleted = await stores.destroy(infoHash)
      void room.measure()
      return deleted
    },

    private: NO_PRIVATE_SWARMS,

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
        const back = removals.takeBack(record.infoHash)
        if (back !== null) {
          list(back)
          added += 1
          continue
        }
        await search.end(record.infoHash)
        keep(record)
        const start = await startOf(record, { stores, page: null, gone: false })
        if (torrents.has(record.infoHash)) continue // added meanwhile
        list(reopened(start))
        added += 1
      }
      await kept
      return ok({ added, present: records.length - added, unreadable })
    },

    granted(persisted, asked) {
      promise = { persisted, asked }
      room.tell()
    },

    online() {
      trackerClient.retryNow()
      overlay.online()
    },

    async stop() {
      clearInterval(ticking)
      room.stop()
      removals.stop()
      await Promise.all([...torrents.all()].map((torrent) => torrent.stop()))
      trackerClient.stop()
      await overlay.stop()
      await client.stop()
      records.close()
    },
  }
}

const refused = () => Promise.resolve(err({ kind: 'policy/public' } as const))

/** Every torrent is public. */
const NO_PRIVATE_SWARMS: PrivateCalls = {
  invite: refused,
  invites: refused,
  members: refused,
  allow: refused,
  revoke: refused,
  unlock: refused,
}
