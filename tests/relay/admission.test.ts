import { expect, test } from 'vitest'
import { clientAddressOf } from '../../relay/client-address.ts'
import { trackerInTest } from './support/tracker-in-test.ts'
import { anId, joinTracker } from './support/tracker-peer.ts'

function addressOf(remoteAddress: string, forwarded?: string | string[], trustProxy = true) {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  // Of the socket nothing but the address is looked at.
  const request = { headers, socket: { remoteAddress } } as Parameters<typeof clientAddressOf>[0]
  return clientAddressOf(request, trustProxy)
}

test('an IPv4 address counts as itself, also when written as IPv6', () => {
  expect(addressOf('203.0.113.5')).toBe('203.0.113.5')
  expect(addressOf('::ffff:203.0.113.5')).toBe('203.0.113.5')
})

test('an IPv6 address counts as the network its customer has', () => {
  const network = '2001:db8:7:8'

  expect(addressOf('2001:db8:7:8:1:2:3:4')).toBe(network)
  expect(addressOf('2001:0DB8:0007:0008::1')).toBe(network)
  expect(addressOf('2001:db8:7:8::')).toBe(network)
  expect(addressOf('2001:db8::1')).toBe('2001:db8:0:0')
  expect(addressOf('2001:db8::5:6:7:8:9')).toBe('2001:db8:0:5')
})

test.for([
  '127.0.0.1',
  '::1',
  '::ffff:127.0.0.1',
  '10.1.2.3',
  '172.31.0.1',
  '192.168.1.1',
  '169.254.1.1',
  'fd00::1',
  'fe80::1%eth0',
  '',
])('%s is not of the public internet and is not counted', (address) => {
  expect(addressOf(address)).toBe(null)
})

test('behind a proxy the entry it wrote counts, not those a client made up', () => {
  expect(addressOf('10.0.0.1', '198.51.100.1, 203.0.113.5')).toBe('203.0.113.5')
  expect(addressOf('10.0.0.1', ['198.51.100.1', '203.0.113.5'])).toBe('203.0.113.5')
  expect(addressOf('203.0.113.9', 'nonsense')).toBe('203.0.113.9')
})

test('without a trusted proxy the header is not believed', () => {
  expect(addressOf('203.0.113.9', '198.51.100.1', false)).toBe('203.0.113.9')
})

test('an address that holds all its connections is refused before the handshake, others are not', async () => {
  const { url } = await trackerInTest()
  const join = (name: string, address: string) =>
    joinTracker(url, name, { 'X-Forwarded-For': address })
  await join('one', '203.0.113.5')
  await join('two', '203.0.113.5')

  await expect(join('three', '203.0.113.5')).rejects.toThrow('429')
  const other = await join('other', '203.0.113.6')

  expect(await other.announce(anId('swarm'))).toMatchObject({ incomplete: 1 })
})

test('a connection that ends gives its place back', async () => {
  const { url } = await trackerInTest()
  const headers = { 'X-Forwarded-For': '2001:db8::1' }
  const one = await joinTracker(url, 'one', headers)
  await joinTracker(url, 'two', headers)

  await one.leave()

  const joined = () => joinTracker(url, 'three', headers).catch(() => null)
  await expect.poll(joined, { timeout: 30_000 }).not.toBe(null)
})
