import { once } from 'node:events'
import StockClient, { type StockPeer } from 'bittorrent-tracker/client'
import { expect, onTestFinished, test } from 'vitest'
import { trackerInTest } from './support/tracker-in-test.ts'

const INFO_HASH = 'f0'.repeat(20)
const ALICE = 'a1'.repeat(20)
const BOB = 'b2'.repeat(20)

/** In Node each offer and each answer takes the stock client the five seconds it waits for ICE. */
const NO_OFFERS = { numwant: 0 }
const OFFERS_TIMEOUT = { timeout: 60_000 }

interface StockUpdate {
  readonly complete: number
  readonly incomplete: number
  readonly interval: number
}

/** The client that every WebTorrent page announces with, and all that it complained about. */
function aStockClient(announce: string, peerId: string, left: number) {
  const progress = { left }
  const client = new StockClient({
    infoHash: INFO_HASH,
    peerId,
    announce,
    port: 6881,
    rtcConfig: { iceServers: [] },
    getAnnounceOpts: () => ({ left: progress.left }),
  })
  const warnings: string[] = []
  client.on('warning', (warning: Error) => warnings.push(warning.message))
  onTestFinished(() => new Promise<void>((resolve) => client.destroy(() => resolve())))

  const next = async <T>(event: string): Promise<T> => {
    // The stock client emits one argument with each of its events.
    const [value] = (await once(client, event)) as [T]
    return value
  }
  return { client, warnings, next, progress }
}

/** Two pages: the stock client shares one socket among all that announce to the same address. */
async function twoPages() {
  const { url, tracker } = await trackerInTest()
  const alice = aStockClient(`${url}?page=1`, ALICE, 0)
  const bob = aStockClient(`${url}?page=2`, BOB, 5)
  return { alice, bob, tracker }
}

async function connected(peer: StockPeer): Promise<StockPeer> {
  onTestFinished(() => peer.destroy())
  await once(peer, 'connect')
  return peer
}

test(
  'two stock clients meet through the tracker and talk over WebRTC',
  OFFERS_TIMEOUT,
  async () => {
    const { alice, bob } = await twoPages()
    alice.client.start(NO_OFFERS)
    await alice.next('update')
    const aliceMeets = alice.next<StockPeer>('peer')
    const bobMeets = bob.next<StockPeer>('peer')

    bob.client.start()
    const [toBob, toAlice] = await Promise.all([aliceMeets, bobMeets])
    const heard = once(toBob, 'data')
    await Promise.all([connected(toBob), connected(toAlice)])
    toAlice.send('hello')

    // streamx hands out what came over the data channel, which is bytes.
    const [data] = (await heard) as [Uint8Array]

    expect(Buffer.from(data).toString()).toBe('hello')
    expect([toBob.id, toAlice.id]).toEqual([BOB, ALICE])
    expect([...alice.warnings, ...bob.warnings]).toEqual([])
  },
)

test('a stock client is told the counts and the interval as it starts, completes and stops', async () => {
  const { alice, bob, tracker } = await twoPages()
  const updates: StockUpdate[] = []

  alice.client.start(NO_OFFERS)
  updates.push(await alice.next('update'))
  bob.client.start(NO_OFFERS)
  updates.push(await bob.next('update'))
  bob.progress.left = 0
  bob.client.complete()
  updates.push(await bob.next('update'))
  alice.client.stop()
  updates.push(await alice.next('update'))

  expect(updates.map(({ complete, incomplete }) => [complete, incomplete])).toEqual([
    [1, 0],
    [1, 1],
    [2, 0],
    [1, 0],
  ])
  expect(updates.every(({ interval }) => interval === 120)).toBe(true)
  expect(tracker.size.memberships).toBe(1)
  expect([...alice.warnings, ...bob.warnings]).toEqual([])
})

test('a stock client scrapes the swarm it is in', async () => {
  const { alice } = await twoPages()
  alice.client.start(NO_OFFERS)
  await alice.next('update')

  alice.client.scrape()

  expect(await alice.next('scrape')).toMatchObject({
    infoHash: INFO_HASH,
    complete: 1,
    incomplete: 0,
  })
})

test('two stock clients of one page share a socket and still meet', OFFERS_TIMEOUT, async () => {
  const { url, tracker } = await trackerInTest()
  const alice = aStockClient(url, ALICE, 0)
  const bob = aStockClient(url, BOB, 5)
  alice.client.start(NO_OFFERS)
  await alice.next('update')
  const meets = alice.next<StockPeer>('peer')

  bob.client.start()
  const { id } = await meets

  expect(id).toBe(BOB)
  expect(tracker.size.connections).toBe(1)
})
