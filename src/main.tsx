import { renderApp } from './ui/app.tsx'
import { askToPersist } from './workers/page/ask-to-persist.ts'
import { choosersOf } from './workers/page/choosers.ts'
import { keepAwake } from './workers/page/keep-awake.ts'
import { makeChiral } from './workers/page/chiral.ts'
import { openDownloads } from './workers/page/download-frame.ts'
import { makeLastingClient } from './workers/page/lasting-client.ts'
import { makeRtcHost } from './workers/page/rtc-host.ts'
import { makeSaveOut } from './workers/page/save-out.ts'
import { spawnEngine, type SpawnedEngine } from './workers/page/spawn-engine.ts'
import { startSaveWorker } from './workers/page/start-save-worker.ts'
import { startWorker } from './workers/page/start-worker.ts'
import { tellOfNetwork } from './workers/page/tell-of-network.ts'
import { installTrustedTypes } from './workers/page/trusted-types.ts'

installTrustedTypes(new URL(location.href), import.meta.env.DEV)

const line = makeLastingClient()
window.chiral = makeChiral(line)
const root = document.getElementById('app')
if (root === null) throw new Error('index.html has no element "app"')
let engine: SpawnedEngine | null = null
renderApp(root, {
  client: line.client,
  isLastTab: () => engine?.isLastTab() === true,
  saveOut: makeSaveOut({
    client: line.client,
    choosers: choosersOf(window),
    startWorker: startSaveWorker,
    // Undefined outside secure contexts, whatever the DOM library says.
    downloads: () => openDownloads(navigator.serviceWorker, document),
  }),
})
askToPersist({ client: line.client, storage: navigator.storage, locks: navigator.locks, document })

/** `?storage=memory` keeps nothing on the disk: for tests and measurements. */
const inMemory = new URLSearchParams(location.search).get('storage') === 'memory'

// Last: everybody who listens is there before the first notice.
engine = spawnEngine({
  line,
  config: {
    ownTracker: `${location.origin.replace(/^http/, 'ws')}/announce`,
    pageHost: location.host,
    ...(inMemory ? { storage: 'memory' } : {}),
  },
  page: window,
  document,
  secure: isSecureContext,
  // Undefined outside secure contexts and in old browsers, whatever the DOM library says.
  locks: navigator.locks ?? null,
  startWorker,
  hostRtc: (port) => makeRtcHost({ port }),
})

const { client } = line
// Both are undefined in some browsers, whatever the DOM library says of one and not of the other.
keepAwake({ client, document, wakeLock: navigator.wakeLock })
tellOfNetwork({ client, page: window, document, connection: connectionOf(navigator) })

function connectionOf(navigator: Navigator & { readonly connection?: EventTarget }) {
  return navigator.connection
}
