import './support/patience.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PeerId } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, onTestFinished, test } from 'vitest'
import { makeLog } from '../../relay/log.ts'
import { makeOverlayGater, type NodeFacts } from '../../relay/overlay/overlay-gater.ts'
import { OVERLAY_LIMITS } from '../../relay/overlay/overlay-limits.ts'
import { makePeerRelays } from '../../relay/overlay/peer-relays.ts'
import {
  echo,
  ECHO,
  overlayClient,
  providerKey,
  reserve,
  type OverlayClient,
} from './support/overlay-client.ts'
import { relayInTest, type RelayInTest } from './support/relay-in-test.ts'
import { runningRelay } from './support/relay-process.ts'

const LIMITED = { runOnLimitedConnection: true } as const
const KEY = providerKey(new Uint8Array(20).fill(9))

/** Two relays, the second told of the first, that have found each other. */
async function twoRelays(): Promise<[RelayInTest, RelayInTest]> {
  const first = await relayInTest()
  const second = await relayInTest({ peerRelays: [first.address] })
  await second.figureIs('peer_relays_connected', 1)
  return [first, second]
}

async function ask(caller: OverlayClient, called: string | PeerId): Promise<number> {
  const target = typeof called === 'string' ? multiaddr(called) : called
  const stream = await caller.dialProtocol(target, ECHO, LIMITED)
  stream.send(new Uint8Array([1, 2, 3]))
  const answer = await Array.fromAsync(stream)
  return answer.reduce((bytes, chunk) => bytes + chunk.byteLength, 0)
}

test('peers reserved at different relays find and reach each other', async () => {
  const [first, second] = await twoRelays()
  const seeder = await overlayClient()
  const leecher = await overlayClient()
  await seeder.handle(ECHO, echo, LIMITED)
  await reserve(seeder, first.address)
  await reserve(leecher, second.address)

  await seeder.contentRouting.provide(KEY)
  const [found] = await Array.fromAsync(leecher.contentRouting.findProviders(KEY))

  expect(found?.id.toString()).toBe(seeder.peerId.toString())
  // The DHT has told its addresses too.
  expect(await ask(leecher, found!.id)).toBe(3)
})

test.for([0, 1])('when relay %i dies, peers of the other one go on', async (dying) => {
  const relays = await twoRelays()
  const surviving = relays[1 - dying]!
  const seeder = await overlayClient()
  const leecher = await overlayClient({ listen: [] })
  await seeder.handle(ECHO, echo, LIMITED)
  await leecher.dial(multiaddr(surviving.address))
  const address = await reserve(seeder, surviving.address)
  await reserve(await overlayClient(), relays[dying]!.address)

  await relays[dying]!.close()
  await seeder.contentRouting.provide(KEY)
  const [found] = await Array.fromAsync(leecher.contentRouting.findProviders(KEY))

  expect(found?.id.toString()).toBe(seeder.peerId.toString())
  expect(await ask(leecher, address)).toBe(3)
})

test('a relay that comes back is dialled again', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'chiral-relay-'))
  onTestFinished(() => rm(dataFolder, { recursive: true }))
  const first = await relayInTest({ dataFolder })
  const second = await relayInTest({ peerRelays: [first.address] })
  await second.figureIs('peer_relays_connected', 1)

  await first.close()
  await second.figureIs('peer_relays_connected', 0)
  await relayInTest({ dataFolder, port: first.port })

  await second.figureIs('peer_relays_connected', 1)
})

test('the relay dials the relays it was told of, and nobody else', () => {
  const told = '/ip4/203.0.113.1/tcp/443/tls/ws'
  const peer = 'p2p/12D3KooWEfUVEbmkeH5C7TUNDn26hQTqs5TBYvKZgrCGMJroHRF1'
  const peerRelays = makePeerRelays({ addresses: [`${told}/${peer}`], log: makeLog('error') })
  const gater = makeOverlayGater(
    { ...NOBODY, isPeerRelay: (address) => peerRelays.includes(address) },
    OVERLAY_LIMITS,
  )

  const denied = [
    told,
    `${told}/${peer}`,
    '/ip4/127.0.0.1/tcp/22',
    '/ip4/203.0.113.1/tcp/443/ws',
  ].map((address) => gater.denyDialMultiaddr?.(multiaddr(address)))

  expect(denied).toEqual([false, false, true, true])
})

test(
  'killed and restarted ten times, the relay is the same, and gives reservations at once',
  { timeout: 300_000 },
  async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'chiral-relay-'))
    onTestFinished(() => rm(dataFolder, { recursive: true }))
    const flags = ['--no-app', '--no-stun', '--data', dataFolder]
    let relay = await runningRelay(...flags)
    onTestFinished(() => void relay.child.kill('SIGKILL'))
    const port = String(relay.port)
    const address = await addressOf(port)

    for (let round = 0; round < 10; round++) {
      // A new one each time: when a client asks again for a reservation it lost is the client's.
      const peer = await overlayClient()
      await peer.handle(ECHO, echo, LIMITED)
      const circuit = await reserve(peer, address)
      const caller = await overlayClient({ listen: [] })
      await caller.dial(multiaddr(address))
      expect(await ask(caller, circuit)).toBe(3)

      relay.child.kill('SIGKILL')
      await relay.ended
      await Promise.all([peer.stop(), caller.stop()])
      relay = await runningRelay(...flags, '--port', port)
      expect(await addressOf(port)).toBe(address)
    }
    relay.child.kill('SIGTERM')
    expect(await relay.ended).toBe(0)
  },
)

const NOBODY: NodeFacts = {
  connectionsOf: () => [],
  reservedAddresses: () => [],
  hasReservation: () => false,
  isCircuitTooMany: () => false,
  isPeerRelay: () => false,
  admit: () => ({ status: 429, sentence: 'No.' }),
}

async function addressOf(port: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/relay.json`)
  // Our own description has this shape; another test checks it.
  return ((await answer.json()) as { addrs: [string] }).addrs[0]
}
