import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApp, type AppPage } from '../support/app-page.ts'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

/** Slow enough that something is left to do when a test looks, fast enough to end. */
const SLOW = 1_500_000

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

const leeching = async (name: (typeof browsersUnderTest)[number]) => {
  const browser = await launchBrowser(name)
  return { browser, leecher: await openApp(browser, app.url) }
}

test.each(browsersUnderTest)('a reload of %s brings back the list and the data', async (name) => {
  const { browser, leecher } = await leeching(name)
  const seeded = await seeder.seedBytes(`reload-${name}.bin`, 3_000_000)
  const infoHash = await leecher.add(seeded.magnet)
  await leecher.until(infoHash, 'seeding')

  await leecher.page.reload()
  await leecher.page.waitForFunction(() => typeof window.chiral === 'object')
  await leecher.page.evaluate(() => window.chiral.ready)
  await leecher.until(infoHash, 'seeding')

  expect(await leecher.sha256(infoHash, `reload-${name}.bin`)).toBe(seeded.sha256)
  await browser.close()
})

test('a paused download moves nothing, and goes on where it was', async () => {
  const { browser, leecher } = await leeching('chromium')
  const seeded = await seeder.seedBytes('pause.bin', 6_000_000)
  await leecher.page.evaluate((rate) => window.chiral.configure({ downLimit: rate }), SLOW)
  const infoHash = await leecher.add(seeded.magnet)
  await leecher.until(infoHash, 'has-pieces')

  await leecher.page.evaluate((hash) => window.chiral.pause(hash), infoHash)
  const paused = await leecher.until(infoHash, 'paused')
  await leecher.until(infoHash, 'no-peers')
  await leecher.page.evaluate(() => window.chiral.configure({ downLimit: null }))
  await leecher.page.evaluate((hash) => window.chiral.resume(hash), infoHash)
  const done = await leecher.until(infoHash, 'seeding')

  expect(paused.phase).toMatchObject({ name: 'paused', why: 'person' })
  expect(done.downBytes).toBeLessThan(6_000_000 * 1.2)
  expect(await leecher.sha256(infoHash, 'pause.bin')).toBe(seeded.sha256)
  await browser.close()
})

test('only the files that are wanted are fetched, and wanting more goes on', async () => {
  const { browser, leecher } = await leeching('chromium')
  const infoHash = await seeder.seedFiles([
    ['choice/a.bin', 'a'.repeat(900_000)],
    ['choice/b.bin', 'b'.repeat(900_000)],
    ['choice/c.bin', 'c'.repeat(900_000)],
  ])

  await leecher.add(infoHash, { paths: ['choice/b.bin'] })
  await leecher.until(infoHash, 'seeding')
  const some = await leecher.page.evaluate((hash) => window.chiral.files(hash), infoHash)
  await leecher.page.evaluate(
    (hash) => window.chiral.select(hash, ['choice/a.bin', 'choice/b.bin', 'choice/c.bin']),
    infoHash,
  )
  await leecher.until(infoHash, 'seeding')
  const all = await leecher.page.evaluate((hash) => window.chiral.files(hash), infoHash)

  expect(some.map(({ wanted }) => wanted)).toEqual([false, true, false])
  expect(some[1]?.haveBytes).toBe(900_000)
  expect(some[2]?.haveBytes).toBeLessThan(900_000)
  expect(all.map(({ haveBytes }) => haveBytes)).toEqual([900_000, 900_000, 900_000])
  await browser.close()
})

test('what a magnet selects is wanted and nothing else', async () => {
  const { browser, leecher } = await leeching('chromium')
  const infoHash = await seeder.seedFiles([
    ['so/a.txt', 'a'.repeat(1000)],
    ['so/b.txt', 'b'.repeat(1000)],
    ['so/c.txt', 'c'.repeat(1000)],
  ])

  await leecher.add(`magnet:?xt=urn:btih:${infoHash}&so=0,2`)
  await leecher.until(infoHash, 'seeding')

  const files = await leecher.page.evaluate((hash) => window.chiral.files(hash), infoHash)
  expect(files.map(({ wanted }) => wanted)).toEqual([true, false, true])
  await browser.close()
})

test('removing with its data leaves nothing of it on the disk', async () => {
  const { browser, leecher } = await leeching('chromium')
  const seeded = await seeder.seedBytes('remove.bin', 2_000_000)
  const infoHash = await leecher.add(seeded.magnet)
  await leecher.until(infoHash, 'seeding')

  await leecher.page.evaluate((hash) => window.chiral.remove(hash, { deleteData: true }), infoHash)

  const left = await leecher.page.evaluate(async () => {
    const names: string[] = []
    const root = await navigator.storage.getDirectory()
    const torrents = await root.getDirectoryHandle('torrents-v1')
    for await (const name of torrents.keys()) names.push(name)
    return names
  })
  expect(left).toEqual([])
  expect(await leecher.page.evaluate(() => window.chiral.list())).toEqual([])
  await browser.close()
})

test('removing without its data keeps it: adding it again fetches nothing', async () => {
  const { browser, leecher } = await leeching('chromium')
  const seeded = await seeder.seedBytes('keep.bin', 2_000_000)
  const infoHash = await leecher.add(seeded.magnet)
  await leecher.until(infoHash, 'seeding')
  await leecher.page.evaluate((hash) => window.chiral.remove(hash), infoHash)

  await leecher.add(seeded.magnet)
  const again = await leecher.until(infoHash, 'seeding')

  expect(again.downBytes).toBeLessThan(100_000)
  expect(await leecher.sha256(infoHash, 'keep.bin')).toBe(seeded.sha256)
  await browser.close()
})
