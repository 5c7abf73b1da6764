import { fileURLToPath } from 'node:url'
import { build as buildVite, type Plugin } from 'vite'
import solid from 'vite-plugin-solid'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const shim = (name: string) => here(`./src/engine/adapters/shims/${name}`)

/**
 * WebTorrent keeps the wire protocol and the bookkeeping of pieces; its ways of finding peers,
 * its WebRTC, its server and its store are ours, so they are left out of the bundle.
 * (Its store, merely imported, deletes the OPFS folder `chunks`.)
 */
const LEFT_OUT: ReadonlyArray<readonly [RegExp, string]> = [
  [/^\.\/lib\/conn-pool\.js$/, shim('empty.ts')],
  [/^\.\/lib\/server\.js$/, shim('no-server.ts')],
  [/^\.\/conn-pool\.js$/, shim('empty.ts')],
  [/^torrent-discovery$/, shim('no-discovery.ts')],
  [/^@thaunknown\/simple-peer\/lite\.js$/, shim('empty.ts')],
  [/^(fs|fsa)-chunk-store$/, shim('empty.ts')],
  [/^load-ip-set$/, shim('empty.ts')],
]

function leaveOutOfWebTorrent(): Plugin {
  return {
    name: 'leave-out-of-webtorrent',
    enforce: 'pre',
    resolveId(source, importer) {
      if (importer === undefined || !/node_modules[\\/]webtorrent[\\/]/.test(importer)) return null
      return LEFT_OUT.find(([pattern]) => pattern.test(source))?.[1] ?? null
    },
  }
}

/**
 * The service worker, bundled by itself into one classic script at the root: its scope is the whole
 * page, and Firefox knew no modules there for long. A list of the page's files to keep for offline
 * use is known in `generateBundle` and can be given to it by `define`.
 */
function serviceWorker(): Plugin {
  const name = 'service.worker.js'
  const bundle = async (): Promise<string> => {
    const built = await buildVite({
      configFile: false,
      logLevel: 'warn',
      publicDir: false,
      build: {
        write: false,
        target: 'esnext',
        lib: {
          entry: here('./src/workers/service.worker.ts'),
          formats: ['iife'],
          name: 'serviceWorker',
        },
      },
    })
    // Of one entry in one format there is one output; `write: false` is no watcher.
    const [output] = Array.isArray(built) ? built : []
    const chunk = output?.output[0]
    if (chunk === undefined) throw new Error('the service worker was not built')
    return chunk.code
  }
  return {
    name: 'service-worker',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: name, source: await bundle() })
    },
    configureServer(server) {
      server.middlewares.use(`/${name}`, (_request, response, next) => {
        bundle().then((code) => {
          response.setHeader('content-type', 'text/javascript')
          response.end(code)
        }, next)
      })
    },
  }
}

const build = process.env['CHIRAL_BUILD'] ?? Date.now().toString(36)

export default defineConfig({
  plugins: [solid(), serviceWorker()],
  define: { __CHIRAL_BUILD__: JSON.stringify(build) },
  resolve: { alias: [{ find: /^path$/, replacement: shim('path.ts') }] },
  optimizeDeps: {
    include: ['webtorrent'],
    rolldownOptions: { plugins: [leaveOutOfWebTorrent()] },
  },
  worker: { format: 'es', plugins: () => [leaveOutOfWebTorrent()] },
  build: { target: 'esnext', sourcemap: true },
  test: {
    // Said here too, or the Solid plugin asks for jsdom.
    environment: 'node',
    projects: [
      {
        extends: true,
        resolve: { conditions: ['browser'] },
        test: {
          name: 'unit',
          include: [
            'tests/architecture.test.ts',
            'tests/unit/**/*.test.{ts,tsx}',
            'tests/contract/**/*.node.test.ts',
          ],
          environment: 'node',
        },
      },
      // The others are plain Node: the page's plugins and conditions would give them browser builds.
      {
        extends: false,
        test: { name: 'relay', include: ['tests/relay/**/*.test.ts'], environment: 'node' },
      },
      {
        extends: false,
        test: {
          name: 'browser',
          include: ['tests/{contract,worker,swarm,chaos}/**/*.browser.test.ts'],
          environment: 'node',
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: false,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          environment: 'node',
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
