import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApp, type AppPage } from '../support/app-page.ts'
import { launchBrowser, type BrowserName, type TestBrowser } from '../support/browsers.ts'
import { startOverlayRelay, type OverlayRelay } from '../support/overlay-relay.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

/** Nobody but the overlay is asked. */
const NO_TRACKER = { trackers: [] }

let app: AppServer
let relay: OverlayRelay
const browsers: TestBrowser[] = []

beforeAll(async () => {
  app = await serveApp()
  relay = await startOverlayRelay()
})

afterAll(async () => {
  for (const browser of browsers) await browser.close()
  await relay.close()
  await app.close()
})

/** The app in a browser of its own, reserved at the relay. */
async function person(name: BrowserName): Promise<AppPage> {
  const browser = await launchBrowser(name)
  browsers.push(browser)
  const opened = await openApp(browser, app.url)
  await opened.page.evaluate((relays) => window.chiral.configure({ relays }), [relay.origin])
  await opened.page.waitForFunction(
    async (peerId) =>
      (await window.chiral.identity).addresses.some((address) => address.includes(peerId)),
    { polling: 50 },
    relay.peerId,
  )
  return opened
}

const identityOf = ({ page }: AppPage) =>
  page.evaluate(async () => (await window.chiral.identity).peerId)

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
    const [peer] = await leecher.page.evaluate((hash) => window.chiral.peers(hash), infoHash)

    expect(await leecher.sha256(infoHash, `${from}-${to}.bin`)).toBe(seeded.sha256)
    expect(peer).toMatchObject({
      source: 'overlay',
      path: 'direct',
      identity: await identityOf(seeder),
    })
    expect(relay.bytes() - before).toBeLessThanOrEqual(64 * 1024)
  },
)
