import { isIP, isIPv4 } from 'node:net'
import { getThinWaistAddresses } from '@libp2p/utils'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'

/** Where the world reaches this relay's WebSocket: as text, `ws://host:port` or `wss://host`. */
export interface PublicEndpoint {
  readonly isSecure: boolean
  /** A name or an address, without brackets. */
  readonly host: string
  readonly port: number
}

const NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.?$/i
const HTTP_PORT = 80
const HTTPS_PORT = 443

/** Reads `host[:port]` as a `Host` header has it (RFC 9110 §7.2). `null` for anything else. */
export function endpointOf(authority: string, isSecure: boolean): PublicEndpoint | null {
  const match = /^(?:\[([0-9a-f:.]{2,45})\]|([^:[\]]{1,253}))(?::(\d{1,5}))?$/i.exec(authority)
  if (match === null) return null
  const [, bracketed, plain = '', digits] = match

  const host = bracketed ?? plain
  const isHost = bracketed === undefined ? isIPv4(host) || NAME.test(host) : isIP(host) === 6
  const port = digits === undefined ? (isSecure ? HTTPS_PORT : HTTP_PORT) : Number(digits)
  if (!isHost || port < 1 || port > 65_535) return null
  return { isSecure, host: host.toLowerCase(), port }
}

/** Reads an `http:` or `https:` URL without a path, since WebSocket multiaddrs carry none. */
export function endpointOfUrl(text: string): PublicEndpoint | null {
  const match = /^(https?):\/\/([^/?#@\s]+)\/?$/i.exec(text)
  return match === null ? null : endpointOf(match[2] ?? '', match[1]?.toLowerCase() === 'https')
}

/** The same as a multiaddr, without the peer id. */
export function multiaddrOf({ isSecure, host, port }: PublicEndpoint): Multiaddr {
  const family = isIP(host)
  const head = family === 0 ? `/dns4/${host}` : `/ip${family}/${host}`
  return multiaddr(`${head}/tcp/${port}${isSecure ? '/tls/ws' : '/ws'}`)
}

/** What a server bound to `host` and `port` is reached by; for `0.0.0.0` one for each interface. */
export function addressesOf(host: string, port: number, suffix: '/ws' | ''): Multiaddr[] {
  const family = isIP(host)
  if (family === 0) return [multiaddr(`/dns4/${host}/tcp/${port}${suffix}`)]
  // `::` takes IPv4 as well, unless the system says otherwise.
  const hosts = host === '::' ? ['::', '0.0.0.0'] : [host]
  return hosts.flatMap((one) =>
    getThinWaistAddresses(multiaddr(`/ip${isIP(one)}/${one}/tcp/${port}`), port).map((address) =>
      suffix === '' ? address : address.encapsulate(suffix),
    ),
  )
}
