import { makeEngine, type Engine } from '../engine/engine.ts'
import { makeIdbIdentityStore } from '../engine/adapters/idb-identity-store.ts'
import { makeIdbRecordStore } from '../engine/adapters/idb-record-store.ts'
import { makeHttpRedemptions } from '../engine/adapters/http-redemptions.ts'
import { makeIdbSwarmStore } from '../engine/adapters/idb-swarm-store.ts'
import { makeMemorySwarmStore } from '../engine/adapters/memory-swarm-store.ts'
import { makeMemoryIdentityStore } from '../engine/adapters/memory-identity-store.ts'
import { makeMemoryPieceStores } from '../engine/adapters/memory-piece-store.ts'
import { makeMemoryRecordStore, orInMemory } from '../engine/adapters/memory-record-store.ts'
import { makeOutsideFolders } from '../engine/adapters/outside-folder.ts'
import { withPickedPlaces } from '../engine/adapters/picked-piece-store.ts'
import { probeStorage } from '../engine/adapters/probe-storage.ts'
import { toCause } from '../engine/model/errors.ts'
import { ok } from '../engine/model/result.ts'
import { BUILD } from './protocol/build.ts'
import type { FromEngine, Notice, ToEngine } from './protocol/control.ts'
import { makeAnswers } from './worker/answers.ts'
import { holdLifelines } from './worker/hold-lifelines.ts'
import { consoleLog } from './worker/log.ts'
import { installRtcShim } from './worker/rtc-shim.ts'
import { makeCallServer, type CallServer } from './worker/serve-calls.ts'
import { makeTabServer, type TabServer } from './worker/serve-tabs.ts'
import { makeStatePublisher } from './worker/state-publisher.ts'
import { watchSleep } from './worker/watch-sleep.ts'

/** Wires the engine into its thread, in the order that `README.md` beside this file gives. */

type Init = Extract<ToEngine, { type: 'init' }>

const post = (message: FromEngine) => self.postMessage(message)
let calls: CallServer | null = null
let tabs: TabServer | null = null

/** To this worker's page and to every other tab it serves. */
const tell = (notice: Notice) => {
  post(notice)
  tabs?.tell(notice)
}

self.addEventListener('message', ({ data }: MessageEvent<ToEngine>) => {
  switch (data.type) {
    case 'init':
      start(data).catch((thrown: unknown) =>
        post({ type: 'unable', error: { kind: 'engine/bug', cause: toCause(thrown) } }),
      )
      return
    case 'request':
      void calls?.serve(data)
      return
    case 'cancel':
      calls?.cancel(data.id)
      return
    case 'ping':
      post({ type: 'alive' })
      return
  }
})

async function start({ build, config, rtcPort }: Init): Promise<void> {
  if (build !== BUILD) {
    return post({ type: 'unable', error: { kind: 'engine/version', page: build, worker: BUILD } })
  }
  const engineId = crypto.randomUUID()
  await holdLifelines(engineId)
  const rtc = installRtcShim(rtcPort)
  // Only now: what it imports reads WebRTC from `globalThis` while it is evaluated.
  const { makeWebTorrentClient } = await import('../engine/adapters/webtorrent-client.ts')

  const publisher = makeStatePublisher(tell)
  const stores = withPickedPlaces(
    config.storage === 'memory' ? makeMemoryPieceStores() : await probeStorage(consoleLog),
  )
  const opened = stores.kind === 'opfs' ? await makeIdbRecordStore() : ok(makeMemoryRecordStore())
  const records = orInMemory(opened, (error) => tell({ type: 'trouble', infoHash: null, error }))
  if (!records.ok) return post({ type: 'unable', error: records.error })
  const engine: Engine = makeEngine({
    client: makeWebTorrentClient(),
    stores,
    folders: makeOutsideFolders(),
    records: records.value,
    rtc,
    fetch: (url, init) => fetch(url, init),
    overlay: {
      identities: stores.kind === 'opfs' ? makeIdbIdentityStore() : makeMemoryIdentityStore(),
      swarmStore: stores.kind === 'opfs' ? makeIdbSwarmStore() : makeMemorySwarmStore(),
      redemptions: makeHttpRedemptions((url, init) => fetch(url, init)),
      peerIdOf: async (seed) =>
        (await import('../engine/adapters/libp2p-keys.ts')).peerIdOfSeed(seed),
      makeNode: async (spec) =>
        (await import('../engine/adapters/libp2p-node.ts')).makeLibp2pNode(spec),
    },
    log: consoleLog,
    app: new URL('/', self.location.origin).href,
    ...config,
    limitConnections: (most) => rtc.setMaxConnections(most),
    publish: (change) => publisher.put(change),
    trouble: (infoHash, error) => tell({ type: 'trouble', infoHash, error }),
  })
  const stop = () => {
    tabs?.stop()
    return engine.stop()
  }
  const online = () => {
    rtc.dropUnreachable()
    engine.online()
  }
  const answers = makeAnswers({ ...engine, stop, online }, publisher)
  calls = makeCallServer(answers, post)
  self.addEventListener('online', online)
  watchSleep(online)
  // What a vendor throws at one wire must not end the others; a person hears of it all the same.
  const survive = (event: Event, thrown: unknown) => {
    event.preventDefault()
    consoleLog.error('uncaught', { thrown })
    tell({ type: 'trouble', infoHash: null, error: { kind: 'engine/bug', cause: toCause(thrown) } })
  }
  self.addEventListener('error', (event) => survive(event, event.error))
  self.addEventListener('unhandledrejection', (event) => survive(event, event.reason))

  // Asking for it is the page's; what was answered before is known here.
  engine.granted(await navigator.storage.persisted().catch(() => false), false)
  await engine.start()
  publisher.put({ type: 'engine', engine: { name: 'running' } })
  post({ type: 'ready', build: BUILD, engine: engineId })
  publisher.replace()
  tabs = makeTabServer({
    engine: engineId,
    build: BUILD,
    locks: navigator.locks,
    answers,
    state: () => publisher.current(),
    onCount: (count) => post({ type: 'tabs', count }),
  })
}
