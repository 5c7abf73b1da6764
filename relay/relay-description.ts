import type { IncomingMessage, ServerResponse } from 'node:http'
import { endpointOf, multiaddrOf } from './overlay/relay-addresses.ts'

/** Where a page asks how to use the relay that served it, so that it needs no third party. */
export const DESCRIPTION_PATH = '/relay.json'

/** Of the answer's shape. A reader that knows only older ones ignores the rest. */
const VERSION = 1

export interface RelayDescription {
  /** libp2p peer id (`12D3Koo…`). */
  readonly peerId: string
  /** Multiaddrs without peer id that an operator's configuration stands for. */
  readonly addresses: readonly string[]
  /** Whether they are for certain; otherwise the address the page used is the better answer. */
  readonly isPublic: boolean
  readonly trackerPath: string
  /** UDP port on the same host; `null` when there is none. */
  readonly stunPort: number | null
}

/**
 * Answers `{version, peerId, addrs, tracker, stun}`. Open to every origin: it says nothing that a
 * connection would not, and a page may use other relays than its own. Never stored, since it
 * depends on the `Host` that was asked for.
 */
export function answerDescription(
  request: IncomingMessage,
  response: ServerResponse,
  description: RelayDescription,
  trustProxy: boolean,
): void {
  const { peerId, trackerPath, stunPort } = description
  const asSeen = description.isPublic ? null : addressAsSeen(request, trustProxy)
  const addresses = asSeen === null ? description.addresses : [asSeen]
  const body = JSON.stringify({
    version: VERSION,
    peerId,
    addrs: addresses.map((address) => `${address}/p2p/${peerId}`),
    tracker: trackerPath,
    stun: stunPort === null ? null : { port: stunPort },
  })
  response.writeHead(200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'Access-Control-Allow-Origin': '*',
    'Cross-Origin-Resource-Policy': 'cross-origin',
  })
  response.end(body)
}

/** The address that this client reached us by; it gets back only what it said itself. */
function addressAsSeen(request: IncomingMessage, trustProxy: boolean): string | null {
  const proto = trustProxy ? String(request.headers['x-forwarded-proto'] ?? '') : ''
  const isSecure = proto.split(',').at(-1)?.trim().toLowerCase() === 'https'
  const endpoint = endpointOf(request.headers.host ?? '', isSecure)
  return endpoint === null ? null : multiaddrOf(endpoint).toString()
}
