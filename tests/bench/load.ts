import { createServer, request } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import '../support/app-page.ts'
import { launchBrowser } from '../support/browsers.ts'
import { serveApp } from '../support/serve-app.ts'
import { median, table } from './figures.ts'

interface Load {
  /** Scripts that were there when the page could be used, gzipped. */
  readonly before: number
  /** Everything that came after it, the overlay's among it. */
  readonly after: number
  readonly overlay: number
  readonly usableAfter: number
}

/**
 * What a page loads before it can be used and after: the overlay is the larger part of the code, and
 * nobody waits for it. Lengths are those of gzip, whatever was sent; what workers load is counted too,
 * which no page can see, so it is counted on the way.
 */
export async function benchLoad(rounds: number): Promise<object> {
  const app = await serveApp()
  const seen: Load[] = []
  try {
    for (let round = 0; round < rounds; round++) seen.push(await loadOnce(app.port))
  } finally {
    await app.close()
  }
  const columns = ['before', 'after', 'overlay', 'usableAfter'] as const
  console.log(
    table([
      ['', 'median'],
      ...columns.map((column) => [
        LABELS[column],
        median(seen.map((load) => load[column])).toFixed(0),
      ]),
    ]),
  )
  return { rounds: seen }
}

const LABELS: Readonly<Record<keyof Load, string>> = {
  before: 'scripts until the page is usable, KiB gz',
  after: 'scripts after that, KiB gz',
  overlay: 'of those libp2p and what it needs, KiB gz',
  usableAfter: 'navigation → usable, ms',
}

async function loadOnce(port: number): Promise<Load> {
  const front = await listenBefore(port)
  const browser = await launchBrowser('chromium')
  try {
    const begun = performance.now()
    const page = await browser.newPage(front.url)
    await page.locator('::-p-aria([role="heading"])').wait()
    const usable = performance.now()
    await page.waitForFunction(
      async () =>
        (await window.chiral.identity).addresses.some((text) => text.includes('p2p-circuit')),
      { polling: 50 },
    )
    const scripts = await Promise.all(
      front.asked.map(async ({ path, at }) => ({
        at,
        path,
        length: await gzippedLength(`http://127.0.0.1:${port}${path}`),
      })),
    )
    const sum = (wanted: (script: (typeof scripts)[number]) => boolean) =>
      scripts.filter(wanted).reduce((total, { length }) => total + length, 0) / 1024
    return {
      before: sum(({ at }) => at <= usable),
      after: sum(({ at }) => at > usable),
      overlay: sum(({ path }) => /libp2p|overlay/.test(path)),
      usableAfter: usable - begun,
    }
  } finally {
    await browser.close()
    front.close()
  }
}

/** Hands everything on to the app, and remembers when each script was asked for first. */
async function listenBefore(port: number) {
  const asked: { readonly path: string; readonly at: number }[] = []
  const server = createServer((incoming, response) => {
    const path = incoming.url ?? '/'
    if (path.endsWith('.js') && !asked.some((script) => script.path === path)) {
      asked.push({ path, at: performance.now() })
    }
    const { method, headers } = incoming
    const behind = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    behind.on('error', () => response.destroy())
    incoming.pipe(behind)
  })
  server.on('upgrade', (incoming, socket, head) => {
    const behind = connect(port, '127.0.0.1', () => {
      const lines = incoming.rawHeaders.map((part, at) => part + (at % 2 === 0 ? ': ' : '\r\n'))
      behind.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join('')}\r\n`)
      behind.write(head)
      socket.pipe(behind).pipe(socket)
    })
    behind.on('error', () => socket.destroy())
    socket.on('error', () => behind.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: own } = server.address() as AddressInfo // a TCP server's address is never a path
  return {
    url: `http://127.0.0.1:${own}/`,
    asked,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function gzippedLength(url: string): Promise<number> {
  const response = await fetch(url)
  return gzipSync(new Uint8Array(await response.arrayBuffer())).length
}
