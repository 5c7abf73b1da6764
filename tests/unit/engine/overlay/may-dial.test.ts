import { expect, test } from 'vitest'
import { mayDial } from '../../../../src/engine/overlay/may-dial.ts'
import { parseRelayAddress } from '../../../../src/engine/overlay/relay-address.ts'

const PEER = '12D3KooWGRUVhMFMuMPfsMZqmrVSvnUVfRTzWRxQTQnEqZ7oU8nG'
const PAGE = '192.168.1.5:8000'

const keeperAt = (origin: string, up: boolean) => ({ address: parseRelayAddress(origin)!, up })

test('our relay is dialled while it answers, and not while it is away', () => {
  const address = `/ip4/192.168.1.5/tcp/8000/ws/p2p/${PEER}`

  expect(mayDial(address, [keeperAt('http://192.168.1.5:8000', true)], PAGE)).toBe(true)
  expect(mayDial(address, [keeperAt('http://192.168.1.5:8000', false)], PAGE)).toBe(false)
})

test('a stranger behind a public relay may be dialled', () => {
  const address = `/dns4/relay.example.org/tcp/443/tls/ws/p2p/${PEER}/p2p-circuit/webrtc/p2p/${PEER}`

  expect(mayDial(address, [], PAGE)).toBe(true)
})

test.each([
  '/ip4/192.168.1.1/tcp/80/ws',
  '/ip4/127.0.0.1/tcp/9000/ws',
  '/dns4/printer.local/tcp/80/ws',
  '/ip6/fe80::1/tcp/80/ws',
  '/ip4/192.168.1.1/tcp/80/ws/p2p-circuit',
  '/ip4/8.8.8.8/udp/53/webrtc-direct',
  '/p2p-circuit',
])('nobody can make the page knock at %s', (address) => {
  expect(mayDial(address, [], PAGE)).toBe(false)
})
