import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import fixtures from 'webtorrent-fixtures'
import { openApp, type AppPage } from '../support/app-page.ts'
import { launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

let app: AppServer
let browsers: readonly TestBrowser[]
let seeder: AppPage
let leecher: AppPage

beforeAll(async () => {
  app = await serveApp()
  browsers = [await launchBrowser('chromium'), await launchBrowser('chromium')]
  seeder = await openApp(browsers[0]!, app.url)
  leecher = await openApp(browsers[1]!, app.url)
})

afterAll(async () => {
  for (const browser of browsers) await browser.close()
  await app.close()
})

type Content = ReadonlyArray<readonly [path: string, content: string]>

const sha256 = (content: string) =>
  createHash('sha256').update(Buffer.from(content, 'latin1')).digest('hex')
const digestsOf = (files: Content) =>
  Object.fromEntries(files.map(([path, content]) => [path, sha256(content)]))

/** A file or a folder as paths and contents, the paths beginning with its own name. */
function contentAt(path: string, above = ''): Content {
  const name = above + basename(path)
  if (!statSync(path).isDirectory()) return [[name, readFileSync(path, 'latin1')]]
  return readdirSync(path).flatMap((entry) => contentAt(join(path, entry), `${name}/`))
}

const known = ['leaves', 'alice', 'folder', 'numbers', 'lotsOfNumbers'] as const

describe.each(known)('the torrent "%s" of webtorrent-fixtures', (name) => {
  test('goes through seed, download and save, and keeps its info hash', async () => {
    const { contentPath, parsedTorrent, torrent } = fixtures[name] ?? {}
    if (!contentPath || !parsedTorrent || !torrent) throw new Error(`${name} has no data`)
    const files = contentAt(contentPath)

    const seeded = await seeder.seedFiles(files, { pieceLength: parsedTorrent.pieceLength })
    const infoHash = await leecher.add(torrent, { trackers: [app.tracker] })
    await leecher.until(infoHash, 'seeding')

    expect(seeded).toBe(parsedTorrent.infoHash)
    expect(infoHash).toBe(parsedTorrent.infoHash)
    expect(await leecher.digests(infoHash)).toEqual(digestsOf(files))
  })
})

const DEEP = `deep/${Array.from({ length: 20 }, (_, level) => `level ${level}`).join('/')}/end.txt`

const own: Readonly<Record<string, Content>> = {
  'only empty files': [
    ['nothing/a', ''],
    ['nothing/b', ''],
  ],
  'a single empty file': [['void.txt', '']],
  'empty files between others': [
    ['mixed/a.txt', ''],
    ['mixed/b.bin', 'b'.repeat(40_000)],
    ['mixed/c.txt', ''],
    ['mixed/d.bin', 'd'.repeat(3)],
    ['mixed/e.txt', ''],
  ],
  'deep folders': [
    [DEEP, 'down here'],
    ['deep/top.txt', 'up here'],
  ],
  'odd names': [
    ['odd/a b  c.txt', 'blanks'],
    ['odd/äöü ß – 你好 🎈.txt', 'letters'],
    ['odd/مرحبا.txt', 'right to left'],
    ['odd/#?%41&=+.txt', 'what URLs mean something by'],
    ['odd/<b>&amp;.html', 'markup'],
    ['odd/\'quoted\' "twice".txt', 'quotes'],
    ['odd/.hidden', 'a dot'],
    ['odd/__proto__', 'a prototype'],
    [`odd/${'long'.repeat(50)}.txt`, 'long'],
  ],
}

describe.each(Object.entries(own))('%s', (_, files) => {
  test('go through seed, download and save', async () => {
    const infoHash = await seeder.seedFiles(files)
    const magnet = await seeder.page.evaluate(
      (hash) => window.chiral.get(hash)?.infoHash ?? '',
      infoHash,
    )

    await leecher.add(`magnet:?xt=urn:btih:${magnet}`)
    await leecher.until(infoHash, 'seeding')

    expect(await leecher.digests(infoHash)).toEqual(digestsOf(files))
  })
})

test('a folder of 2,000 small files arrives whole', async () => {
  const files: Content = Array.from({ length: 2000 }, (_, index) => [
    `many/${index % 20}/file ${index}.txt`,
    `${index} `.repeat(index % 97),
  ])

  const infoHash = await seeder.seedFiles(files)
  await leecher.add(infoHash)
  await leecher.until(infoHash, 'seeding')

  expect(await leecher.digests(infoHash)).toEqual(digestsOf(files))
})
