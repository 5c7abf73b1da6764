import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { AppPage } from '../support/app-page.ts'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { NO_TRACKER, openOverlayApp, reservedAt } from '../support/overlay-person.ts'
import { startOverlayRelay, type OverlayRelay } from '../support/overlay-relay.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

const RESTARTS = 10

let app: AppServer
const browsers: TestBrowser[] = []
const relays: OverlayRelay[] = []

beforeAll(async () => {
  app = await serveApp()
})

afterEach(async () => {
  for (const browser of browsers.splice(0)) await browser.close()
  for (const relay of relays.splice(0)) await relay.close()
})

afterAll(() => app.close())

async function aRelay(choice: Parameters<typeof startOverlayRelay>[0] = {}): Promise<OverlayRelay> {
  const relay = await startOverlayRelay(choice)
  relays.push(relay)
  return relay
}

async function person(name: TestBrowser['name'], ...at: OverlayRelay[]): Promise<AppPage> {
  const browser = await launchBrowser(name)
  browsers.push(browser)
  const opened = await openOverlayApp(
    browser,
    app.url,
    at.map(({ origin }) => origin),
  )
  for (const { peerId } of at) await reservedAt(opened, peerId)
  return opened
}

/** Resolves when the page knows that nobody reaches it. */
const lost = ({ page }: AppPage) =>
  page.waitForFunction(
    async () =>
      !(await window.chiral.identity).addresses.some((text) => text.includes('p2p-circuit')),
    { polling: 50 },
  )

const takenFrom = ({ page }: AppPage, infoHash: string) =>
  page.evaluate(
    async (infoHash) => (await window.chiral.peers(infoHash)).map(({ downBytes }) => downBytes),
    infoHash,
  )

test.each(browsersUnderTest)(
  `in %s a relay that dies ${RESTARTS} times drops no data channel, and is used again each time`,
  async (name) => {
    const relay = await aRelay()
    const seeder = await person('chromium', relay)
    const leecher = await person(name, relay)
    const seeded = await seeder.seedBytes(`restarts-${name}.bin`, 12_000_000, NO_TRACKER)
    await leecher.page.evaluate(() => window.chiral.configure({ downLimit: 100_000 }))
    const infoHash = await leecher.add(seeded.infoHash, NO_TRACKER)
    await leecher.until(infoHash, 'has-pieces')

    const taken: number[] = []
    for (let round = 0; round < RESTARTS; round++) {
      await relay.kill()
      await Promise.all([lost(seeder), lost(leecher)])
      taken.push(...(await takenFrom(leecher, infoHash)))
      await relay.revive()
      await Promise.all([reservedAt(seeder, relay.peerId), reservedAt(leecher, relay.peerId)])
    }
    await leecher.page.evaluate(() => window.chiral.configure({ downLimit: null }))
    await leecher.until(infoHash, 'seeding')
    const [all] = await takenFrom(leecher, infoHash)

    // One wire from the first byte to the last: another would have begun to count anew.
    expect(taken).toHaveLength(RESTARTS)
    expect(taken).toEqual([...taken].sort((one, other) => one - other))
    expect(all).toBeGreaterThanOrEqual(12_000_000)
    expect(await leecher.sha256(infoHash, `restarts-${name}.bin`)).toBe(seeded.sha256)
  },
)

test('peers at two relays find and reach each other, and one of the relays is enough', async () => {
  const first = await aRelay()
  const second = await aRelay({ peers: [first] })
  const seeder = await person('chromium', first)
  const leecher = await person('chromium', second)
  const seeded = await seeder.seedBytes('two-relays.bin', 1_000_000, NO_TRACKER)

  await leecher.page.evaluate(
    (relays) => window.chiral.configure({ relays }),
    [second.origin, first.origin],
  )
  await reservedAt(leecher, first.peerId)
  await reservedAt(leecher, second.peerId)
  await second.kill()
  const infoHash = await leecher.add(seeded.infoHash, NO_TRACKER)
  await leecher.until(infoHash, 'seeding')

  expect(await leecher.sha256(infoHash, 'two-relays.bin')).toBe(seeded.sha256)
})
