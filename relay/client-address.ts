import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6 } from 'node:net'

/**
 * Whom a request is to be counted against: an IPv4 address, or the /64 that one IPv6 customer gets.
 * `null` for what is not of the public internet: a proxy of the operator, or the own network.
 *
 * Behind a trusted proxy the last entry of `X-Forwarded-For` counts. The proxy wrote that one;
 * whatever stands before it, the client may have made up.
 */
export function clientAddressOf(
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
  trustProxy: boolean,
): string | null {
  return countedAddressOf(sourceAddressOf(request, trustProxy))
}

/** Where a request comes from, as a plain IP address; empty when the connection is gone. */
export function sourceAddressOf(
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
  trustProxy: boolean,
): string {
  const forwarded = trustProxy ? lastOf(request.headers['x-forwarded-for']) : ''
  const address = isIP(forwarded) === 0 ? (request.socket.remoteAddress ?? '') : forwarded
  return plainAddressOf(address)
}

/** The same as `clientAddressOf` for an address that is known already. */
export function countedAddressOf(address: string): string | null {
  const plain = plainAddressOf(address)
  const family = isIP(plain)
  if (family === 0 || NOT_PUBLIC.check(plain, family === 6 ? 'ipv6' : 'ipv4')) return null
  return isIPv6(plain) ? networkOf(plain) : plain
}

/** Without the prefix of an IPv4 address on an IPv6 socket, and without a zone. */
function plainAddressOf(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
}

const NOT_PUBLIC = new BlockList()
NOT_PUBLIC.addSubnet('127.0.0.0', 8, 'ipv4')
NOT_PUBLIC.addSubnet('10.0.0.0', 8, 'ipv4')
NOT_PUBLIC.addSubnet('172.16.0.0', 12, 'ipv4')
NOT_PUBLIC.addSubnet('192.168.0.0', 16, 'ipv4')
NOT_PUBLIC.addSubnet('169.254.0.0', 16, 'ipv4')
NOT_PUBLIC.addAddress('::1', 'ipv6')
NOT_PUBLIC.addSubnet('fc00::', 7, 'ipv6')
NOT_PUBLIC.addSubnet('fe80::', 10, 'ipv6')

const GROUPS = 8

/** The first four of the eight groups. */
function networkOf(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::')
  const before = head.split(':').filter((group) => group !== '')
  const after = (tail ?? '').split(':').filter((group) => group !== '')
  const zeros = Array<string>(Math.max(0, GROUPS - before.length - after.length)).fill('0')
  const groups = [...before, ...zeros, ...after].slice(0, GROUPS / 2)
  return groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')
}

function lastOf(header: string | string[] | undefined): string {
  return (
    String(header ?? '')
      .split(',')
      .at(-1)
      ?.trim() ?? ''
  )
}
