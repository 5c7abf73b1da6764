import './support/patience.ts'
import { once } from 'node:events'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Stream } from '@libp2p/interface'
import { byteStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import {
  echo,
  ECHO,
  overlayClient,
  providerKey,
  reserve,
  type OverlayClient,
} from './support/overlay-client.ts'
import { relayInTest } from './support/relay-in-test.ts'

const LIMITED = { runOnLimitedConnection: true } as const
const HOP = '/libp2p/circuit/relay/0.2.0/hop'
const STOP = '/libp2p/circuit/relay/0.2.0/stop'

/** Two peers at the relay, one of them reserved, that agree to anything. */
async function twoPeers(relayAddress: string) {
  const caller = await overlayClient({ listen: [] })
  const called = await overlayClient()
  const calledAddress = await reserve(called, relayAddress)
  await caller.dial(multiaddr(relayAddress))
  return { caller, called, calledAddress }
}

test('a circuit ends when both directions together have used its bytes', async () => {
  const relay = await relayInTest({}, { circuitBytes: 200_000 })
  const { caller, called, calledAddress } = await twoPeers(relay.address)
  let received = 0
  await called.handle(
    ECHO,
    async (stream) => {
      for await (const chunk of stream) received += chunk.byteLength
    },
    LIMITED,
  )
  const stream = await caller.dialProtocol(multiaddr(calledAddress), ECHO, LIMITED)

  const closed = once(stream, 'close')
  for (let sent = 0; sent < 400_000; sent += 50_000) stream.send(new Uint8Array(50_000))
  await closed

  expect(received).toBeLessThanOrEqual(200_000)
  await relay.figureIs('circuits', 0)
})

test('a circuit ends when its time is over', async () => {
  const relay = await relayInTest({}, { circuitDuration: 500 })
  const { caller, calledAddress } = await twoPeers(relay.address)

  const connection = await caller.dial(multiaddr(calledAddress))
  await once(connection, 'close')

  await relay.figureIs('circuits', 0)
})

test('a reservation is free again when its peer leaves, for somebody else at once', async () => {
  const relay = await relayInTest({}, { reservations: 1 })
  const first = await overlayClient()
  await reserve(first, relay.address)

  await first.stop()
  await relay.figureIs('reservations', 0)
  const second = await overlayClient()
  await reserve(second, relay.address)

  expect(await relay.figure('reservations')).toBe(1)
})

test('a peer that came back is reached at its new connection, the old one being there still', async () => {
  const relay = await relayInTest()
  const privateKey = await generateKeyPair('Ed25519')
  const before = await overlayClient({ privateKey })
  await reserve(before, relay.address)

  const after = await overlayClient({ privateKey })
  await after.handle(ECHO, echo, LIMITED)
  const address = await reserve(after, relay.address)
  const caller = await overlayClient({ listen: [] })
  await caller.dial(multiaddr(relay.address))
  const stream = await caller.dialProtocol(multiaddr(address), ECHO, LIMITED)
  stream.send(new Uint8Array([1]))

  expect(await Array.fromAsync(stream)).toHaveLength(1)
})

test('no more reservations than there are places', async () => {
  const relay = await relayInTest({}, { reservations: 1 })
  const first = await overlayClient()
  await reserve(first, relay.address)
  const second = await overlayClient({ listen: [] })
  await second.dial(multiaddr(relay.address))

  const status = await hop(second, relay.address, RESERVE)

  expect(status).toBe(RESERVATION_REFUSED)
  expect(await relay.figure('reservations')).toBe(1)
})

test('a caller may have so many circuits, and others may have theirs', async () => {
  const relay = await relayInTest({}, { circuitsFromPeer: 1, circuitsToPeer: 2 })
  const { caller, called, calledAddress } = await twoPeers(relay.address)
  await caller.dial(multiaddr(calledAddress))

  const again = await hop(caller, relay.address, connectTo(called))
  const other = await overlayClient({ listen: [] })
  await other.dial(multiaddr(relay.address))
  await other.dial(multiaddr(calledAddress))
  const third = await overlayClient({ listen: [] })
  await third.dial(multiaddr(relay.address))
  const tooMany = await hop(third, relay.address, connectTo(called))

  expect(again).toBe(PERMISSION_DENIED)
  expect(tooMany).toBe(PERMISSION_DENIED)
  expect(await relay.figure('circuits')).toBe(2)
})

test('a sender waits for a reader that has stopped, and loses nothing', async () => {
  const relay = await relayInTest()
  const { caller, called } = await twoPeers(relay.address)
  const reader = Promise.withResolvers<Stream>()
  await called.unhandle(STOP)
  await called.handle(STOP, async (stream) => {
    // Accepts the circuit and then reads nothing.
    const bytes = byteStream(stream)
    await bytes.read({ bytes: 1 })
    await bytes.write(delimited([0x08, 1, 0x20, OK]))
    stream.pause()
    reader.resolve(stream)
  })
  const stream = await caller.dialProtocol(multiaddr(relay.address), HOP)
  const bytes = byteStream(stream)
  await bytes.write(delimited(connectTo(called)))
  await bytes.read({ bytes: 1 })
  const sending = bytes.unwrap()
  const receiving = await reader.promise

  const sent = 4 * 1024 * 1024
  for (let at = 0; at < sent; at += 65_536) sending.send(new Uint8Array(65_536))
  const stalledAt = await steady(() => relay.figure('relayed_bytes_total'))
  let received = 0
  const all = new Promise<void>((resolve) => {
    receiving.addEventListener('message', ({ data }) => {
      received += data.byteLength
      if (received >= sent) resolve()
    })
  })
  receiving.resume()
  await all

  expect(stalledAt).toBeLessThan(sent / 2)
})

test('an identity whose id does not contain its key is turned away', async () => {
  const relay = await relayInTest()
  const stranger = await overlayClient({
    listen: [],
    privateKey: await generateKeyPair('RSA'),
  })

  await stranger.dial(multiaddr(relay.address)).catch(() => {})

  await relay.figureIs('connections', 0)
})

test('one identity has so many connections at once', async () => {
  const relay = await relayInTest({}, { connectionsPerPeer: 2 })
  const privateKey = await generateKeyPair('Ed25519')
  const nodes = await Promise.all([1, 2, 3, 4].map(() => overlayClient({ listen: [], privateKey })))

  for (const node of nodes) await node.dial(multiaddr(relay.address)).catch(() => {})

  await relay.figureIs('connections', 2)
})

test.for([
  ['unproved sockets', { pendingPerAddress: 2 }],
  ['connections in a minute', { newConnections: 2 }],
  ['connections', { connectionsPerAddress: 2 }],
] as const)('an address may have so many %s, and another has its own', async ([, narrowed]) => {
  const relay = await relayInTest({ trustProxy: true }, narrowed)

  const first = await upgradesFrom('203.0.113.1', 3, relay.port)
  const second = await upgradesFrom('203.0.113.2', 1, relay.port)

  expect(first).toEqual([101, 101, 429])
  expect(second).toEqual([101])
})

test('a flood of provider records costs no more than its share, and is answered still', async () => {
  const relay = await relayInTest({}, { providersPerPeer: 50, providers: 80 })
  const flood = await overlayClient()
  const honest = await overlayClient()
  const asking = await overlayClient({ listen: [] })
  await reserve(flood, relay.address)
  await reserve(honest, relay.address)
  await asking.dial(multiaddr(relay.address))
  await honest.contentRouting.provide(providerKey(new Uint8Array(20)))

  const kad = await flood.dialProtocol(multiaddr(relay.address), '/chiral/kad/1.0.0')
  const bytes = byteStream(kad)
  for (let index = 0; index < 1500; index++) {
    const key = providerKey(new Uint8Array([1, index >> 8, index & 255])).multihash.bytes
    await bytes.write(delimited(addProvider(key, flood)))
  }
  await relay.figureIs('provider_records', 51)
  const [found] = await Array.fromAsync(
    asking.contentRouting.findProviders(providerKey(new Uint8Array(20))),
  )

  expect(found?.id.equals(honest.peerId)).toBe(true)
})

test.for([
  ['the DHT', '/chiral/kad/1.0.0'],
  ['circuits', HOP],
])('a message to %s that is longer than it may be is not read', async ([, protocol]) => {
  const relay = await relayInTest()
  const peer = await overlayClient({ listen: [] })
  const stream = await peer.dialProtocol(multiaddr(relay.address), protocol!)

  const closed = once(stream, 'close')
  stream.send(new Uint8Array([0x81, 0x80, 0x01])) // 16 KiB and a byte, and nothing of it follows
  await closed

  expect(await relay.figure('connections')).toBe(1)
})

const OK = 100
const RESERVATION_REFUSED = 200
const PERMISSION_DENIED = 202
/** `HopMessage {type: RESERVE}` of the circuit specification. */
const RESERVE = [0x08, 0]

/** `HopMessage {type: CONNECT, peer: {id}}`. */
function connectTo(node: OverlayClient): number[] {
  const id = node.peerId.toMultihash().bytes
  return [0x08, 1, 0x12, id.length + 2, 0x0a, id.length, ...id]
}

/** `Message {type: ADD_PROVIDER, key, providerPeers: [{id, addrs}]}` of the DHT. */
function addProvider(key: Uint8Array, node: OverlayClient): number[] {
  const id = node.peerId.toMultihash().bytes
  const address = multiaddr('/ip4/203.0.113.9/tcp/1').bytes
  const peer = [0x0a, id.length, ...id, 0x12, address.length, ...address]
  return [0x08, 2, 0x12, key.length, ...key, 0x4a, peer.length, ...peer]
}

/** Every message here is shorter than 128 bytes: one byte of length. */
function delimited(message: readonly number[]): Uint8Array {
  return new Uint8Array([message.length, ...message])
}

/** Sends one message to the relay by hand, and reads the status of the answer. */
async function hop(node: OverlayClient, relay: string, message: readonly number[]) {
  const stream = await node.dialProtocol(multiaddr(relay), HOP)
  onTestFinished(() => stream.abort(new Error('the test is over')))
  const bytes = byteStream(stream)
  try {
    await bytes.write(delimited(message))
    const length = (await bytes.read({ bytes: 1 })).get(0)
    const answer = (await bytes.read({ bytes: length })).subarray()
    // `status` is field 5, a varint of two bytes for everything from 128.
    const at = answer.lastIndexOf(0x28)
    const low = answer[at + 1]!
    return low < 0x80 ? low : (low & 0x7f) | (answer[at + 2]! << 7)
  } catch {
    return null
  }
}

/** A figure once it has stopped to grow. */
async function steady(figure: () => Promise<number>): Promise<number> {
  let last = -1
  for (let same = 0; same < 10;) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    const next = await figure()
    same = next === last ? same + 1 : 0
    last = next
  }
  return last
}

async function upgradesFrom(address: string, count: number, port: number): Promise<number[]> {
  const statuses: number[] = []
  for (let index = 0; index < count; index++) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, {
      headers: { 'X-Forwarded-For': address },
    })
    onTestFinished(() => socket.terminate())
    socket.on('error', () => {})
    statuses.push(
      await new Promise<number>((resolve) => {
        socket.once('open', () => resolve(101))
        socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0))
      }),
    )
  }
  return statuses
}
