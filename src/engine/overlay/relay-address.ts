import { isPeerId, type PeerId } from '../model/ids.ts'

/** Where a relay is: what a browser can reach it by, in the two ways it is asked. */
export interface RelayAddress {
  /** `http(s)://host[:port]`, for `fetch`; as `URL.origin` spells it. */
  readonly origin: string
  /** The same as a multiaddr, without a peer id. */
  readonly multiaddr: string
  /** Who it has to be; null takes what the relay says of itself. */
  readonly peerId: PeerId | null
}

/**
 * Reads an origin (`https://relay.example`) or a WebSocket multiaddr
 * (`/dns4/relay.example/tcp/443/tls/ws[/p2p/12D3Koo…]`). Null for everything else: a path, credentials,
 * a transport no browser has, a peer id that is not of an Ed25519 key.
 */
export function parseRelayAddress(text: string): RelayAddress | null {
  return text.startsWith('/') ? parseMultiaddr(text) : parseOrigin(text)
}

const WEB_PROTOCOLS: Readonly<Record<string, 'http' | 'https'>> = {
  'http:': 'http',
  'ws:': 'http',
  'https:': 'https',
  'wss:': 'https',
}

function parseOrigin(text: string): RelayAddress | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  const scheme = WEB_PROTOCOLS[url.protocol]
  if (scheme === undefined || url.username !== '' || url.password !== '') return null
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return null
  return relayAt(scheme, url.host, null)
}

const WEBSOCKET =
  /^\/(ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/(\d{1,5})\/(ws|wss|tls\/ws|tls\/sni\/[^/]+\/ws)(?:\/p2p\/(\w+))?$/

function parseMultiaddr(text: string): RelayAddress | null {
  const parts = WEBSOCKET.exec(text)
  if (parts === null) return null
  const [, family = '', name = '', port = '', transport = '', peerId] = parts
  if (peerId !== undefined && !isPeerId(peerId)) return null
  const host = family === 'ip6' ? `[${name}]` : name
  return relayAt(transport === 'ws' ? 'http' : 'https', `${host}:${port}`, peerId ?? null)
}

function relayAt(
  scheme: 'http' | 'https',
  host: string,
  peerId: PeerId | null,
): RelayAddress | null {
  const text = `${scheme}://${host}`
  if (!URL.canParse(text)) return null
  const { origin, hostname, port } = new URL(text)
  const transport = scheme === 'https' ? 'tls/ws' : 'ws'
  const portOrDefault = port === '' ? (scheme === 'https' ? 443 : 80) : port
  return {
    origin,
    multiaddr: `/${hostPart(hostname)}/tcp/${portOrDefault}/${transport}`,
    peerId,
  }
}

function hostPart(hostname: string): string {
  if (hostname.startsWith('[')) return `ip6/${hostname.slice(1, -1)}`
  return /^\d+\.\d+\.\d+\.\d+$/.test(hostname) ? `ip4/${hostname}` : `dns4/${hostname}`
}
