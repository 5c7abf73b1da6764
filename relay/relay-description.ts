import type { IncomingMessage, ServerResponse } from 'node:http'
import { endpointOf, multiaddrOf, type PublicEndpoint } from './overlay/relay-addresses.ts'
import { isLoopback } from './welcome.ts'

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
  /** Whether that port is open to this machine only. */
  readonly isStunLocal: boolean
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
  const asSeen = description.isPublic ? null : endpointAsSeen(request, trustProxy)
  const addresses = asSeen === null ? description.addresses : [multiaddrOf(asSeen).toString()]
  const hasStun =
    stunPort !== null && (!description.isStunLocal || (asSeen !== null && isLoopback(asSeen.host)))
  const body = JSON.stringify({
    version: VERSION,
    peerId,
    addrs: addresses.map((address) => `${address}/p2p/${peerId}`),
    tracker: trackerPath,
    stun: hasStun ? { port: stunPort } : null,
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

/** Where this client reached us; it gets back only what it said itself. */
function endpointAsSeen(request: IncomingMessage, trustProxy: boolean): PublicEndpoint | null {
  const proto = trustProxy ? String(request.headers['x-forwarded-proto'] ?? '') : ''
  const isSecure = proto.split(',').at(-1)?.trim().toLowerCase() === 'https'
  return endpointOf(request.headers.host ?? '', isSecure)
}
