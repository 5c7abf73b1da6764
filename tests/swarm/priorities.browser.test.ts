import { afterAll, beforeAll, expect, test } from 'vitest'
import { KIB } from '../../src/engine/model/units.ts'
import { openApp, type AppPage } from '../support/app-page.ts'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { serveHttpFiles, type HttpFiles } from '../support/http-files.ts'
import { aTorrent } from '../support/metainfo-fixtures.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

/** Whole pieces, so that no piece belongs to two files. */
const LENGTH = 2048 * KIB
const PIECE_LENGTH = 64 * KIB

let app: AppServer
let files: HttpFiles
let seeding: TestBrowser
let seeder: AppPage

beforeAll(async () => {
  app = await serveApp()
  files = await serveHttpFiles()
  seeding = await launchBrowser('chromium')
  seeder = await openApp(seeding, app.url)
})
afterAll(async () => {
  await seeding.close()
  await files.close()
  await app.close()
})

test.each(browsersUnderTest)(
  'another is asked by %s for what is urgent first, for what can wait last, and so after a reload',
  async (name) => {
    const browser = await launchBrowser(name)
    const tab = await openApp(browser, app.url)
    const torrent = await aTorrent(
      { [`${name}/a.bin`]: LENGTH, [`${name}/b.bin`]: LENGTH, [`${name}/c.bin`]: LENGTH },
      { pieceLength: PIECE_LENGTH },
    )
    const { infoHash } = torrent.metainfo
    for (const { path, file } of torrent.files) {
      files.put(`/${path}`, new Uint8Array(await file.arrayBuffer()))
    }
    await tab.add(torrent.torrentFile, {
      webSeeds: [`${files.origin}/`],
      trackers: [],
      paused: true,
    })

    await tab.page.evaluate(async (infoHash) => {
      const [a, b, c] = (await window.chiral.files(infoHash)).map(({ path }) => path)
      await window.chiral.setPriority(infoHash, [c!], 'high')
      await window.chiral.setPriority(infoHash, [a!, b!], 'low')
      await window.chiral.setPriority(infoHash, [b!], 'normal')
    }, infoHash)
    await tab.page.reload()
    await tab.page.waitForFunction(() => typeof window.chiral === 'object')
    await tab.page.evaluate(() => window.chiral.ready)
    const kept = await tab.page.evaluate(
      async (infoHash) => (await window.chiral.files(infoHash)).map(({ priority }) => priority),
      infoHash,
    )
    await tab.page.evaluate((infoHash) => window.chiral.resume(infoHash), infoHash)
    await tab.until(infoHash, 'seeding')
    await browser.close()

    const asked = files.log.flatMap((line) => {
      const found = new RegExp(`GET /${name}/(.)\\.bin`).exec(line)
      return found === null ? [] : [found[1]]
    })
    expect(kept).toEqual(['low', 'normal', 'high'])
    // What a newcomer is asked for first, to see whether it gives anything, comes from the end.
    expect(strays(asked.slice(1))).toEqual([])
    expect(new Set(asked).size).toBe(3)
  },
)

test('a torrent that may move nothing moves nothing beside one that may, over a reload too', async () => {
  const browser = await launchBrowser('chromium')
  const tab = await openApp(browser, app.url)
  const held = await seeder.seedBytes('held.bin', 400_000)
  const free = await seeder.seedBytes('free.bin', 3_000_000)
  await tab.add(held.magnet, { paused: true })
  await tab.page.evaluate(
    (infoHash) => window.chiral.setLimits(infoHash, { down: 0, up: null }),
    held.infoHash,
  )
  await tab.page.reload()
  await tab.page.waitForFunction(() => typeof window.chiral === 'object')
  await tab.page.evaluate(() => window.chiral.ready)

  await tab.page.evaluate((infoHash) => window.chiral.resume(infoHash), held.infoHash)
  await tab.until(held.infoHash, 'tracker-answered')
  await tab.add(free.magnet)
  await tab.until(free.infoHash, 'seeding')
  const meanwhile = await tab.snapshot(held.infoHash)
  await tab.page.evaluate(
    (infoHash) => window.chiral.setLimits(infoHash, { down: null, up: null }),
    held.infoHash,
  )
  await tab.until(held.infoHash, 'seeding')

  expect(meanwhile).toMatchObject({ limits: { down: 0, up: null }, havePieces: 0 })
  expect(await tab.sha256(held.infoHash, 'held.bin')).toBe(held.sha256)
  await browser.close()
})

test('limits that are none are refused, and files that are none', async () => {
  const { infoHash } = await seeder.seedBytes('refused.bin', 1000)

  const refused = await seeder.page.evaluate(async (infoHash) => {
    const failed = async (call: Promise<unknown>) =>
      // What `window.chiral` promises to reject with.
      call.then(
        () => null,
        (thrown: unknown) => ((thrown as Error).cause as { kind: string }).kind,
      )
    return [
      await failed(window.chiral.setLimits(infoHash, { down: -5, up: null })),
      await failed(window.chiral.setPriority(infoHash, ['elsewhere.bin'], 'high')),
    ]
  }, infoHash)

  expect(refused).toEqual(['input/settings', 'input/unknown-file'])
})

/** Requests that a browser has under way to one server; they may arrive in another order. */
const UNDER_WAY = 6

/** What is further from where it belongs, the last letter first, than requests overtake each other. */
function strays(asked: readonly (string | undefined)[]): readonly unknown[] {
  const inOrder = asked.toSorted().reverse()
  return asked.filter((letter, at) => {
    const from = Math.max(0, at - UNDER_WAY)
    return !inOrder.slice(from, at + UNDER_WAY + 1).includes(letter)
  })
}
