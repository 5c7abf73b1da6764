import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApp } from '../support/app-page.ts'
import { launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'
import { servePages, type PageServer } from '../support/test-pages.ts'
import type {} from '../pages/stock.ts'

const LENGTH = 20_000_000

let app: AppServer
let pages: PageServer
let ours: TestBrowser
let theirs: TestBrowser

beforeAll(async () => {
  app = await serveApp()
  pages = await servePages()
  ours = await launchBrowser('chromium')
  theirs = await launchBrowser('chromium')
})

afterAll(async () => {
  await ours.close()
  await theirs.close()
  await pages.close()
  await app.close()
})

test('a stock WebTorrent page downloads from us', async () => {
  const seeder = await openApp(ours, app.url)
  const stock = await theirs.newPage(`${pages.origin}/stock.html`)
  const seeded = await seeder.seedBytes('to-stock.bin', LENGTH)

  const sha256 = await stock.evaluate(
    (magnet, tracker) => window.stock.download(magnet, tracker),
    seeded.magnet,
    app.tracker,
  )

  expect(sha256).toBe(seeded.sha256)
  await seeder.close()
  await stock.close()
})

test('a stock WebTorrent page seeds to us', async () => {
  const leecher = await openApp(ours, app.url)
  const stock = await theirs.newPage(`${pages.origin}/stock.html`)
  const seeded = await stock.evaluate(
    (length, tracker) => window.stock.seed('from-stock.bin', length, tracker),
    LENGTH,
    app.tracker,
  )

  const infoHash = await leecher.add(seeded.magnet)
  await leecher.until(infoHash, 'seeding')

  expect(await leecher.sha256(infoHash, 'from-stock.bin')).toBe(seeded.sha256)
  const peers = await leecher.page.evaluate((hash) => window.chiral.peers(hash), infoHash)
  expect(peers.map(({ client }) => client)).toEqual([expect.stringContaining('WebTorrent')])
  await leecher.close()
  await stock.close()
})

test('a peer that sends bytes with a wrong hash is left, and an honest one completes', async () => {
  const honest = await openApp(ours, app.url)
  const poisoner = await theirs.newPage(`${pages.origin}/stock.html`)
  const leecher = await openApp(await launchLeecher(), app.url)
  const { infoHash, torrentFile, sha256 } = await honest.page.evaluate(async () => {
    const bytes = new Uint8Array(8_000_000).map((_, at) => at * 7 + (at >> 9))
    const file = new File([bytes], 'wanted.bin')
    // Silent: the seed is not told to anybody, so that the poisoner is the only peer at first.
    const seeded = await window.chiral.seed([file], { trackers: [] })
    window.made = { wanted: file }
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
    return {
      infoHash: seeded.infoHash,
      torrentFile: [...seeded.torrentFile],
      sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(''),
    }
  })
  await leecher.add(Uint8Array.from(torrentFile), { trackers: [app.tracker] })
  await leecher.until(infoHash, 'tracker-answered')
  await poisoner.evaluate(
    (file, tracker) => window.stock.poison(file, tracker),
    torrentFile,
    app.tracker,
  )
  // Having sent something, it stands alone: it was left.
  await poisoner.waitForFunction(
    () => window.stock.uploaded() > 0 && window.stock.peers() === 0,
    { polling: 50 }, // frames are not painted in a tab behind another
  )
  const afterPoison = await leecher.snapshot(infoHash)
  await honest.page.evaluate(async (hash) => {
    await window.chiral.remove(hash, { deleteData: true })
    await window.chiral.seed([window.made!['wanted']!])
  }, infoHash)
  await leecher.until(infoHash, 'seeding')

  expect(afterPoison?.havePieces).toBe(0)
  expect(await leecher.sha256(infoHash, 'wanted.bin')).toBe(sha256)
  await honest.close()
  await poisoner.close()
  await leecher.close()
})

let third: TestBrowser | undefined

async function launchLeecher(): Promise<TestBrowser> {
  third = await launchBrowser('chromium')
  return third
}

afterAll(async () => {
  await third?.close()
})
