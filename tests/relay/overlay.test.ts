import './support/patience.ts'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, onTestFinished, test } from 'vitest'
import { startRelay } from '../../relay/relay.ts'
import { overlayClient, providerKey, reserve } from './support/overlay-client.ts'

const CONFIG = { port: 0, host: '127.0.0.1', appFolder: null, logLevel: 'error' } as const

async function aRelay(config = {}) {
  const relay = await startRelay({ ...CONFIG, ...config })
  onTestFinished(() => relay.close())
  return relay
}

test('a peer behind the relay is reached through it', async () => {
  const relay = await aRelay()
  const [address] = relay.addresses
  const alice = await overlayClient()
  const bob = await overlayClient()
  const said: string[] = []
  await bob.handle(
    '/test/1.0.0',
    async (stream) => {
      for await (const chunk of stream) {
        said.push(new TextDecoder().decode(chunk.subarray()))
        stream.send(chunk)
      }
    },
    { runOnLimitedConnection: true },
  )

  const bobsAddress = await reserve(bob, address!)
  await alice.dial(multiaddr(address))
  const stream = await alice.dialProtocol(multiaddr(bobsAddress), '/test/1.0.0', {
    runOnLimitedConnection: true,
  })
  stream.send(new TextEncoder().encode('hello'))
  const answer = await stream[Symbol.asyncIterator]().next()

  expect(said).toEqual(['hello'])
  expect(new TextDecoder().decode((answer.value as Uint8Array).subarray())).toBe('hello')
})

test('a provider record under the key of an info hash is found by another peer', async () => {
  const relay = await aRelay()
  const seeder = await overlayClient()
  const leecher = await overlayClient({ listen: [] })
  await reserve(seeder, relay.addresses[0]!)
  await leecher.dial(multiaddr(relay.addresses[0]))
  const key = providerKey(new Uint8Array(20).fill(7))

  await seeder.contentRouting.provide(key)
  const found: string[] = []
  for await (const provider of leecher.contentRouting.findProviders(key)) {
    found.push(provider.id.toString())
  }

  expect(found).toContain(seeder.peerId.toString())
})
