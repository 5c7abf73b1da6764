/**
 * What a link that came from somebody else may make this browser contact. A magnet URI or a
 * `.torrent` names trackers, web seeds and sources; without a rule each is a request into the
 * network of whoever opens it (libtorrent's audit calls it SSRF). The URL a person typed is not
 * judged here.
 */

/** URLs of one kind that a metainfo or magnet URI may carry; the rest is left out. */
export const MAX_FOREIGN_URLS = 100
/** Texts that are tried for it: a `.torrent` can hold a million that are none. */
const MAX_LOOKS = 10 * MAX_FOREIGN_URLS
/** Servers refuse longer ones (RFC 9110 asks for 8,000 octets; nothing honest comes near). */
export const MAX_URL_LENGTH = 2048

/**
 * Whether a foreign URL may be contacted from a page of `pageHost` (`location.host` or
 * `location.hostname`): http, https, ws or wss, without credentials, and not into a private,
 * loopback, link-local or otherwise special network, unless it names the page's own host. A page
 * that is served inside a network so reaches its own relay and nothing beside it.
 *
 * A public name that resolves to a private address passes: a page cannot see the answers of DNS.
 * The browser's own guards (mixed content, local network access, CORS) remain. Redirects are
 * followed unseen, so what matters is fetched with `redirect: 'error'`.
 */
export function mayFetch(url: string, pageHost: string): boolean {
  const parsed = parseForeign(url, FETCHABLE)
  if (parsed === null) return false
  return parsed.hostname === hostnameOf(pageHost) || isPublicHost(parsed.hostname)
}

/** As `mayFetch`, and a web tracker: `ws:` or `wss:`. */
export function mayAnnounceTo(url: string, pageHost: string): boolean {
  return parseForeign(url, WEB_TRACKER) !== null && mayFetch(url, pageHost)
}

/** Trackers among foreign texts, each once, in order; kept for display also when not for us. */
export function trackersAmong(texts: Iterable<string>): string[] {
  return urlsAmong(texts, TRACKER)
}

/** Web seeds (BEP 19) among foreign texts, each once, in order: http and https. */
export function webSeedsAmong(texts: Iterable<string>): string[] {
  return urlsAmong(texts, WEB_SEED)
}

/** Whether a name or address, as `URL.hostname` spells it, belongs to the public internet. */
export function isPublicHost(hostname: string): boolean {
  if (hostname.startsWith('[')) return isPublicIpv6(groupsOf(hostname.slice(1, -1)))
  const ipv4 = octetsOf(hostname)
  if (ipv4 !== null) return isPublicIpv4(ipv4)
  const labels = hostname.replace(/\.$/, '').split('.')
  return labels.length > 1 && !PRIVATE_SUFFIX.test(labels.join('.'))
}

const FETCHABLE: ReadonlySet<string> = new Set(['http:', 'https:', 'ws:', 'wss:'])
const WEB_TRACKER: ReadonlySet<string> = new Set(['ws:', 'wss:'])
const TRACKER: ReadonlySet<string> = new Set([...FETCHABLE, 'udp:'])
const WEB_SEED: ReadonlySet<string> = new Set(['http:', 'https:'])

/** Names that resolve inside a network: RFC 6761, 6762, 8375, ICANN's `.internal`, and custom. */
const PRIVATE_SUFFIX =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa|test|invalid|in-addr\.arpa|ip6\.arpa)$/

function parseForeign(url: string, schemes: ReadonlySet<string>): URL | null {
  if (url.length > MAX_URL_LENGTH) return null
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed === null || !schemes.has(parsed.protocol) || parsed.hostname === '') return null
  return parsed.username === '' && parsed.password === '' ? parsed : null
}

function urlsAmong(texts: Iterable<string>, schemes: ReadonlySet<string>): string[] {
  const urls = new Set<string>()
  let looks = MAX_LOOKS
  for (const text of texts) {
    if (urls.size === MAX_FOREIGN_URLS || looks-- === 0) break
    const url = text.trim()
    if (parseForeign(url, schemes) !== null) urls.add(url)
  }
  return [...urls]
}

/** `URL` spells hosts in one way: lower case, numbers in dotted quads, IPv6 shortened. */
function hostnameOf(host: string): string | null {
  const url = `http://${host}`
  return URL.canParse(url) ? new URL(url).hostname : null
}

function octetsOf(hostname: string): number[] | null {
  return /^\d+\.\d+\.\d+\.\d+$/.test(hostname) ? hostname.split('.').map(Number) : null
}

/** The IANA special-purpose registry for IPv4, as far as it is not globally reachable. */
function isPublicIpv4(octets: readonly number[]): boolean {
  const [a = 0, b = 0, c = 0] = octets
  return !(
    a === 0 ||
    a === 10 ||
    a === 127 ||
    (a === 100 && b >= 64 && b < 128) || // carrier-grade NAT
    (a === 169 && b === 254) || // link-local, cloud metadata
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 192 && b === 0 && (c === 0 || c === 2)) ||
    (a === 192 && b === 88 && c === 99) || // 6to4 relays
    (a === 198 && (b === 18 || b === 19)) || // benchmarks
    (a === 198 && b === 51 && c === 100) ||
    (a === 203 && b === 0 && c === 113) ||
    a >= 224 // multicast, reserved, broadcast
  )
}

/** Global unicast, or an IPv4 address in one of the forms that lead to it. */
function isPublicIpv6(groups: readonly number[]): boolean {
  const [first = 0, second = 0, third = 0] = groups
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return isPublicIpv4(octetsAt(groups, 6)) // mapped
  }
  if (first === 0x64 && second === 0xff9b && groups.slice(2, 6).every((group) => group === 0)) {
    return isPublicIpv4(octetsAt(groups, 6)) // NAT64
  }
  if (first === 0x2002) return isPublicIpv4(octetsAt(groups, 1)) // 6to4
  if (first === 0x2001 && (second < 0x200 || second === 0xdb8)) return false // Teredo, documents
  if (first === 0x3fff && second < 0x1000 && third >= 0) return false // documents (RFC 9637)
  return first >= 0x2000 && first < 0x4000
}

/** Eight groups of an address that `URL` already found sound. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const numbers = (text: string) =>
    text === '' ? [] : text.split(':').map((group) => parseInt(group, 16))
  if (tail === undefined) return numbers(head)
  const before = numbers(head)
  const after = numbers(tail)
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

function octetsAt(groups: readonly number[], index: number): number[] {
  const high = groups[index] ?? 0
  const low = groups[index + 1] ?? 0
  return [high >> 8, high & 0xff, low >> 8, low & 0xff]
}
