import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApp } from '../support/app-page.ts'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

const LENGTH = 100_000_000

let app: AppServer
let seeders: ReadonlyMap<string, TestBrowser>
let leechers: ReadonlyMap<string, TestBrowser>

const launchAll = async () =>
  new Map(
    await Promise.all(
      browsersUnderTest.map(async (name) => [name, await launchBrowser(name)] as const),
    ),
  )

beforeAll(async () => {
  app = await serveApp()
  seeders = await launchAll()
  leechers = await launchAll()
})

afterAll(async () => {
  for (const browser of [...seeders.values(), ...leechers.values()]) await browser.close()
  await app.close()
})

const pairs = browsersUnderTest.flatMap((from) =>
  browsersUnderTest.map((to) => [from, to] as const),
)

describe.each(pairs)('from %s to %s', (from, to) => {
  test('a file of 100 MB arrives as it was, by way of our own tracker alone', async () => {
    const seeder = await openApp(seeders.get(from)!, app.url)
    const leecher = await openApp(leechers.get(to)!, app.url)
    const seeded = await seeder.seedBytes(`${from}-${to}.bin`, LENGTH)

    const infoHash = await leecher.add(seeded.magnet)
    const done = await leecher.until(infoHash, 'seeding')

    expect(infoHash).toBe(seeded.infoHash)
    expect(done.haveBytes).toBe(LENGTH)
    expect(await leecher.sha256(infoHash, `${from}-${to}.bin`)).toBe(seeded.sha256)
    await seeder.close()
    await leecher.close()
  })
})
