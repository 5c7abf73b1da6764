import type { RelayConfig } from './config.ts'
import type { Relay } from './relay.ts'

/** What a person reads who started the relay by hand. */
export function welcome(
  relay: Pick<Relay, 'url' | 'port' | 'addresses'>,
  config: RelayConfig,
): string {
  const url = isEverywhere(config.host) ? `http://localhost:${relay.port}` : relay.url
  const tracker = `${url.replace(/^http/, 'ws')}/announce`
  const lines =
    config.appFolder === null
      ? [`The Chiral tracker is at ${tracker}`]
      : [`Chiral is at ${url}`, `It serves the app, and a WebTorrent tracker at ${tracker}`]
  const [address] = relay.addresses
  if (address !== undefined) lines.push(`Other relays know it as ${address}`)
  if (!isLoopback(config.host)) {
    lines.push(
      'Reachable from other machines. Browsers run the app from there over https only, so put a TLS proxy in front.',
    )
  }
  return `${[...lines, 'Ctrl+C stops it.'].join('\n')}\n`
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}
