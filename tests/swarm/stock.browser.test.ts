import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeMetainfo } from '../../src/engine/parse-metainfo.ts'
import { openApp } from '../support/app-page.ts'
import { launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { aTorrent } from '../support/metainfo-fixtures.ts'
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
  const leecher = await openApp(ours, app.url)
  const poisoner = await theirs.newPage(`${pages.origin}/stock.html`)
  const honest = await theirs.newPage(`${pages.origin}/stock.html`)
  const { metainfo, content } = await aTorrent({ 'wanted.bin': 4_000_000 }, { pieceLength: 65_536 })
  const torrentFile = encodeMetainfo({ info: metainfo.info })
  const infoHash = await leecher.add(torrentFile, { trackers: [app.tracker] })
  await leecher.until(infoHash, 'tracker-answered')

  await poisoner.evaluate(
    (file, tracker) => window.stock.poison(file, tracker),
    [...torrentFile],
    app.tracker,
  )
  // Having sent something, it stands alone: it was left.
  await poisoner.waitForFunction(
    () => window.stock.uploaded() > 0 && window.stock.peers() === 0,
    { polling: 50 }, // frames are not painted in a tab behind another
  )
  const afterPoison = await leecher.snapshot(infoHash)
  await honest.evaluate(
    (file, content, tracker) => window.stock.give(file, content, tracker),
    [...torrentFile],
    Buffer.from(content).toString('latin1'),
    app.tracker,
  )
  await leecher.until(infoHash, 'seeding')

  expect(afterPoison?.havePieces).toBe(0)
  expect(await leecher.sha256(infoHash, 'wanted.bin')).toBe(
    createHash('sha256').update(content).digest('hex'),
  )
  await leecher.close()
  await poisoner.close()
  await honest.close()
})
