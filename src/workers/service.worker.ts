import { SAVED_PATH, type ToServiceWorker } from './protocol/save.ts'
import { makeSavedDownloads } from './service/saved-downloads.ts'

/**
 * The service worker: whoever answers an address first has it; all others go to the network.
 * It is built by itself, as one classic script (`serviceWorker` in `vite.config.ts`).
 */

// The library types `self` as any worker's; this file is only ever run as a service worker.
const worker = self as unknown as ServiceWorkerGlobalScope

const downloads = makeSavedDownloads()

/** What begins with the key is answered here. The rest of the path is handed over. */
const ROOMS: ReadonlyArray<readonly [path: string, answer: (rest: string) => Response]> = [
  [SAVED_PATH, (id) => downloads.answer(id)],
]

worker.addEventListener('install', () => void worker.skipWaiting())
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()))

worker.addEventListener('message', ({ data, ports }: ExtendableMessageEvent) => {
  // Only pages of this origin can send one, and they are of our making.
  const message = data as ToServiceWorker
  const [port] = ports
  if (message.type === 'download' && port !== undefined) downloads.offer(message, port)
})

worker.addEventListener('fetch', (event) => {
  const { scope } = worker.registration
  if (!event.request.url.startsWith(scope)) return
  const path = event.request.url.slice(scope.length).split(/[?#]/, 1)[0]!
  const room = ROOMS.find(([start]) => path.startsWith(start))
  if (room !== undefined) event.respondWith(room[1](path.slice(room[0].length)))
})
