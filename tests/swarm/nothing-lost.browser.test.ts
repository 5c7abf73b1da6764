import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EngineError } from '../../src/engine/model/errors.ts'
import { openApp, type AppPage } from '../support/app-page.ts'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

declare global {
  interface Window {
    /** Every trouble that was told. */
    told: EngineError[]
  }
}

const LENGTH = 3_000_000

let app: AppServer
let seeding: TestBrowser
let seeder: AppPage

beforeAll(async () => {
  app = await serveApp()
  seeding = await launchBrowser('chromium')
  seeder = await openApp(seeding, app.url)
})

afterAll(async () => {
  await seeding.close()
  await app.close()
})

test.each(browsersUnderTest)('a reload of %s hashes nothing again', async (name) => {
  const { browser, leecher, infoHash } = await downloaded(name, `resume-${name}.bin`)

  await reload(leecher)
  const phases = await leecher.page.evaluate(
    (hash) => window.chiral.get(hash)?.phase.name,
    infoHash,
  )

  expect(phases).toBe('seeding')
  await browser.close()
})

test('data that was cleared is said to be, and comes back from peers', async () => {
  const { browser, leecher, infoHash, sha256 } = await downloaded('chromium', 'cleared.bin')

  await away(leecher, async (page) => {
    await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory()
      await root.removeEntry('torrents-v1', { recursive: true })
    })
  })
  await heard(leecher, 'storage/evicted')
  await leecher.until(infoHash, 'seeding')

  expect(await leecher.sha256(infoHash, 'cleared.bin')).toBe(sha256)
  await browser.close()
})

test('a file that is too short is said to be, and the rest comes back from peers', async () => {
  const { browser, leecher, infoHash, sha256 } = await downloaded('chromium', 'short.bin')

  await away(leecher, (page) => spoil(page, infoHash, 'cut'))
  await heard(leecher, 'storage/evicted')
  await healed(leecher, infoHash, 'short.bin')

  expect(await leecher.sha256(infoHash, 'short.bin')).toBe(sha256)
  await browser.close()
})

test('a flipped bit is never given out: it is told, and healed from peers', async () => {
  const { browser, leecher, infoHash, sha256 } = await downloaded('chromium', 'flip.bin')

  await away(leecher, (page) => spoil(page, infoHash, 'flip'))
  const refused = await leecher.page.evaluate(
    (hash) =>
      window.chiral.read(hash, 'flip.bin').then(
        () => null,
        (thrown: Error) => (thrown.cause as { kind: string }).kind,
      ),
    infoHash,
  )
  await healed(leecher, infoHash, 'flip.bin')

  expect(refused).toBe('storage/corrupt')
  expect(await leecher.sha256(infoHash, 'flip.bin')).toBe(sha256)
  await browser.close()
})

test('a list that was lost leaves data that can be brought back, or deleted', async () => {
  const { browser, leecher, infoHash, sha256 } = await downloaded('chromium', 'orphan.bin')
  const other = await seeder.seedBytes('waste.bin', 1_000_000)
  await leecher.add(other.magnet)
  await leecher.until(other.infoHash, 'seeding')

  await away(leecher, (page) =>
    page.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const deletion = indexedDB.deleteDatabase('chiral')
          deletion.onsuccess = () => resolve()
          deletion.onerror = () => reject(new Error('not deleted'))
        }),
    ),
  )
  const usage = await usageOf(leecher)
  await leecher.page.evaluate((hash) => window.chiral.adopt(hash), infoHash)
  await leecher.until(infoHash, 'seeding')
  await leecher.page.evaluate((hash) => window.chiral.reclaim(hash), other.infoHash)

  expect(usage).toMatchObject({
    torrents: [],
    orphans: [
      { infoHash, name: 'orphan.bin' },
      { infoHash: other.infoHash, name: 'waste.bin' },
    ],
  })
  expect(await leecher.sha256(infoHash, 'orphan.bin')).toBe(sha256)
  expect(await usageOf(leecher)).toMatchObject({
    torrents: [{ infoHash }],
    orphans: [],
  })
  await browser.close()
})

test('a removal can be taken back, and what was taken back is as it was', async () => {
  const { browser, leecher, infoHash, sha256 } = await downloaded('chromium', 'undo.bin')

  await removeForNow(leecher, infoHash)
  const without = await leecher.page.evaluate(() => window.chiral.list().length)
  await leecher.page.evaluate((hash) => window.chiral.restore(hash), infoHash)
  const back = await leecher.until(infoHash, 'seeding')

  expect(without).toBe(0)
  expect(back.downBytes).toBeGreaterThanOrEqual(LENGTH)
  expect(await leecher.sha256(infoHash, 'undo.bin')).toBe(sha256)
  await browser.close()
})

test('a removal that nobody took back is carried out at the next start', async () => {
  const { browser, leecher, infoHash } = await downloaded('chromium', 'purge.bin')

  await removeForNow(leecher, infoHash)
  await reload(leecher)

  expect(await leecher.page.evaluate(() => window.chiral.list().length)).toBe(0)
  expect(await usageOf(leecher)).toEqual({ torrents: [], orphans: [] })
  await browser.close()
})

test('a full device pauses with what is missing, and goes on when something is removed', async () => {
  const browser = await launchBrowser('chromium')
  const leecher = await openApp(browser, app.url)
  const session = await leecher.page.createCDPSession()
  await session.send('Storage.overrideQuotaForOrigin', {
    origin: new URL(app.url).origin,
    quotaSize: 20_000_000,
  })
  const ballast = await leecher.seedBytes('ballast.bin', 12_000_000)
  const seeded = await seeder.seedBytes('full.bin', 10_000_000)

  const infoHash = await leecher.add(seeded.magnet)
  const paused = await leecher.until(infoHash, 'paused')
  await leecher.page.evaluate(
    (hash) => window.chiral.remove(hash, { deleteData: true }),
    ballast.infoHash,
  )
  const done = await leecher.until(infoHash, 'seeding')

  expect(paused.phase).toMatchObject({ name: 'paused', why: 'storage' })
  const { trouble } = paused
  if (trouble?.kind !== 'storage/full') throw new Error(JSON.stringify(trouble))
  expect(trouble.needed).toBeGreaterThanOrEqual(10_000_000 - paused.haveBytes)
  expect(trouble.needed).toBeLessThanOrEqual(10_000_000)
  expect(done.downBytes).toBeLessThan(10_000_000 * 1.3)
  expect(await leecher.sha256(infoHash, 'full.bin')).toBe(seeded.sha256)
  await browser.close()
})

async function downloaded(name: 'chromium' | 'firefox', file: string) {
  const browser = await launchBrowser(name)
  const leecher = await openApp(browser, app.url)
  const seeded = await seeder.seedBytes(file, LENGTH)
  const infoHash = await leecher.add(seeded.magnet)
  await leecher.until(infoHash, 'seeding')
  return { browser, leecher, infoHash, sha256: seeded.sha256 }
}

function usageOf({ page }: AppPage) {
  return page.evaluate(() => window.chiral.usage())
}

function removeForNow({ page }: AppPage, infoHash: string) {
  return page.evaluate(
    (hash) => window.chiral.remove(hash, { deleteData: true, undo: true }),
    infoHash,
  )
}

async function reload({ page }: AppPage): Promise<void> {
  await page.reload()
  await ready(page)
}

/** Does something to what is stored while no engine runs, then comes back. */
async function away({ page }: AppPage, work: (page: Page) => Promise<void>): Promise<void> {
  await page.goto(`${app.url}icon.svg`)
  await work(page)
  // Before the app is there, so that nothing it tells is missed.
  await page.evaluateOnNewDocument(() => {
    let chiral: Window['chiral']
    Object.defineProperty(window, 'chiral', {
      get: () => chiral,
      set(made: Window['chiral']) {
        chiral = made
        window.told = []
        chiral.on('trouble', ({ error }) => void window.told.push(error))
      },
    })
  })
  await page.goto(app.url)
  await ready(page)
}

async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => typeof window.chiral === 'object', { polling: 50 })
  await page.evaluate(() => window.chiral.ready)
}

async function heard({ page }: AppPage, kind: string): Promise<void> {
  await page.waitForFunction(
    (kind) => window.told.some((error) => error.kind === kind),
    { polling: 50 },
    kind,
  )
}

/** Resolves when the file can be read again; looks whenever something is told of the torrent. */
async function healed({ page }: AppPage, infoHash: string, path: string): Promise<void> {
  await page.evaluate(
    (infoHash, path) =>
      new Promise<void>((resolve) => {
        const look = () => {
          window.chiral.read(infoHash, path).then(
            () => {
              stop()
              resolve()
            },
            () => undefined,
          )
        }
        const stop = window.chiral.on('torrent', look)
        look()
      }),
    infoHash,
    path,
  )
}

/** What becomes of the one file of a torrent. */
async function spoil(page: Page, infoHash: string, how: 'cut' | 'flip'): Promise<void> {
  await page.evaluate(
    async (infoHash, how) => {
      const root = await navigator.storage.getDirectory()
      const torrents = await root.getDirectoryHandle('torrents-v1')
      const file = await (await torrents.getDirectoryHandle(infoHash)).getFileHandle('0')
      const writable = await file.createWritable({ keepExistingData: true })
      if (how === 'cut') await writable.truncate(1_000_000)
      else await writable.write({ type: 'write', position: 1_500_000, data: new Uint8Array([7]) })
      await writable.close()
    },
    infoHash,
    how,
  )
}
