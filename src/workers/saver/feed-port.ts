import { SECOND, type Millis } from '../../engine/model/units.ts'
import type { FromFeed, ToFeed } from '../protocol/save.ts'

/** The browser asks for what it was offered at once, or never. */
const PATIENCE: Millis = 20 * SECOND
/**
 * Firefox 153 ends a service worker 30 s after its last event, whatever it still sends; a request
 * is an event. A worker's timers run on in a hidden tab.
 */
const ALIVE_INTERVAL: Millis = 8 * SECOND

export interface FeedDeps {
  readonly port: MessagePort
  readonly signal: AbortSignal
  readonly onReady: () => void
  /** Asks the service worker for anything at all. */
  readonly keepAlive: () => void
}

/** The browser, or the person in its list of downloads, gave the download up. */
export const DOWNLOAD_CANCELLED = new DOMException('the download was cancelled', 'AbortError')

/**
 * Gives the bytes to the service worker, chunk by chunk as it pulls them. A port and not a
 * transferred stream: Safari has no such streams, and Chromium's copy every chunk where a port
 * moves it. Rejects with `DOWNLOAD_CANCELLED`, with `signal.reason`, with what the stream threw, or
 * with a `TimeoutError` when nobody pulls.
 */
export async function feedPort(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  { port, signal, onReady, keepAlive }: FeedDeps,
): Promise<void> {
  const reader = bytes.getReader()
  const post = (message: FromFeed, moved: Transferable[] = []) => port.postMessage(message, moved)
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  let failed = false
  const giveUp = setTimeout(
    () => reject(new DOMException('nobody took the download', 'TimeoutError')),
    PATIENCE,
  )
  const living = setInterval(keepAlive, ALIVE_INTERVAL)
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort)

  const pull = async () => {
    clearTimeout(giveUp)
    const { value, done } = await reader.read()
    if (failed) return // a reader that is cancelled answers that all was read
    if (done) {
      post({ type: 'end' })
      return resolve()
    }
    const chunk = value.byteLength === value.buffer.byteLength ? value : value.slice()
    post({ type: 'bytes', bytes: chunk }, [chunk.buffer])
  }

  port.onmessage = ({ data }: MessageEvent<ToFeed>) => {
    switch (data.type) {
      case 'ready':
        return onReady()
      case 'pull':
        return void pull().catch(reject)
      case 'cancel':
        return reject(DOWNLOAD_CANCELLED)
    }
  }

  try {
    signal.throwIfAborted()
    await ended
  } catch (thrown) {
    failed = true
    post({ type: 'failed' })
    await reader.cancel().catch(() => undefined)
    throw thrown
  } finally {
    clearTimeout(giveUp)
    clearInterval(living)
    signal.removeEventListener('abort', onAbort)
    port.close()
  }
}
