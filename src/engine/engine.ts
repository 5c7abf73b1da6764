import { makeBackupCalls, type BackupCalls } from './backup-calls.ts'
import { makeBitTorrentHandler } from './bittorrent-handler.ts'
import type { Log } from './contracts/log.ts'
import type { OutsideFolders } from './contracts/outside-folders.ts'
import type { PieceStores } from './contracts/piece-store.ts'
import type { RecordStore } from './contracts/record-store.ts'
import type { RtcConfig, RtcConnections } from './contracts/rtc.ts'
import type { TorrentClient } from './contracts/torrent-client.ts'
import type { Doctor } from './doctor/doctor.ts'
import type { Fetch } from './fetch-url.ts'
import { makeFallbackAnswerer } from './fallback/answer-fallback.ts'
import { askFallback } from './fallback/ask-fallback.ts'
import { makeHttpHandler } from './http-handler.ts'
import { makeKeptSettings } from './kept-settings.ts'
import { makeInviteHandler } from './invite-handler.ts'
import { makeLibrary } from './library.ts'
import type { EngineChange } from './model/engine-state.ts'
import type { EngineError } from './model/errors.ts'
import type { CreationId, FileIndex, InfoHash } from './model/ids.ts'
import { err, ok, type Result } from './model/result.ts'
import type { Settings } from './model/settings.ts'
import { isPrivate, PUBLIC, type SwarmPolicy } from './model/swarm-policy.ts'
import type {
  AddOptions,
  FilePriority,
  SeedFile,
  Seeded,
  SeedOptions,
  TorrentPreview,
  TorrentSource,
  TorrentLimits,
} from './model/torrent.ts'
import { SECOND, type Millis } from './model/units.ts'
import { makeLazyOverlay } from './overlay/lazy-overlay.ts'
import type { Overlay, OverlayVendors } from './overlay/overlay.ts'
import { FALLBACK_PROTOCOL } from './model/overlay-ids.ts'
import { makeNamedContent } from './named-content.ts'
import { makePrivateBackend, type PrivateBackend } from './private-backend.ts'
import { makePrivateCalls } from './private/make-private-calls.ts'
import type { PrivateCalls } from './private/private-calls.ts'
import { makeMetadataSearch } from './metadata-search.ts'
import { makeOneByOne } from './one-by-one.ts'
import { makeOrphanCalls, type OrphanCalls } from './orphan-calls.ts'
import { makeProtocolManager } from './protocol-manager.ts'
import { reopen } from './reopen.ts'
import { makePieceCache } from './storage/piece-cache.ts'
import { makeTurns } from './storage/take-turns.ts'
import { makeStorageWatch } from './storage-watch.ts'
import { checkTorrentLimits } from './torrent-limits.ts'
import { makeRateLimits } from './swarm/rate-limits.ts'
import { mayRun, publicRtcConfig, rtcConfigFor } from './swarm/swarm-gate.ts'
import { makeWebTrackerClient } from './swarm/web-tracker-client.ts'
import type { Torrent } from './torrents.ts'

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
  /** Address of the page without a fragment, for links into private swarms. */
  readonly app: string
  /** Live RTCPeerConnections from now on. */
  limitConnections(most: number): void
  publish(change: EngineChange): void
  trouble(infoHash: InfoHash | null, error: EngineError): void
}

/** The product without its page: everything a person may ask for, and nothing about how it looks. */
export interface Engine extends OrphanCalls, BackupCalls {
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
  /** Of the wanted files, which come first and last. */
  prioritise(
    infoHash: InfoHash,
    files: readonly FileIndex[],
    priority: FilePriority,
  ): Result<void, EngineError>
  /** What one torrent may move. */
  limit(infoHash: InfoHash, limits: TorrentLimits): Result<void, EngineError>
  setPolicy(infoHash: InfoHash, policy: SwarmPolicy): Result<void, EngineError>
  /** With `undo` it can be taken back for `UNDO_TIME`. */
  remove(infoHash: InfoHash, deleteData: boolean, undo: boolean): Promise<Result<void, EngineError>>
  restore(infoHash: InfoHash): Result<void, EngineError>
  /** Who may take part in private swarms. */
  readonly private: PrivateCalls
  /** Private torrents for programs that know content by jobs. */
  readonly backend: PrivateBackend
  /** The Chiral side; the first to ask waits until it is loaded. */
  overlay(): Promise<Overlay>
  /** Says why others are not reached. */
  doctor(): Promise<Doctor>
  settings(): Settings
  configure(change: Partial<Settings>): Promise<Result<Settings, EngineError>>
  /** Whether the browser promised to keep our data; `asked`: a page asked it just now. */
  granted(persisted: boolean, asked: boolean): void
  /** The network came back. */
  online(): void
  stop(): Promise<void>
}

export function makeEngine(deps: EngineDeps): Engine {
  const { client, stores, records, log } = deps
  const cache = makePieceCache()
  const settings = makeKeptSettings(records, (settings) => {
    limits.apply(settings)
    deps.limitConnections(settings.maxConnections)
    overlay.settingsChanged()
    for (const torrent of torrents.all()) torrent.settingsChanged()
  })
  const limits = makeRateLimits(settings.value)
  let promise = { persisted: false, asked: false }
  let ticking: ReturnType<typeof setInterval> | undefined
  const quiet = makeTurns<'survey'>()
  const begin = makeOneByOne()
  /** The list is shown before anything of it joins a swarm. */
  const started = Promise.withResolvers<void>()

  const overlay = makeLazyOverlay(async () => {
    // Nobody asks for it now; when somebody does, the server may not answer any more.
    loadDoctor().catch(() => {})
    const { makeOverlay } = await import('./overlay/overlay.ts')
    return makeOverlay({
      ...deps.overlay,
      rtc: deps.rtc,
      wirePeerId: client.wirePeerId,
      fetch: deps.fetch,
      log,
      ownRelay: new URL(deps.ownTracker).origin,
      pageHost: deps.pageHost,
      settings: () => settings.value,
      publish: (overlay) => deps.publish({ type: 'overlay', overlay }),
      onFallbackTalk: makeFallbackAnswerer((request, asker) => backend.answer(request, asker)),
      onPrivacy(infoHash) {
        const torrent = torrents.get(infoHash)
        if (torrent.ok) library.changed(torrent.value)
      },
    })
  })
  const privates = async () => (await overlay.loaded()).private
  const ice = () => ({ chosen: settings.value.iceServers, ofRelays: overlay.iceServers() })
  const openRtc = (): RtcConfig => publicRtcConfig(ice())
  const rtcConfig = (policy: SwarmPolicy): RtcConfig | null =>
    rtcConfigFor(policy, { ...ice(), hideAddress: settings.value.hideAddress })
  const trackerClient = makeWebTrackerClient({
    rtc: deps.rtc,
    wirePeerId: client.wirePeerId,
    rtcConfig: openRtc,
    log,
  })

  const library = makeLibrary({
    records,
    log,
    swarmTorrents: {
      client,
      stores,
      folders: deps.folders,
      cache,
      records,
      trackerClient,
      overlay,
      rtcConfig,
      privacy: (infoHash) => overlay.privacy(infoHash),
      settings: () => settings.value,
      ownTrackers: () => settings.value.trackers ?? [deps.ownTracker],
      gates: (infoHash) => limits.forPeer(infoHash),
      limit: (infoHash, own) => limits.setTorrent(infoHash, own),
      quietly: (task) => void quiet.take('survey', task),
      turnToJoin: () => started.promise.then(begin),
    },
    urlTorrents: {
      fetch: deps.fetch,
      stores,
      records,
      settings: () => settings.value,
      gate: (infoHash) => limits.downOf(infoHash),
      limit: (infoHash, own) => limits.setTorrent(infoHash, own),
    },
    publish: (change) => deps.publish(change),
    trouble: (infoHash, error) => deps.trouble(infoHash, error),
    onRoom: () => room.soon(),
    onGone(infoHash, policy) {
      if (isPrivate(policy)) void privates().then((all) => all.forget(infoHash))
    },
  })
  const { torrents } = library

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
    settings: () => settings.value,
    makeTorrent: (start) => library.added(start),
    resolve: (infoHash, trackers, signal) => search.begin(infoHash, trackers, signal),
    endResolve: (infoHash) => search.end(infoHash),
    onCreation: (creation) => deps.publish({ type: 'creation', creation }),
    privates,
  })
  const invites = makeInviteHandler({
    torrents,
    privates,
    makeTorrent: (start) => library.added(start),
    endResolve: (infoHash) => search.end(infoHash),
    now: () => Date.now(),
  })
  const privateCalls = makePrivateCalls({
    privates,
    torrent: (infoHash) => torrents.get(infoHash),
    app: deps.app,
    now: () => Date.now(),
  })
  const http = makeHttpHandler({
    fetch: deps.fetch,
    torrents,
    torrentFiles: bitTorrent,
    settings: () => settings.value,
    makeTorrent: (record) => library.added({ record }),
  })
  const protocols = makeProtocolManager([invites, bitTorrent, http])

  const room = makeStorageWatch({
    stores,
    torrents,
    remembers: records.lasting,
    promise: () => promise,
    publish: (storage) => deps.publish({ type: 'storage', storage }),
  })
  const orphans = makeOrphanCalls({
    library,
    stores,
    bitTorrent,
    records,
    onRoom: () => void room.measure(),
  })
  const backups = makeBackupCalls({
    library,
    records,
    stores,
    pageHost: deps.pageHost,
    configure: (change) => settings.change(change),
    endResolve: (infoHash) => search.end(infoHash),
  })

  const preview = async (
    given: TorrentSource | string,
    signal: AbortSignal,
  ): Promise<Result<TorrentPreview, EngineError>> => {
    const route = protocols.handlerFor(given)
    if (!route.ok) return route
    return route.value.handler.preview(route.value.source, signal)
  }

  const add = async (
    given: TorrentSource | string,
    options: AddOptions,
  ): Promise<Result<InfoHash, EngineError>> => {
    if (!records.writable) return err({ kind: 'storage/newer' })
    const route = protocols.handlerFor(given)
    if (!route.ok) return route
    const added = await route.value.handler.download(route.value.source, options)
    await library.written()
    return added
  }

  const backend = makePrivateBackend({
    // Members are met in the overlay alone, and a list that is not kept forgets who they are.
    isSupported: () => records.writable && settings.value.relays?.length !== 0,
    torrents,
    settings: () => settings.value,
    add,
    members: (infoHash) => privateCalls.members(infoHash),
    invite: (infoHash, options) => privateCalls.invite(infoHash, options),
    named: makeNamedContent({ fetch: deps.fetch, preview }),
    pageHost: deps.pageHost,
    async ask(peer, request, signal) {
      try {
        const stream = await (await overlay.loaded()).open(peer, FALLBACK_PROTOCOL, signal)
        return await askFallback(stream, request, signal)
      } catch (thrown) {
        log.debug('a peer is not asked', { thrown: String(thrown) })
        return null
      }
    },
    log,
  })

  return {
    ...orphans,
    ...backups,

    async start() {
      const kept = await reopen({
        records,
        stores,
        log,
        onTrouble: (error) => deps.trouble(null, error),
      })
      settings.restore(kept.settings)
      for (const start of kept.torrents) library.reopened(start)
      // Not waited for: Chromium looks at every file first (thousands of folders: seconds).
      void room.measure()
      overlay.start()
      ticking = setInterval(() => {
        for (const torrent of torrents.all()) {
          if (!torrent.tick()) continue
          library.changed(torrent)
          room.soon()
        }
      }, TICK)
      room.start()
      setTimeout(started.resolve)
    },

    preview,
    add,

    async seed(id, files, options, signal) {
      if (!records.writable) return err({ kind: 'storage/newer' })
      try {
        const seeded = await bitTorrent.seed(id, files, options, signal)
        await library.written()
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

    prioritise(infoHash, files, priority) {
      const torrent = torrents.get(infoHash)
      return torrent.ok ? torrent.value.prioritise(files, priority) : torrent
    },

    limit(infoHash, limits) {
      const torrent = torrents.get(infoHash)
      const checked = checkTorrentLimits(limits)
      if (!torrent.ok) return torrent
      return checked.ok ? torrent.value.limit(checked.value) : checked
    },

    setPolicy(infoHash, policy) {
      const torrent = torrents.get(infoHash)
      if (!torrent.ok) return torrent
      if (!mayRun(policy, settings.value.privateOnly)) return err({ kind: 'policy/private-only' })
      return torrent.value.setPolicy(policy)
    },

    async remove(infoHash, deleteData, undo) {
      const removed = await library.remove(infoHash, deleteData, undo)
      void room.measure()
      return removed
    },

    restore: (infoHash) =>
      library.restore(infoHash) ? ok() : err({ kind: 'input/unknown-torrent' }),

    private: privateCalls,
    backend,

    overlay: () => overlay.loaded(),

    async doctor() {
      const { makeDoctor } = await loadDoctor()
      // Its code may not have come: what else fails is worth knowing all the same.
      const loaded = await overlay.loaded().catch(() => null)
      return makeDoctor({
        ...deps.overlay,
        fetch: deps.fetch,
        rtc: deps.rtc,
        rtcConfig: openRtc,
        openWebSocket: (url) => new WebSocket(url),
        relayNames: () => settings.value.relays ?? [new URL(deps.ownTracker).origin],
        trackers: () => settings.value.trackers ?? [deps.ownTracker],
        relays: () => loaded?.relays() ?? [],
        identity: async () => loaded?.identity() ?? err({ kind: 'engine/lost' }),
        userAgent: navigator.userAgent,
        log,
      })
    },

    settings: () => settings.value,

    configure: (change) => settings.change(change),

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
      await library.stop()
      trackerClient.stop()
      await overlay.stop()
      await client.stop()
      records.close()
    },
  }
}

const loadDoctor = () => import('./doctor/doctor.ts')
