import type { DownloadOffer, FromFeed, ToFeed } from '../protocol/save.ts'

/** Downloads that pages make themselves: the browser asks for an address, a save worker answers. */
export interface SavedDownloads {
  /** Keeps the offer until the page asks for it. */
  offer(offer: DownloadOffer, port: MessagePort): void
  /** What is below `saved/` is ours: `path` is the rest. */
  answer(path: string): Response
}

/**
 * How much is asked for ahead of the browser: chunks, a mebibyte each. Chromium holds no more than
 * that. Firefox ESR holds all that has passed until the download ends: its memory grew by the 4.5 GiB
 * of the archive (`npm run bench -- --only save`).
 */
const AHEAD = 4

export function makeSavedDownloads(): SavedDownloads {
  const offers = new Map<string, { readonly offer: DownloadOffer; readonly port: MessagePort }>()

  return {
    offer(offer, port) {
      offers.set(offer.id, { offer, port })
      post(port, { type: 'ready' })
    },

    answer(path) {
      if (path === 'alive') return new Response(null, { status: 204, headers: OWN })
      const found = offers.get(path)
      if (found === undefined) return new Response(null, { status: 404, headers: OWN })
      offers.delete(path)
      return download(found.offer, bytesFrom(found.port))
    },
  }
}

/** Asked for in a frame of a page that is cross-origin isolated, so it has to be so itself. */
const OWN = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
}

function download({ name, length }: DownloadOffer, bytes: ReadableStream<Uint8Array>): Response {
  return new Response(bytes, {
    headers: {
      ...OWN,
      'Content-Type': 'application/zip',
      'Content-Length': String(length),
      'Content-Disposition': `attachment; filename*=UTF-8''${extValue(name)}`,
    },
  })
}

/** RFC 8187 §3.2.1: what `encodeURIComponent` leaves alone and is no `attr-char` is encoded too. */
function extValue(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function bytesFrom(port: MessagePort): ReadableStream<Uint8Array> {
  let pulled = Promise.withResolvers<void>()
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        port.onmessage = ({ data }: MessageEvent<FromFeed>) => {
          if (data.type === 'bytes') controller.enqueue(data.bytes)
          else {
            if (data.type === 'end') controller.close()
            else controller.error(new Error('the saving failed'))
            port.close()
          }
          pulled.resolve()
        }
      },
      pull() {
        pulled = Promise.withResolvers()
        post(port, { type: 'pull' })
        return pulled.promise
      },
      cancel() {
        port.onmessage = null // what is on its way is for nobody now
        post(port, { type: 'cancel' })
        port.close()
      },
    },
    { highWaterMark: AHEAD },
  )
}

function post(port: MessagePort, message: ToFeed): void {
  port.postMessage(message)
}
