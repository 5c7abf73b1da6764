import './support/patience.ts'
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { byteRangeOf } from '../../relay/byte-range.ts'
import { startRelay } from '../../relay/relay.ts'

const SCRIPT = 'export const answer = 42\n'.repeat(200)
const BUILD: Readonly<Record<string, string | Buffer>> = {
  'index.html': '<!doctype html><title>Chiral</title>',
  'sw.js': 'self.skipWaiting()',
  'app.webmanifest': '{}',
  'sample.torrent': 'd4:infode',
  'assets/index-ab12.js': SCRIPT,
  'assets/style-ab12.css': 'body{margin:0}',
  'assets/hash-ab12.wasm': '\0asm',
  'assets/ready-ab12.js': SCRIPT,
  'assets/ready-ab12.js.br': brotliCompressSync('made by the build'),
  '.env': 'SECRET=1',
}

function aBuild(files = BUILD): string {
  const folder = mkdtempSync(join(tmpdir(), 'relay-build-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** Unlike `fetch` it sends the path as it is, and decodes nothing. */
async function servedBuild(folder = aBuild()) {
  const config = { port: 0, host: '127.0.0.1', appFolder: folder, logLevel: 'error' } as const
  const relay = await startRelay(config)
  onTestFinished(() => relay.close())

  return (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<Answer>((resolve, reject) => {
      const options = { port: relay.port, host: '127.0.0.1', path, headers, method, agent: false }
      const asked = request(options, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const { statusCode: status, headers } = response
          resolve({ status, headers, body: Buffer.concat(chunks) })
        })
      })
      asked.on('error', reject).end()
    })
}

test.for([
  ['/', 'text/html; charset=utf-8', 'no-cache'],
  ['/index.html', 'text/html; charset=utf-8', 'no-cache'],
  ['/sw.js', 'text/javascript; charset=utf-8', 'no-cache'],
  ['/app.webmanifest', 'application/manifest+json; charset=utf-8', 'no-cache'],
  ['/sample.torrent', 'application/x-bittorrent', 'no-cache'],
  ['/assets/index-ab12.js', 'text/javascript; charset=utf-8', 'immutable'],
  ['/assets/style-ab12.css', 'text/css; charset=utf-8', 'immutable'],
  ['/assets/hash-ab12.wasm', 'application/wasm', 'immutable'],
] as const)('%s is served as %s, and caches see %s', async ([path, type, cache]) => {
  const get = await servedBuild()

  const { status, headers } = await get(path)

  expect(status).toBe(200)
  expect(headers['content-type']).toBe(type)
  expect(headers['cache-control']).toContain(cache)
})

test.for([
  '/nowhere',
  '/torrents/5',
  '/assets/',
  '/assets',
  '/.env',
  '/../package.json',
  '/%2e%2e/package.json',
  '/assets/..%2f..%2fpackage.json',
  '/%00',
  '/%E0%A4%A',
  '//index.html',
  '/__proto__',
  '/index.html/',
])('%s is not found, and no page is shown in its place', async (path) => {
  const get = await servedBuild()

  const { status, headers, body } = await get(path)

  expect(status).toBe(404)
  expect(headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(body.toString()).toBe('404 Not Found\nThere is nothing at this address.\n')
})

test('a query does not change which file is meant', async () => {
  const get = await servedBuild()

  expect((await get('/index.html?share-target=1')).status).toBe(200)
})

test('HEAD is answered like GET, without the body', async () => {
  const get = await servedBuild()

  const { status, headers, body } = await get('/index.html', {}, 'HEAD')

  expect(status).toBe(200)
  expect(headers['content-length']).toBe(String(BUILD['index.html']!.length))
  expect(body.byteLength).toBe(0)
})

test('a browser that has the file already is told so', async () => {
  const get = await servedBuild()
  const etag = (await get('/')).headers.etag ?? ''

  const { status, body } = await get('/', { 'If-None-Match': etag })

  expect(status).toBe(304)
  expect(body.byteLength).toBe(0)
})

test('text is compressed for who accepts it, the same way for many at once', async () => {
  const get = await servedBuild()
  const path = '/assets/index-ab12.js'

  const [br, again, gzip, plain, refused] = await Promise.all([
    get(path, { 'Accept-Encoding': 'gzip, deflate, br' }),
    get(path, { 'Accept-Encoding': 'br' }),
    get(path, { 'Accept-Encoding': 'gzip' }),
    get(path),
    get(path, { 'Accept-Encoding': 'br;q=0, gzip;q=0' }),
  ])

  expect(br.headers['content-encoding']).toBe('br')
  expect(brotliDecompressSync(br.body).toString()).toBe(SCRIPT)
  expect(again.body).toEqual(br.body)
  expect(gzip.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(gzip.body).toString()).toBe(SCRIPT)
  expect(plain.body.toString()).toBe(SCRIPT)
  expect(plain.headers['vary']).toBe('Accept-Encoding')
  expect(refused.headers['content-encoding']).toBe(undefined)
})

test('what the build compressed is served as it is', async () => {
  const get = await servedBuild()

  const { body } = await get('/assets/ready-ab12.js', { 'Accept-Encoding': 'br' })

  expect(brotliDecompressSync(body).toString()).toBe('made by the build')
})

test.for([
  ['bytes=0-3', 206, '<!do', 'bytes 0-3/36'],
  ['bytes=0-0', 206, '<', 'bytes 0-0/36'],
  ['bytes=28-', 206, '</title>', 'bytes 28-35/36'],
  ['bytes=-8', 206, '</title>', 'bytes 28-35/36'],
  ['bytes=30-99', 206, 'title>', 'bytes 30-35/36'],
  ['bytes=36-', 416, '', 'bytes */36'],
  ['bytes=-0', 416, '', 'bytes */36'],
] as const)('the range %s is answered with %i', async ([range, status, text, contentRange]) => {
  const get = await servedBuild()

  const answer = await get('/index.html', { Range: range })

  expect(answer.status).toBe(status)
  expect(answer.body.toString()).toBe(text)
  expect(answer.headers['content-range']).toBe(contentRange)
})

test.for(['bytes=5-2', 'bytes=0-99999999999999999999', 'bytes=a-b', 'bytes=0-1,3-4', 'lines=0-1'])(
  'the range %s, which ends other servers or means nothing here, is answered with the whole file',
  async (range) => {
    const get = await servedBuild()

    const { status, body } = await get('/index.html', { Range: range })

    expect(status).toBe(200)
    expect(body.toString()).toBe(BUILD['index.html'])
  },
)

test('a range that is satisfied lies inside the file, whatever was asked for', () => {
  const bound = fc.oneof(fc.constant(''), fc.nat(), fc.maxSafeNat(), fc.string({ maxLength: 4 }))

  fc.assert(
    fc.property(bound, bound, fc.nat(5000), (first, last, length) => {
      const range = byteRangeOf(`bytes=${first}-${last}`, length)
      if (range === null || range === 'unsatisfiable') return
      expect(range.start).toBeGreaterThanOrEqual(0)
      expect(range.start).toBeLessThanOrEqual(range.end)
      expect(range.end).toBeLessThan(length)
    }),
    { seed: 1, numRuns: 2000 },
  )
})

test('a build that is deleted under a running relay is served to the end', async () => {
  const folder = aBuild()
  const get = await servedBuild(folder)

  rmSync(join(folder, 'index.html'))

  expect((await get('/')).status).toBe(200)
})

test('a folder without index.html is no build', async () => {
  const folder = aBuild({ 'readme.txt': 'hello' })

  await expect(servedBuild(folder)).rejects.toThrow(/^There is no built page in .*npm run build/)
})
