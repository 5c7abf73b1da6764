import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sirv from 'sirv'
import { buildWithVite } from '../../scripts/lib/build-app.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const built = `${root}.cache/test-pages/`

/** What any page may have been built from. */
const SOURCES = [
  'src',
  'tests/contract',
  'tests/pages',
  'tests/support',
  'vite.config.ts',
  'package-lock.json',
]

export interface PageServer {
  /** `http://127.0.0.1:<port>`; the page of `tests/pages/<name>.html` is at `/<name>.html`. */
  readonly origin: string
  close(): Promise<void>
}

/**
 * Serves the pages of `tests/pages`, cross-origin isolated like the app. A page is built when it
 * is first asked for and its sources changed since it was built last; a page that does not build
 * answers 500 with what Vite said, which `TestBrowser.newPage` throws.
 */
export async function servePages(): Promise<PageServer> {
  mkdirSync(built, { recursive: true })
  // `dev`: files come and go while the server runs.
  const files = sirv(built, { dev: true, setHeaders: isolate })
  const server = createServer((request, response) => {
    answer(request, response, files).catch((thrown: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' })
      response.end(thrown instanceof Error ? thrown.message : String(thrown))
    })
  })

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server's address is never a path

  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: ReturnType<typeof sirv>,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://page')
  if (pathname === '/favicon.ico') {
    response.writeHead(204).end()
    return
  }

  const name = /^\/([\w-]+)\.html$/.exec(pathname)?.[1]
  if (name !== undefined && existsSync(`${root}tests/pages/${name}.html`)) await buildPage(name)
  files(request, response, () => {
    response.writeHead(404).end(`no such page: ${pathname}`)
  })
}

async function buildPage(name: string): Promise<void> {
  await buildWithVite({
    name: `page-${name}`,
    sources: SOURCES,
    product: `${built}${name}.html`,
    args: ['--config', 'tests/pages/vite.config.ts'],
    environment: { CHIRAL_TEST_PAGE: name },
  })
}

function isolate(response: ServerResponse): void {
  response.setHeader('cross-origin-opener-policy', 'same-origin')
  response.setHeader('cross-origin-embedder-policy', 'require-corp')
  response.setHeader('cache-control', 'no-store')
}
