import './support/patience.ts'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { IdentifyResult } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, onTestFinished, test } from 'vitest'
import { startRelay } from '../../relay/relay.ts'
import { echo, ECHO, overlayClient, providerKey, reserve } from './support/overlay-client.ts'
import { relayInTest } from './support/relay-in-test.ts'

const INFO_HASH = new Uint8Array(20).fill(7)

async function describe(url: string, headers: Record<string, string> = {}): Promise<unknown> {
  return (await fetch(`${url}/relay.json`, { headers })).json()
}

test('a peer behind the relay is reached through it, and the bytes are counted', async () => {
  const relay = await relayInTest()
  const alice = await overlayClient()
  const bob = await overlayClient()
  await bob.handle(ECHO, echo, { runOnLimitedConnection: true })
  const bobsAddress = await reserve(bob, relay.address)
  await alice.dial(multiaddr(relay.address))

  const stream = await alice.dialProtocol(multiaddr(bobsAddress), ECHO, {
    runOnLimitedConnection: true,
  })
  stream.send(new TextEncoder().encode('hello'))
  const [answer] = await Array.fromAsync(stream)

  expect(new TextDecoder().decode(answer?.subarray())).toBe('hello')
  expect(await relay.figure('circuits')).toBe(1)
  expect(await relay.figure('relayed_bytes_total')).toBeGreaterThan(10)
  await alice.stop()
  await relay.figureIs('circuits', 0)
})

test('a provider record under the key of an info hash is found by another peer', async () => {
  const relay = await relayInTest()
  const seeder = await overlayClient()
  const leecher = await overlayClient({ listen: [] })
  const seedersAddress = await reserve(seeder, relay.address)
  await leecher.dial(multiaddr(relay.address))

  await seeder.contentRouting.provide(providerKey(INFO_HASH))
  const [provider] = await Array.fromAsync(
    leecher.contentRouting.findProviders(providerKey(INFO_HASH)),
  )

  expect(provider?.id.toString()).toBe(seeder.peerId.toString())
  const addresses = provider?.multiaddrs.map((address) => String(address)) ?? []
  // With or without the provider's own id at the end.
  expect(addresses.some((address) => seedersAddress.startsWith(address))).toBe(true)
})

test('the relay keeps no values, not even public keys', async () => {
  const relay = await relayInTest()
  const writer = await overlayClient({ listen: [] })
  const reader = await overlayClient({ listen: [] })
  await writer.dial(multiaddr(relay.address))
  await reader.dial(multiaddr(relay.address))
  const { publicKey } = await generateKeyPair('Ed25519')
  const hash = publicKey.toMultihash().bytes
  const name = new Uint8Array([...new TextEncoder().encode('/pk/'), ...hash])

  // A refusal ends the stream, which the writing side takes for an answer.
  await writer.contentRouting.put(name, publicKeyToProtobuf(publicKey)).catch(() => {})

  await expect(reader.contentRouting.get(name)).rejects.toThrow()
})

test('the relay names itself as Chiral nodes ask for', async () => {
  const relay = await relayInTest()
  const peer = await overlayClient({ listen: [] })
  const identified = once(peer, 'peer:identify') as Promise<[CustomEvent<IdentifyResult>]>

  await peer.dial(multiaddr(relay.address))
  const [{ detail }] = await identified

  expect(detail.agentVersion).toMatch(/^chiral\/2\.0\.0 \(chiral-web/)
  expect(detail.protocols).toEqual(
    expect.arrayContaining(['/chiral/kad/1.0.0', '/libp2p/circuit/relay/0.2.0/hop']),
  )
})

test('a native peer connects by TCP, to the same identity', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  // A TCP server that listens has an address with a port.
  const { port } = other.address() as { port: number }
  other.close()
  await once(other, 'close')
  const relay = await relayInTest({ libp2pTcpPort: port })
  const native = await overlayClient({ listen: [] })

  const connection = await native.dial(multiaddr(`/ip4/127.0.0.1/tcp/${port}`))

  expect(connection.remotePeer.toString()).toBe(relay.peerId)
  expect(relay.addresses).toContain(`/ip4/127.0.0.1/tcp/${port}/p2p/${relay.peerId}`)
})

test('the identity is on disk, for this user only, and the same after a restart', async () => {
  const dataFolder = join(await mkdtemp(join(tmpdir(), 'chiral-relay-')), 'new')
  onTestFinished(() => rm(dataFolder, { recursive: true }))

  const first = await relayInTest({ dataFolder })
  await first.close()
  const second = await relayInTest({ dataFolder })
  const ephemeral = await relayInTest()

  expect(second.peerId).toBe(first.peerId)
  expect(ephemeral.peerId).not.toBe(first.peerId)
  expect((await stat(join(dataFolder, 'relay.key'))).mode & 0o777).toBe(0o600)
  expect((await stat(dataFolder)).mode & 0o777).toBe(0o700)
  expect(await readFile(join(dataFolder, 'relay.key'))).toHaveLength(68)
})

test('relays that start together over an empty folder agree on one identity', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'chiral-relay-'))
  onTestFinished(() => rm(dataFolder, { recursive: true }))

  const relays = await Promise.all([1, 2, 3].map(() => relayInTest({ dataFolder })))

  expect(new Set(relays.map(({ peerId }) => peerId)).size).toBe(1)
})

test('a folder that cannot be used is told in one sentence', async () => {
  const config = { port: 0, host: '127.0.0.1', appFolder: null, logLevel: 'error' } as const

  const started = startRelay({ ...config, dataFolder: '/dev/null/x' })

  await expect(started).rejects.toThrow(
    /^The relay's key cannot be kept in \/dev\/null\/x: .*--data\.$/,
  )
})

test('a page learns peer id and address by the name it used itself', async () => {
  const relay = await relayInTest()
  const id = relay.peerId!

  const here = await describe(relay.url)
  const named = await describe(relay.url.replace('127.0.0.1', 'localhost'))

  expect(here).toEqual({
    version: 1,
    peerId: id,
    addrs: [`/ip4/127.0.0.1/tcp/${relay.port}/ws/p2p/${id}`],
    tracker: '/announce',
    stun: null,
  })
  expect(named).toMatchObject({ addrs: [`/dns4/localhost/tcp/${relay.port}/ws/p2p/${id}`] })
})

test('behind a trusted proxy that ends TLS the address is a secure one', async () => {
  const relay = await relayInTest({ trustProxy: true })

  const description = await describe(relay.url, { 'X-Forwarded-Proto': 'https' })

  expect(description).toMatchObject({
    addrs: [`/ip4/127.0.0.1/tcp/${relay.port}/tls/ws/p2p/${relay.peerId}`],
  })
})

test('a public URL is what pages are told, and what peers are told by reservations', async () => {
  const relay = await relayInTest({ publicUrl: 'https://chiral.example' })
  const peer = await overlayClient()
  const told = `/dns4/chiral.example/tcp/443/tls/ws/p2p/${relay.peerId}`

  await reserve(peer, `/ip4/127.0.0.1/tcp/${relay.port}/ws/p2p/${relay.peerId}`)

  expect(await describe(relay.url)).toMatchObject({ addrs: [told] })
  expect(peer.getMultiaddrs().map(String)).toContain(
    `${told}/p2p-circuit/p2p/${peer.peerId.toString()}`,
  )
})

test('every page may read the description and the health, and none may store them', async () => {
  const relay = await relayInTest()

  const answers = await Promise.all(
    ['relay.json', 'healthz'].map((it) => fetch(`${relay.url}/${it}`)),
  )

  for (const { status, headers } of answers) {
    expect(status).toBe(200)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('cache-control')).toBe('no-store')
  }
})

test('without an overlay there is no description, and its upgrades are refused', async () => {
  const relay = await startRelay({
    port: 0,
    host: '127.0.0.1',
    appFolder: null,
    logLevel: 'error',
    overlay: false,
    stunPort: null,
  })
  onTestFinished(() => relay.close())

  expect((await fetch(`${relay.url}/relay.json`)).status).toBe(404)
  expect((await fetch(`${relay.url}/healthz`)).status).toBe(200)
  expect(relay.addresses).toEqual([])
})
