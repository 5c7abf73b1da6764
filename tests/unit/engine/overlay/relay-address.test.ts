import { expect, test } from 'vitest'
import { parseRelayAddress } from '../../../../src/engine/overlay/relay-address.ts'

const PEER = '12D3KooWGRUVhMFMuMPfsMZqmrVSvnUVfRTzWRxQTQnEqZ7oU8nG'

test.each([
  ['https://relay.example', 'https://relay.example', '/dns4/relay.example/tcp/443/tls/ws'],
  ['wss://relay.example/', 'https://relay.example', '/dns4/relay.example/tcp/443/tls/ws'],
  ['http://127.0.0.1:8000', 'http://127.0.0.1:8000', '/ip4/127.0.0.1/tcp/8000/ws'],
  ['https://[2001:db8::1]:8443', 'https://[2001:db8::1]:8443', '/ip6/2001:db8::1/tcp/8443/tls/ws'],
  ['ws://Relay.Example', 'http://relay.example', '/dns4/relay.example/tcp/80/ws'],
  [
    '/dns4/relay.example/tcp/443/wss',
    'https://relay.example',
    '/dns4/relay.example/tcp/443/tls/ws',
  ],
  ['/ip4/10.0.0.1/tcp/80/ws', 'http://10.0.0.1', '/ip4/10.0.0.1/tcp/80/ws'],
  ['/ip6/::1/tcp/9000/ws', 'http://[::1]:9000', '/ip6/::1/tcp/9000/ws'],
])('%s is asked and dialled at one place', (text, origin, multiaddr) => {
  expect(parseRelayAddress(text)).toEqual({ origin, multiaddr, peerId: null })
})

test('a multiaddr may say who the relay has to be', () => {
  const parsed = parseRelayAddress(`/dns4/relay.example/tcp/443/tls/ws/p2p/${PEER}`)

  expect(parsed?.peerId).toBe(PEER)
})

test.each([
  '',
  'relay.example',
  'https://relay.example/path',
  'https://name:secret@relay.example',
  'https://relay.example?query',
  'ftp://relay.example',
  '/ip4/10.0.0.1/tcp/4001',
  '/ip4/10.0.0.1/udp/4001/quic-v1',
  '/dnsaddr/bootstrap.example',
  '/dns4/relay.example/tcp/443/tls/ws/p2p/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG',
  `/dns4/relay.example/tcp/443/tls/ws/p2p/${PEER}/p2p-circuit`,
])('"%s" is no relay a browser can use', (text) => {
  expect(parseRelayAddress(text)).toBeNull()
})
