import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { makeLog } from '../../relay/log.ts'
import { startRelay } from '../../relay/relay.ts'
import type { SwarmPolicy } from '../../src/engine/model/swarm-policy.ts'
import { encodeMetainfo } from '../../src/engine/parse-metainfo.ts'
import { openApp, type AppPage } from '../support/app-page.ts'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { aTorrent } from '../support/metainfo-fixtures.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'
import { openSilentPlace, type SilentPlace } from '../support/silent-place.ts'
import { servePages, type PageServer } from '../support/test-pages.ts'
import type {} from '../pages/stock.ts'

const PRIVATE: SwarmPolicy = { name: 'private', sources: ['overlay', 'invite'] }
const PATIENTLY = { timeout: 60_000, interval: 50 }
const PUBLIC: SwarmPolicy = { name: 'public' }

let app: AppServer
let pages: PageServer
const browsers = new Map<string, TestBrowser>()

beforeAll(async () => {
  app = await serveApp()
  pages = await servePages()
})

afterAll(async () => {
  for (const browser of browsers.values()) await browser.close()
  await pages.close()
  await app.close()
})

async function person(name: 'chromium' | 'firefox'): Promise<AppPage> {
  const browser = browsers.get(name) ?? (await launchBrowser(name))
  browsers.set(name, browser)
  const opened = await openApp(browser, app.url)
  onTestFinished(() => opened.close())
  return opened
}

async function aPlace(): Promise<SilentPlace> {
  const place = await openSilentPlace()
  onTestFinished(() => place.close())
  return place
}

/** A tracker of its own, and how many peers it knows of. */
async function aTracker() {
  const relay = await startRelay(
    {
      port: 0,
      host: '127.0.0.1',
      appFolder: null,
      logLevel: 'error',
      metricsPort: 0,
      stunPort: null,
    },
    makeLog('error'),
  )
  onTestFinished(() => relay.close())
  return {
    url: `${relay.url.replace(/^http/, 'ws')}/announce`,
    async members() {
      const text = await (await fetch(`http://127.0.0.1:${relay.metricsPort}/metrics`)).text()
      return Number(/^chiral_relay_tracker_memberships (\d+)$/m.exec(text)?.[1])
    },
  }
}

const setPolicy = ({ page }: AppPage, infoHash: string, policy: SwarmPolicy) =>
  page.evaluate((hash, policy) => window.chiral.setPolicy(hash, policy), infoHash, policy)

const magnetOf = (infoHash: string, { tracker, webSeed }: SilentPlace, more = '') =>
  `magnet:?xt=urn:btih:${infoHash}&tr=${encodeURIComponent(tracker)}&ws=${encodeURIComponent(webSeed)}${more}`

test.each(browsersUnderTest)(
  'in %s a private torrent connects to no tracker and no web seed of its link or its metainfo',
  async (name) => {
    const opened = await person(name)
    const { page } = opened
    const [named, open] = [await aPlace(), await aPlace()]
    const { metainfo } = await aTorrent({ 'file.bin': 100_000 })
    const contacts = { trackers: [named.tracker], webSeeds: [named.webSeed] }
    const file = encodeMetainfo({ info: metainfo.info, ...contacts })

    // Without the flag of BEP 27, with it said by the person, and by the link alone.
    const infoHash = await opened.add(file, { policy: PRIVATE })
    await opened.add(magnetOf('ab'.repeat(20), named), { policy: PRIVATE })
    await opened.add(magnetOf('cd'.repeat(20), named, '&x.priv=1'))
    // In the same breath a public one, which has to get through.
    await opened.add(magnetOf('ef'.repeat(20), open))
    await vi.waitUntil(() => open.connections > 0, PATIENTLY)

    expect(named.connections).toBe(0)
    expect(await opened.snapshot(infoHash)).toMatchObject({
      policy: PRIVATE,
      unused: { trackers: 1, webSeeds: 1, others: 0 },
      swarm: { trackers: 0, webSeeds: 0 },
    })
    const said = await page.evaluate(() => window.chiral.list().map(({ unused }) => unused ?? null))
    expect(said.filter((unused) => unused !== null)).toHaveLength(3)
  },
)

test('made private, a running torrent leaves its tracker and its peers at once; made public, it is back', async () => {
  const tracker = await aTracker()
  const seeder = await person('chromium')
  const stock = await browsers.get('chromium')!.newPage(`${pages.origin}/stock.html`)
  const seeded = await seeder.seedBytes('shared.bin', 500_000, { trackers: [tracker.url] })
  await stock.evaluate(
    (magnet, tracker) => window.stock.download(magnet, tracker),
    seeded.magnet,
    tracker.url,
  )
  await vi.waitUntil(async () => (await tracker.members()) === 2, PATIENTLY)
  const before = await seeder.page.evaluate((hash) => window.chiral.peers(hash), seeded.infoHash)

  await setPolicy(seeder, seeded.infoHash, PRIVATE)
  const after = await seeder.page.evaluate((hash) => window.chiral.peers(hash), seeded.infoHash)
  await vi.waitUntil(async () => (await tracker.members()) === 1, PATIENTLY)
  await stock.waitForFunction(() => window.stock.peers() === 0, { polling: 50 })
  const during = await seeder.snapshot(seeded.infoHash)
  // Nobody else has it now, and the page asks before it leaves.
  seeder.page.once('dialog', (dialog) => void dialog.accept())
  await seeder.page.reload()
  await seeder.page.evaluate(() => window.chiral.ready)
  const reopened = await seeder.until(seeded.infoHash, 'seeding')
  const membersOfPrivate = await tracker.members()

  await setPolicy(seeder, seeded.infoHash, PUBLIC)
  await seeder.until(seeded.infoHash, 'has-peers')

  expect(before.length).toBeGreaterThan(0)
  expect(after).toEqual([])
  expect(during).toMatchObject({ policy: PRIVATE, peerCount: 0, swarm: { trackers: 0 } })
  expect(reopened).toMatchObject({ policy: PRIVATE, peerCount: 0 })
  expect(membersOfPrivate).toBe(1)
  await stock.close()
})

test('with private only, public torrents rest, none can be added, and all go on when it is off', async () => {
  const opened = await person('chromium')
  const { page } = opened
  const place = await aPlace()
  const url = place.webSeed
  const running = await opened.add(magnetOf('1a'.repeat(20), await aPlace()))
  const rests = await opened.add(magnetOf('2a'.repeat(20), await aPlace()), { paused: true })

  await page.evaluate(() => window.chiral.configure({ privateOnly: true }))
  const paused = await opened.until(running, 'paused')
  const refused = await page.evaluate(
    async (magnet) => {
      try {
        return await window.chiral.add(magnet, { policy: { name: 'public' } })
      } catch (thrown) {
        // What `window.chiral` promises to put there.
        return ((thrown as Error).cause as { kind: string }).kind
      }
    },
    magnetOf('3a'.repeat(20), place),
  )
  const plainFile = await opened.refusal(url)
  await page.evaluate((hash) => window.chiral.resume(hash), rests)
  const stillRests = await opened.snapshot(rests)
  await page.reload()
  await page.evaluate(() => window.chiral.ready)
  const afterReload = await opened.snapshot(running)
  await page.evaluate(() => window.chiral.configure({ privateOnly: false }))
  await page.waitForFunction(
    (hash) => window.chiral.get(hash)?.phase.name === 'resolving',
    { polling: 50 },
    running,
  )

  expect(paused.phase).toMatchObject({ why: 'policy' })
  expect(refused).toBe('policy/private-only')
  expect(plainFile).toEqual({ kind: 'policy/private-only' })
  expect(stillRests?.phase).toMatchObject({ name: 'paused', why: 'policy' })
  expect(afterReload?.phase).toMatchObject({ name: 'paused', why: 'policy' })
  expect((await opened.snapshot(rests))?.phase.name).toBe('resolving')
  expect(place.connections).toBe(0)
})
