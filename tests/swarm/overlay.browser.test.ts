import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { AppPage } from '../support/app-page.ts'
import { launchBrowser, type BrowserName, type TestBrowser } from '../support/browsers.ts'
import { identityOf, NO_TRACKER, openOverlayApp, reservedAt } from '../support/overlay-person.ts'
import { startOverlayRelay, type OverlayRelay } from '../support/overlay-relay.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

let app: AppServer
let relay: OverlayRelay
const browsers: TestBrowser[] = []

beforeAll(async () => {
  app = await serveApp()
  relay = await startOverlayRelay()
})

afterEach(async () => {
  for (const browser of browsers.splice(0)) await browser.close()
})

afterAll(async () => {
  await relay.close()
  await app.close()
})

/** The app in a browser of its own, reserved at the relay. */
async function person(name: BrowserName, choice: { blocked?: boolean } = {}): Promise<AppPage> {
  const browser = await launchBrowser(name)
  browsers.push(browser)
  const opened = await openOverlayApp(browser, app.url, [relay.origin], choice)
  await reservedAt(opened, relay.peerId)
  return opened
}

const peersOf = ({ page }: AppPage, infoHash: string) =>
  page.evaluate((infoHash) => window.chiral.peers(infoHash), infoHash)

test.each<[BrowserName, BrowserName]>([
  ['chromium', 'chromium'],
  ['firefox', 'chromium'],
  ['chromium', 'firefox'],
])(
  'from %s to %s: an info hash alone is enough, and the relay carries next to nothing',
  async (from, to) => {
    const seeder = await person(from)
    const leecher = await person(to)
    const seeded = await seeder.seedBytes(`${from}-${to}.bin`, 3_000_000, NO_TRACKER)
    const before = relay.bytes()

    const infoHash = await leecher.add(seeded.infoHash, NO_TRACKER)
    await leecher.until(infoHash, 'seeding')
    const [peer] = await peersOf(leecher, infoHash)

    expect(await leecher.sha256(infoHash, `${from}-${to}.bin`)).toBe(seeded.sha256)
    expect(peer).toMatchObject({
      source: 'overlay',
      path: 'direct',
      relayedBytesLeft: null,
      identity: await identityOf(seeder),
    })
    expect(relay.bytes() - before).toBeLessThanOrEqual(64 * 1024)
  },
)

test.each<[BrowserName, BrowserName]>([
  ['chromium', 'chromium'],
  ['chromium', 'firefox'],
])(
  'from %s to %s: without a direct path the relay carries it, within its budget, and the page says so',
  async (from, to) => {
    const seeder = await person(from)
    const leecher = await person(to, { blocked: true })
    const seeded = await seeder.seedBytes(`relayed-${to}.bin`, 2_000_000, NO_TRACKER)
    const before = relay.bytes()

    const infoHash = await leecher.add(seeded.infoHash, NO_TRACKER)
    await leecher.until(infoHash, 'seeding')
    const [peer] = await peersOf(leecher, infoHash)

    expect(await leecher.sha256(infoHash, `relayed-${to}.bin`)).toBe(seeded.sha256)
    expect(peer).toMatchObject({
      source: 'overlay',
      path: 'relayed',
      identity: await identityOf(seeder),
    })
    expect(peer?.relayedBytesLeft).toBeLessThan(8 * 1024 * 1024 - 2_000_000)
    expect(peer?.relayedBytesLeft).toBeGreaterThan(5_000_000)
    // In at one side of the relay and out at the other, and through its own front door: not twice.
    expect(relay.bytes() - before).toBeLessThan(2 * 2_000_000 * 1.15)
  },
)

test('a relayed wire becomes a direct one as soon as there is a path, and nothing is lost', async () => {
  const seeder = await person('chromium')
  const leecher = await person('chromium', { blocked: true })
  const seeded = await seeder.seedBytes('upgraded.bin', 4_000_000, NO_TRACKER)
  await leecher.page.evaluate(() => window.chiral.configure({ downLimit: 30_000 }))
  const infoHash = await leecher.add(seeded.infoHash, NO_TRACKER)
  await leecher.page.waitForFunction(
    async (infoHash) =>
      (await window.chiral.peers(infoHash)).some(({ path }) => path === 'relayed'),
    { polling: 50 },
    infoHash,
  )

  await leecher.page.evaluate(() => (window.blocked = false))
  await leecher.page.waitForFunction(
    async (infoHash) => {
      const paths = (await window.chiral.peers(infoHash)).map(({ path }) => path)
      return paths.length === 1 && paths[0] === 'direct'
    },
    { polling: 50, timeout: 90_000 },
    infoHash,
  )
  await leecher.page.evaluate(() => window.chiral.configure({ downLimit: null }))
  await leecher.until(infoHash, 'seeding')

  expect(await leecher.sha256(infoHash, 'upgraded.bin')).toBe(seeded.sha256)
})
