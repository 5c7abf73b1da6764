import { SECOND, type Millis } from '../../engine/model/units.ts'
import { SAVED_PATH, type DownloadOffer, type ToServiceWorker } from '../protocol/save.ts'

/** Long enough for the browser to read the headers, after which the frame is of no use. */
const FRAME_LIFE: Millis = 30 * SECOND

/** The service worker, as far as a download goes through it. */
export interface Downloads {
  /** An address whose answer keeps the service worker alive. */
  readonly alive: string
  /** Offers a download; the other end of the port hears `ready` when it may be asked for. */
  offer(offer: DownloadOffer, port: MessagePort): void
  /**
   * An event for the service worker. (A request by a save worker is none in Firefox while its page
   * is not controlled, as one that was there before the first service worker.)
   */
  keepAlive(): void
  /** Makes the browser download what was offered. */
  ask(id: string): void
}

/**
 * Resolves when a service worker is there to answer; null where there is none.
 *
 * The download is asked for in a hidden frame, for what a frame does in both (seen in Chromium 156
 * and Firefox 153): a click on `<a download>` goes past the service worker in Chromium, and a
 * navigation of the page itself fires `beforeunload` first.
 */
export async function openDownloads(
  container: ServiceWorkerContainer | undefined,
  page: Document,
): Promise<Downloads | null> {
  const worker = await activeWorker(container)
  if (worker === null) return null
  const { pathname } = new URL('.', worker.scriptURL)
  const pathOf = (rest: string) => `${pathname}${SAVED_PATH}${rest}`

  return {
    alive: pathOf('alive'),
    offer: (offer, port) => worker.postMessage(offer, [port]),
    keepAlive: () => worker.postMessage({ type: 'alive' } satisfies ToServiceWorker),
    ask(id) {
      const frame = page.createElement('iframe')
      frame.hidden = true
      frame.src = pathOf(id)
      page.body.append(frame)
      setTimeout(() => frame.remove(), FRAME_LIFE)
    },
  }
}

async function activeWorker(
  container: ServiceWorkerContainer | undefined,
): Promise<ServiceWorker | null> {
  try {
    await container?.register('/service.worker.js', { updateViaCache: 'none' })
    return (await container?.ready)?.active ?? null
  } catch {
    return null // a private window of Firefox, or a page without the script
  }
}
