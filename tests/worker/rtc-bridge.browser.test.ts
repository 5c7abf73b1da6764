import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Carriage } from '../pages/rtc-bridge.ts'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { connect, startPeer, type RtcPeer } from '../support/rtc-peer.ts'
import { servePages, type PageServer } from '../support/test-pages.ts'

const KIB = 1024
const MIB = 1024 * KIB

let server: PageServer
const browsers = new Map<string, TestBrowser>()
const peers: RtcPeer[] = []

beforeAll(async () => {
  server = await servePages()
  for (const name of browsersUnderTest) browsers.set(name, await launchBrowser(name))
})

afterEach(async () => {
  for (const { page } of peers.splice(0)) if (!page.isClosed()) await page.close()
})

afterAll(async () => {
  for (const browser of browsers.values()) await browser.close()
  await server.close()
})

async function peerIn(browser: string, carriage: Carriage): Promise<RtcPeer> {
  const peer = await startPeer(browsers.get(browser)!, server.origin, carriage)
  peers.push(peer)
  return peer
}

/** Transferred channels are tried in every pair; of the carried ones, who meets whom is enough. */
function pairsFor(carriage: Carriage) {
  const pairs = browsersUnderTest.flatMap((caller) =>
    browsersUnderTest.map((callee) => ({ caller, callee })),
  )
  const mixed = pairs.filter(({ caller, callee }) => caller !== callee)
  return carriage === 'transfer' || mixed.length === 0 ? pairs : mixed
}

describe.each(['transfer', 'carry'] as const)('channels by %s', (carriage) => {
  describe.each(pairsFor(carriage))('$caller calls $callee', ({ caller, callee }) => {
    async function twoPeers() {
      return [await peerIn(caller, carriage), await peerIn(callee, carriage)] as const
    }

    test('the channels of both ends travel as they should', async () => {
      const [a, b] = await twoPeers()

      await connect(a, b, 'ignore')

      const each = carriage === 'transfer' ? 1 : 0
      expect([await a.transferred(), await b.transferred()]).toEqual([each, each])
    })

    test('ten megabytes come back as they were sent', async () => {
      const [a, b] = await twoPeers()
      await connect(a, b, 'echo')

      const { sent, received, highest } = await a.ask('echoes', 10 * MIB, 64 * 1024)

      expect(received).toBe(sent)
      expect(highest).toBeLessThanOrEqual(2 * MIB)
      expect(highest).toBeGreaterThan(0)
    })

    test('both ends know the channel they hold', async () => {
      const [a, b] = await twoPeers()
      await connect(a, b, 'ignore')

      const [ours, theirs] = [await a.ask('opened'), await b.ask('opened')]

      const facts = {
        label: 'bytes',
        protocol: 'test/1',
        ordered: true,
        readyState: 'open',
        binaryType: 'arraybuffer',
      }
      expect(ours).toMatchObject(facts)
      expect(theirs).toMatchObject(facts)
      expect(ours.id).toBeTypeOf('number')
      expect(theirs.id).toBe(ours.id)
      expect(ours.maxMessageSize).toBeGreaterThanOrEqual(64 * KIB)
      expect(theirs.maxMessageSize).toBeGreaterThanOrEqual(64 * KIB)
    })

    test('a message longer than the other side takes is refused, not cut off', async () => {
      const [a, b] = await twoPeers()
      await connect(a, b, 'echo')
      const { maxMessageSize } = await a.ask('opened')
      const most = Math.min(maxMessageSize!, 256 * KIB)

      const { sent, received } = await a.ask('echoes', most, most)

      expect(received).toBe(sent)
      if (most === maxMessageSize) expect(await a.ask('sendFails', most + 1)).toBe('TypeError')
    })

    test('what is sent before anyone listens is heard later', async () => {
      const [a, b] = await twoPeers()
      await connect(a, b, 'ignore')
      await a.ask('send', 'one', 'two', 'three')
      await b.ask('received', 3)

      const heard = await b.ask('listen', 3)

      expect(heard).toEqual(['one', 'two', 'three'])
    })

    test('a closed channel is told to both sides once, and to whoever asks later', async () => {
      const [a, b] = await twoPeers()
      await connect(a, b, 'collect')

      await a.ask('closeChannel')

      const closed = { readyState: 'closed', events: ['open', 'close'], failure: null }
      expect(await a.ask('channelClosed')).toEqual(closed)
      expect(await b.ask('channelClosed')).toEqual(closed)
      expect(await a.ask('channelClosed')).toEqual(closed)
      expect(await b.ask('sendFails', 1)).toBe('InvalidStateError')
    })

    test('a closed connection closes the channels of both sides', async () => {
      const [a, b] = await twoPeers()
      await connect(a, b, 'collect')

      await a.ask('closeConnection')

      expect((await a.ask('channelClosed')).readyState).toBe('closed')
      expect((await b.ask('channelClosed')).readyState).toBe('closed')
      expect(await a.ask('connectionClosed')).toMatchObject({
        connectionState: 'closed',
        failure: null,
      })
      await expect.poll(() => a.live()).toBe(0)
    })

    test('a page that is closed is noticed by the other side', async () => {
      const [a, b] = await twoPeers()
      await connect(a, b, 'collect')

      await a.page.close()

      // Told by the page, not found out by ICE.
      expect(await b.ask('channelClosed')).toMatchObject({ readyState: 'closed', failure: null })
    })

    test('when the worker is gone the page hangs up', async () => {
      const [a, b] = await twoPeers()
      await connect(a, b, 'collect')

      await a.terminateWorker()
      await a.stopHost()

      expect(await b.ask('channelClosed')).toMatchObject({ readyState: 'closed', failure: null })
      await expect.poll(() => a.live()).toBe(0)
    })
  })

  describe.each(browsersUnderTest)('in %s', (browser) => {
    test('when the page lets go, the worker learns it and has no budget in use', async () => {
      const [a, b] = [await peerIn(browser, carriage), await peerIn(browser, carriage)]
      await connect(a, b, 'collect')

      await a.stopHost()

      expect(await a.ask('connectionClosed')).toEqual({
        connectionState: 'failed',
        failure: 'page-gone',
        events: ['connecting', 'connected', 'failed', 'close'],
      })
      expect((await a.ask('channelClosed')).events).toEqual(['open', 'close'])
      expect((await b.ask('channelClosed')).events).toEqual(['open', 'close'])
      expect(await a.ask('budget')).toMatchObject({ live: 0, pending: 0 })
    })

    test('two hundred connections made and closed leave none behind', async () => {
      const a = await peerIn(browser, carriage)

      const live = await a.ask('cycles', 200)

      expect(live).toBe(0)
      await expect.poll(() => a.live()).toBe(0)
    })
  })
})

describe.each(browsersUnderTest)('in %s', (browser) => {
  test('a port that refuses channels carries their bytes instead', async () => {
    const a = await peerIn(browser, 'refused-transfer')
    const b = await peerIn(browser, 'refused-transfer')
    await connect(a, b, 'echo')

    const { sent, received } = await a.ask('echoes', MIB, 16 * 1024)

    expect(received).toBe(sent)
    expect([await a.transferred(), await b.transferred()]).toEqual([0, 0])
  })

  test('one connection beyond the pending ones is refused, and closing makes room', async () => {
    const a = await peerIn(browser, 'transfer')

    const outcome = await a.ask('overdraw')

    expect(outcome).toEqual({
      made: 16,
      atBirth: 'failed',
      offer: 'QuotaExceededError',
      failure: 'budget',
      liveAfter: 0,
    })
    await expect.poll(() => a.live()).toBe(0)
  })

  test('a connected one is no longer pending, and the maximum holds for both', async () => {
    const [a, b] = [await peerIn(browser, 'transfer'), await peerIn(browser, 'transfer')]
    await connect(a, b, 'ignore')

    await a.ask('setMaxConnections', 3)

    expect(await a.ask('budget')).toEqual({ live: 1, pending: 0, room: 2 })
  })
})
