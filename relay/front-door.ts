import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Duplex } from 'node:stream'
import type { Admission } from './admission.ts'
import type { AppFiles } from './app-files.ts'
import { clientAddressOf } from './client-address.ts'
import type { Log } from './log.ts'
import { refuseConnection } from './refuse-connection.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import type { WebTracker } from './web-tracker.ts'

export const TRACKER_PATH = '/announce'
/** WebSocket multiaddrs carry no path, so libp2p can only ask for this one. */
const OVERLAY_PATH = '/'
const HEALTH_PATH = '/healthz'

/** A client that sends its headers slower than this is not a browser, in ms. */
const HEADERS_TIMEOUT = 5_000
const REQUEST_TIMEOUT = 10_000
const KEEP_ALIVE_TIMEOUT = 5_000
/** A browser sends below 2 KiB: there are no cookies here. */
const HEADER_BYTES = 8 * 1024

export interface FrontDoorDeps {
  readonly tracker: WebTracker
  readonly admission: Admission
  /** Whether a proxy of the operator tells where a request comes from. */
  readonly trustProxy: boolean
  /** `null`: no page, the tracker alone. */
  readonly app: AppFiles | null
  readonly log: Log
}

/** The one HTTP server: the page, `/healthz`, and who gets which upgrade. Not listening yet. */
export function makeFrontDoor(deps: FrontDoorDeps): Server {
  const { tracker, admission, trustProxy, app, log } = deps
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
      maxHeaderSize: HEADER_BYTES,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => answerRequest(request, response, app),
  )

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    log.debug('malformed request', { reason: error.message })
    if (!socket.writable || error.code === 'ECONNRESET') return socket.destroy()
    listenForErrors(socket, log)
    if (error.code === 'HPE_HEADER_OVERFLOW') {
      refuseConnection(socket, 431, 'These headers are too large.')
    } else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
      refuseConnection(socket, 408, 'The request took too long.')
    } else {
      refuseConnection(socket, 400, 'This is not an HTTP request.')
    }
  })
  server.on('upgrade', (request, socket, head) => {
    listenForErrors(socket, log)
    const path = pathOf(request)
    if (path !== TRACKER_PATH) {
      return path === OVERLAY_PATH
        ? refuseConnection(socket, 503, 'The overlay is not served here yet.')
        : refuseConnection(socket, 404, 'There is nothing at this address.')
    }

    const leave = admission.admit(clientAddressOf(request, trustProxy))
    if (leave === null) {
      return refuseConnection(socket, 429, 'There are too many connections from this address.')
    }
    socket.once('close', leave)
    tracker.handleUpgrade(request, socket, head)
  })
  return server
}

/**
 * Serves the tracker on a server that somebody else owns, such as Vite's while developing. All
 * other upgrades are left to their owner. Returns the function that takes the tracker off again.
 */
export function attachTracker(
  server: Pick<Server, 'on' | 'off'>,
  tracker: WebTracker,
  log: Log,
): () => void {
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (pathOf(request) !== TRACKER_PATH) return
    listenForErrors(socket, log)
    tracker.handleUpgrade(request, socket, head)
  }
  server.on('upgrade', onUpgrade)
  return () => void server.off('upgrade', onUpgrade)
}

/** Node takes its own listeners off before an upgrade; a reset would then end the process. */
function listenForErrors(socket: Duplex, log: Log): void {
  socket.on('error', (error) => log.debug('connection failed', { reason: error.message }))
}

function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  app: AppFiles | null,
): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)

  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    return say(response, 405, 'Only GET and HEAD are answered here.')
  }
  switch (pathOf(request)) {
    case HEALTH_PATH:
      return say(response, 200, 'ok')
    case TRACKER_PATH:
      response.setHeader('Upgrade', 'websocket')
      return say(response, 426, 'This is a WebTorrent tracker. It speaks WebSocket.')
  }
  if (app?.serve(request, response) !== true) {
    say(response, 404, 'There is nothing at this address.')
  }
}

function say(response: ServerResponse, status: number, sentence: string): void {
  const body = status === 200 ? sentence : `${status} ${STATUS_CODES[status] ?? ''}\n${sentence}\n`
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  })
  response.end(body)
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? ''
}
