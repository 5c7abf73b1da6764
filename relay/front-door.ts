import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Duplex } from 'node:stream'
import { HEALTH_PATH } from '../src/engine/model/overlay-ids.ts'
import type { Admission } from './admission.ts'
import type { AppFiles } from './app-files.ts'
import { clientAddressOf } from './client-address.ts'
import type { Log } from './log.ts'
import { REDEMPTIONS_PATH } from '../src/engine/model/overlay-ids.ts'
import type { OverlayRelay } from './overlay/overlay-relay.ts'
import type { RedemptionsDoor } from './redemptions/redemptions-door.ts'
import { answerDescription, DESCRIPTION_PATH, type RelayDescription } from './relay-description.ts'
import { refuseConnection } from './refuse-connection.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import type { WebTracker } from './web-tracker.ts'

export const TRACKER_PATH = '/announce'
/** WebSocket multiaddrs carry no path, so libp2p can only ask for this one. */
const OVERLAY_PATH = '/'

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
  /** Where uses of invites are counted; `null`: nowhere. */
  readonly redemptions: RedemptionsDoor | null
  /** `null`: switched off, or not started yet. */
  readonly overlay: () => OverlayRelay | null
  /** What `/relay.json` tells; `null`: nothing. */
  readonly description: () => RelayDescription | null
  /** Whether everything that is to be served is being served. */
  readonly isReady: () => boolean
  readonly log: Log
}

/** The one HTTP server: the page, what it asks, and who gets which upgrade. Not listening yet. */
export function makeFrontDoor(deps: FrontDoorDeps): Server {
  const { tracker, admission, trustProxy, log } = deps
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
      maxHeaderSize: HEADER_BYTES,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => answerRequest(request, response, deps),
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
    if (path === OVERLAY_PATH) {
      const overlay = deps.overlay()
      return overlay === null
        ? refuseConnection(socket, 503, 'There is no overlay here.')
        : overlay.handleUpgrade(request, socket, head)
    }
    if (path !== TRACKER_PATH) {
      return refuseConnection(socket, 404, 'There is nothing at this address.')
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

/**
 * The same for the overlay and for what the page asks about it. Vite's own client, which uses the
 * same path, names a subprotocol; libp2p does not.
 */
export function attachOverlay(
  server: Pick<Server, 'on' | 'off'>,
  overlay: OverlayRelay,
  log: Log,
): () => void {
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (pathOf(request) !== OVERLAY_PATH) return
    if (request.headers['sec-websocket-protocol'] !== undefined) return
    listenForErrors(socket, log)
    overlay.handleUpgrade(request, socket, head)
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
  deps: FrontDoorDeps,
): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)

  if (deps.redemptions !== null && pathOf(request) === REDEMPTIONS_PATH) {
    const address = clientAddressOf(request, deps.trustProxy)
    return deps.redemptions.answer(request, response, address)
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    return say(response, 405, 'Only GET and HEAD are answered here.')
  }
  switch (pathOf(request)) {
    case HEALTH_PATH:
      // A page that somebody else serves may use this relay too, and asks before it redials.
      response.setHeader('Access-Control-Allow-Origin', '*')
      return deps.isReady() ? say(response, 200, 'ok') : say(response, 503, 'Not ready.')
    case DESCRIPTION_PATH: {
      const description = deps.description()
      if (description === null) break
      return answerDescription(request, response, description, deps.trustProxy)
    }
    case TRACKER_PATH:
      response.setHeader('Upgrade', 'websocket')
      return say(response, 426, 'This is a WebTorrent tracker. It speaks WebSocket.')
  }
  if (deps.app?.serve(request, response) !== true) {
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
