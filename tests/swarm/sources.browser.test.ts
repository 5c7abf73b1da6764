import { createHash, randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import type { AddressInfo } from 'node:net'
import { openApp, type AppPage } from '../support/app-page.ts'
import { launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { serveHttpFiles, type HttpFiles } from '../support/http-files.ts'
import { aTorrent, folderBytes, torrentBytes } from '../support/metainfo-fixtures.ts'
import { encodeMetainfo } from '../../src/engine/parse-metainfo.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

let app: AppServer
let files: HttpFiles
let browser: TestBrowser
let tab: AppPage

beforeAll(async () => {
  app = await serveApp()
  files = await serveHttpFiles()
  browser = await launchBrowser('chromium')
  tab = await openApp(browser, app.url)
})

afterEach(async () => {
  const left = await tab.page.evaluate(() => window.chiral.list().map(({ infoHash }) => infoHash))
  for (const infoHash of left) {
    await tab.page.evaluate((hash) => window.chiral.remove(hash, { deleteData: true }), infoHash)
  }
})

afterAll(async () => {
  await browser.close()
  await files.close()
  await app.close()
})

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const HASH = '0123456789abcdef0123456789abcdef01234567'

describe('what is refused leaves nothing behind', () => {
  const text = (what: string) => new TextEncoder().encode(what)
  const cases: ReadonlyArray<readonly [string, string | Uint8Array, object]> = [
    ['nothing at all', '  ', { kind: 'input/source', reason: 'empty' }],
    ['not a magnet', 'hello there', { kind: 'input/source', reason: 'unknown' }],
    ['a magnet without a hash', 'magnet:?dn=x', { kind: 'input/magnet', reason: 'no-info-hash' }],
    [
      'a magnet with half a hash',
      'magnet:?xt=urn:btih:abc',
      { kind: 'input/magnet', reason: 'info-hash' },
    ],
    [
      'a version 2 magnet',
      `magnet:?xt=urn:btmh:1220${'ab'.repeat(32)}`,
      { kind: 'input/magnet', reason: 'v2-only' },
    ],
    [
      'truncated bencode',
      torrentBytes().subarray(0, 60),
      { kind: 'input/metainfo', reason: 'bencode' },
    ],
    [
      'an oversize torrent file',
      new Uint8Array(10_000_001),
      { kind: 'input/metainfo', reason: 'too-large' },
    ],
    [
      'bencode that is nested for ever',
      text('l'.repeat(200_000)),
      { kind: 'input/metainfo', reason: 'bencode' },
    ],
    ['a negative length', text('l-3:e'), { kind: 'input/metainfo', reason: 'bencode' }],
    [
      'a negative length in the info',
      text('d4:infod4:name-3:xee'),
      { kind: 'input/metainfo', reason: 'bencode' },
    ],
    [
      'piece length 0',
      torrentBytes({ 'piece length': 0 }),
      { kind: 'input/metainfo', reason: 'piece-length' },
    ],
    [
      'piece length 2^31',
      torrentBytes({ 'piece length': 2 ** 31 }),
      { kind: 'input/metainfo', reason: 'piece-length' },
    ],
    [
      'a path that climbs',
      folderBytes([{ path: ['..', 'x'], length: 1 }]),
      { kind: 'input/metainfo', reason: 'path' },
    ],
    [
      'an absolute path',
      folderBytes([{ path: ['/etc/passwd'], length: 1 }]),
      { kind: 'input/metainfo', reason: 'path' },
    ],
    [
      'a reserved name',
      folderBytes([{ path: ['CON'], length: 1 }]),
      { kind: 'input/metainfo', reason: 'path' },
    ],
    [
      'two files of one name',
      folderBytes([
        { path: ['a'], length: 1 },
        { path: ['a'], length: 1 },
      ]),
      { kind: 'input/metainfo', reason: 'duplicate-path' },
    ],
  ]

  test.each(cases)('%s', async (_, source, error) => {
    expect(await tab.refusal(source)).toEqual(error)
    expect(await tab.page.evaluate(() => window.chiral.list())).toEqual([])
  })

  test('404 at the URL of a torrent file', async () => {
    const url = `${files.origin}/gone.torrent`

    expect(await tab.refusal(url)).toEqual({ kind: 'http/status', url, status: 404 })
  })

  test('a page at the URL of a torrent file', async () => {
    const url = `${files.origin}/page.torrent`
    files.put('/page.torrent', '<!doctype html><p>Log in first', 'text/html')

    expect(await tab.refusal(url)).toEqual({ kind: 'http/not-a-torrent', url })
  })

  test('a URL nobody answers at', async () => {
    const url = 'http://127.0.0.1:9/x.torrent'

    expect(await tab.refusal(url)).toEqual({ kind: 'http/unreachable', url })
  })

  test('a second add of the same torrent is answered with the first', async () => {
    const first = await tab.add(HASH, { trackers: [] })

    const second = await tab.add(`magnet:?xt=urn:btih:${HASH}`)

    expect(second).toBe(first)
    expect(await tab.page.evaluate(() => window.chiral.list().length)).toBe(1)
  })
})

test('a torrent file by URL is fetched and downloads from its web seed', async () => {
  const fixture = await aTorrent({ 'seed/a.bin': 300_000, 'seed/b c#.bin': 70_000 })
  for (const { path, file } of fixture.files) {
    files.put(`/web/${path}`, new Uint8Array(await file.arrayBuffer()))
  }
  const { info } = fixture.metainfo
  files.put('/a.torrent', encodeMetainfo({ info, webSeeds: [`${files.origin}/web/`] }))

  const infoHash = await tab.add(`${files.origin}/a.torrent`)
  await tab.until(infoHash, 'seeding')

  const expected: Record<string, string> = {}
  for (const { path, file } of fixture.files) {
    expected[path] = sha256(new Uint8Array(await file.arrayBuffer()))
  }
  expect(infoHash).toBe(fixture.metainfo.infoHash)
  expect(await tab.digests(infoHash)).toEqual(expected)
})

test('a magnet that waits for its file list takes it from a .torrent that is added', async () => {
  const fixture = await aTorrent({ 'alone.bin': 90_000 })
  files.put('/alone.bin', fixture.content)
  const { infoHash } = fixture.metainfo
  await tab.add(infoHash, { trackers: [], webSeeds: [`${files.origin}/alone.bin`] })
  expect((await tab.snapshot(infoHash))?.phase.name).toBe('resolving')

  expect(await tab.add(fixture.torrentFile)).toBe(infoHash)
  await tab.until(infoHash, 'seeding')

  expect(await tab.sha256(infoHash, 'alone.bin')).toBe(sha256(fixture.content))
})

test('a plain file by URL is kept under a stable id', async () => {
  const body = randomBytes(5_300_000)
  files.put('/plain file.bin', body)

  const id = await tab.add(`${files.origin}/plain%20file.bin`)
  await tab.until(id, 'seeding')

  expect(id).toMatch(/^[0-9a-f]{40}$/)
  expect(await tab.paths(id)).toEqual(['plain file.bin'])
  expect(await tab.sha256(id, 'plain file.bin')).toBe(sha256(body))
})

test('a plain file whose connection broke goes on where it was', async () => {
  const body = randomBytes(6_000_000)
  files.put('/broken.bin', body)
  files.cut('/broken.bin', 3_500_000)
  const id = await tab.add(`${files.origin}/broken.bin`)
  const failed = await tab.until(id, 'failed')

  files.cut('/broken.bin', null)
  await tab.page.evaluate((hash) => window.chiral.resume(hash), id)
  const done = await tab.until(id, 'seeding')

  expect(failed.havePieces).toBeGreaterThan(0)
  expect(done.downBytes).toBeLessThan(body.length + 4_000_000)
  expect(await tab.sha256(id, 'broken.bin')).toBe(sha256(body))
})

describe('a tracker that is no help is said to be so', () => {
  const trackers: WebSocketServer[] = []

  const trackerThat = async (answers: (text: string) => string | null): Promise<string> => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    trackers.push(server)
    server.on('connection', (socket) =>
      socket.on('message', (data: Buffer) => {
        const answer = answers(data.toString())
        if (answer !== null) socket.send(answer)
      }),
    )
    await new Promise((resolve) => server.once('listening', resolve))
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/` // on TCP
  }

  const troubleWith = async (url: string) => {
    const infoHash = await tab.add(HASH, { trackers: [url] })
    await tab.until(infoHash, 'tracker-failed')
    const snapshots = await tab.page.evaluate((hash) => window.chiral.trackers(hash), infoHash)
    return snapshots[0]?.error
  }

  afterAll(() => {
    for (const server of trackers) {
      for (const client of server.clients) client.terminate()
      server.close()
    }
  })

  test('it refuses', async () => {
    const url = await trackerThat((text) => {
      const { info_hash } = JSON.parse(text) as { info_hash: string }
      return JSON.stringify({ action: 'announce', info_hash, 'failure reason': 'not for you' })
    })

    expect(await troubleWith(url)).toEqual({
      kind: 'swarm/tracker',
      url,
      reason: 'refused',
      message: 'not for you',
    })
  })

  test('it sends rubbish', async () => {
    const url = await trackerThat(() => '\u0000 not json {{{')

    expect(await troubleWith(url)).toMatchObject({ kind: 'swarm/tracker', reason: 'malformed' })
  })

  test('it is not there', async () => {
    expect(await troubleWith('ws://127.0.0.1:9/')).toMatchObject({ reason: 'unreachable' })
  })

  test('it never answers', async () => {
    const url = await trackerThat(() => null)

    expect(await troubleWith(url)).toMatchObject({ reason: 'silent' })
  })
})
