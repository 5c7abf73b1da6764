import { renderApp } from './ui/app.tsx'
import { askToPersist } from './workers/page/ask-to-persist.ts'
import { choosersOf } from './workers/page/choosers.ts'
import { makeChiral } from './workers/page/chiral.ts'
import { openDownloads } from './workers/page/download-frame.ts'
import { makeLastingClient } from './workers/page/lasting-client.ts'
import { makeRtcHost } from './workers/page/rtc-host.ts'
import { makeSaveOut } from './workers/page/save-out.ts'
import { spawnEngine } from './workers/page/spawn-engine.ts'
import { startSaveWorker } from './workers/page/start-save-worker.ts'
import { startWorker } from './workers/page/start-worker.ts'
import { installTrustedTypes } from './workers/page/trusted-types.ts'

installTrustedTypes(new URL(location.href), import.meta.env.DEV)

const line = makeLastingClient()
window.chiral = makeChiral(line)
const root = document.getElementById('app')
if (root === null) throw new Error('index.html has no element "app"')
renderApp(root, {
  client: line.client,
  saveOut: makeSaveOut({
    client: line.client,
    choosers: choosersOf(window),
    startWorker: startSaveWorker,
    // Undefined outside secure contexts, whatever the DOM library says.
    downloads: () => openDownloads(navigator.serviceWorker, document),
  }),
})
askToPersist({ client: line.client, storage: navigator.storage })

/** `?storage=memory` keeps nothing on the disk: for tests and measurements. */
const inMemory = new URLSearchParams(location.search).get('storage') === 'memory'

// Last: everybody who listens is there before the first notice.
spawnEngine({
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
