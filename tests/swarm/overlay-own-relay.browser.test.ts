import { hexOf, bytesOfHex } from '../../src/engine/model/ids.ts'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  overlayClient,
  providerKey,
  reserve,
  type OverlayClient,
} from '../relay/support/overlay-client.ts'
import { openApp, type AppPage } from '../support/app-page.ts'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { identityOf, NO_TRACKER, reservedAt } from '../support/overlay-person.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

let app: AppServer
const browsers: TestBrowser[] = []

beforeAll(async () => {
  app = await serveApp()
})

afterEach(async () => {
  for (const browser of browsers.splice(0)) await browser.close()
})

afterAll(() => app.close())

/** A page as anybody opens it: the relay that served it is the only one it knows. */
async function person(name: TestBrowser['name']): Promise<AppPage> {
  const browser = await launchBrowser(name)
  browsers.push(browser)
  const opened = await openApp(browser, app.url)
  await reservedAt(opened, app.peerId)
  return opened
}

test.each(browsersUnderTest)(
  '%s needs nothing but the relay that served the page',
  async (name) => {
    const seeder = await person('chromium')
    const leecher = await person(name)
    const seeded = await seeder.seedBytes(`own-relay-${name}.bin`, 2_000_000, NO_TRACKER)

    const infoHash = await leecher.add(seeded.infoHash, NO_TRACKER)
    await leecher.until(infoHash, 'seeding')
    const peers = await leecher.page.evaluate((hash) => window.chiral.peers(hash), infoHash)

    expect(await leecher.sha256(infoHash, `own-relay-${name}.bin`)).toBe(seeded.sha256)
    expect(peers).toMatchObject([{ source: 'overlay', identity: await identityOf(seeder) }])
  },
)

test('a peer that is met by tracker and overlay at once is met once', async () => {
  const seeder = await person('chromium')
  const leecher = await person('chromium')
  const seeded = await seeder.seedBytes('both-ways.bin', 2_000_000)

  const infoHash = await leecher.add(seeded.magnet)
  await leecher.until(infoHash, 'seeding')
  const peers = await leecher.page.evaluate((hash) => window.chiral.peers(hash), infoHash)

  expect(await leecher.sha256(infoHash, 'both-ways.bin')).toBe(seeded.sha256)
  expect(peers).toHaveLength(1)
})

test('peers that find each other at the same moment have one wire, and know each other by name', async () => {
  const people = [await person('chromium'), await person('chromium'), await person('chromium')]
  const [seeder, ...leechers] = people
  const seeded = await seeder!.seedBytes('at-once.bin', 6_000_000, NO_TRACKER)
  for (const { page } of leechers) {
    await page.evaluate(() => window.chiral.configure({ downLimit: 300_000 }))
  }

  await Promise.all(leechers.map((leecher) => leecher.add(seeded.infoHash, NO_TRACKER)))
  const identities = await Promise.all(people.map(identityOf))
  const met = await Promise.all(
    leechers.map(async ({ page }) => {
      const found = await page.waitForFunction(
        async (infoHash) => {
          const peers = await window.chiral.peers(infoHash)
          return peers.length >= 2 ? peers.map(({ identity }) => identity) : null
        },
        { polling: 50 },
        seeded.infoHash,
      )
      return (await found.jsonValue()) ?? []
    }),
  )

  met.forEach((found, nth) => {
    const others = identities.filter((_, at) => at !== nth + 1)
    expect([...found].sort()).toEqual(others.sort())
  })
})

test('a plain js-libp2p peer finds the page by info hash, and the page finds it', async () => {
  const page = await person('chromium')
  const node = await overlayClient()
  await reserve(node, app.overlay[0]!)
  const { infoHash: shared } = await page.seedBytes('found-by-node.bin', 100_000, NO_TRACKER)
  const wanted = hexOf(crypto.getRandomValues(new Uint8Array(20)))

  const found = await untilFound(node, shared, await identityOf(page))
  for await (const _ of node.services.dht.provide(providerKey(bytesOfHex(wanted))));
  await page.add(wanted, NO_TRACKER)
  const known = await page.page.waitForFunction(
    (wanted) => window.chiral.get(wanted)?.swarm.overlayPeers || null,
    { polling: 50 },
    wanted,
  )

  expect(found.some((address) => address.includes('/p2p-circuit/webrtc'))).toBe(true)
  expect(await known.jsonValue()).toBe(1)
})

/** The addresses under which the peer is found, as soon as it is. */
async function untilFound(
  node: OverlayClient,
  infoHash: string,
  peerId: string,
): Promise<readonly string[]> {
  for (;;) {
    for await (const { id, multiaddrs } of node.contentRouting.findProviders(
      providerKey(bytesOfHex(infoHash)),
    )) {
      if (id.toString() === peerId) return multiaddrs.map(String)
    }
  }
}
