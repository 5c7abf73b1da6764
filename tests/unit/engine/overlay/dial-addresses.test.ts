import { expect, test } from 'vitest'
import type { PeerId } from '../../../../src/engine/model/ids.ts'
import { dialAddresses } from '../../../../src/engine/overlay/dial-addresses.ts'
import { ALICE as peerId, BOB as relayId } from '../../../support/stream-pair.ts'

const ours = [{ peerId: relayId, multiaddr: '/ip4/192.168.1.5/tcp/8000/ws' }]
const throughOurs = `/ip4/192.168.1.5/tcp/8000/ws/p2p/${relayId}/p2p-circuit/p2p/${peerId}`
const elsewhere = '12D3KooWJbJFaZ1dwpuu9tQY3ELCKCpWMJc1dSRVbcMwhiLiFq7q' as PeerId // as a parsed one

test('whoever is at our relay is dialled through the connection we have, whatever its record calls it', () => {
  const addresses = [
    `/dns4/relay.local/tcp/8000/ws/p2p/${relayId}/p2p-circuit/p2p/${peerId}`,
    `/dns4/relay.local/tcp/8000/ws/p2p/${relayId}/p2p-circuit/webrtc/p2p/${peerId}`,
  ]

  expect(dialAddresses({ peerId, addresses }, ours).addresses).toEqual([throughOurs])
})

test('whoever is at another relay is dialled through that one, without WebRTC of libp2p', () => {
  const base = `/dns4/other.example/tcp/443/tls/ws/p2p/${elsewhere}/p2p-circuit`
  const addresses = [`${base}/webrtc/p2p/${peerId}`, `${base}/p2p/${peerId}`]

  expect(dialAddresses({ peerId, addresses }, ours).addresses).toEqual([`${base}/p2p/${peerId}`])
})

test('a peer that listens itself is dialled where it listens', () => {
  const addresses = ['/dns4/peer.example/tcp/443/tls/ws', '/ip4/192.0.2.1/tcp/4001']

  expect(dialAddresses({ peerId, addresses }, ours).addresses).toEqual([
    `/dns4/peer.example/tcp/443/tls/ws/p2p/${peerId}`,
  ])
})

test('a peer without addresses is looked for at our relays', () => {
  expect(dialAddresses({ peerId, addresses: [] }, ours).addresses).toEqual([throughOurs])
})

test('a record full of addresses costs a few dials', () => {
  const addresses = Array.from({ length: 1000 }, (_, at) => `/dns4/h${at}.example/tcp/443/tls/ws`)

  expect(dialAddresses({ peerId, addresses }, ours).addresses).toHaveLength(6)
})
