/**
 * `npm run dev`: Vite with hot reload, and our tracker on the same port, as the relay has it.
 * Flags: `--port 5173`, `--host 127.0.0.1`.
 */
import { parseArgs } from 'node:util'
import { ensureDependencies } from './lib/ensure-dependencies.mjs'
import { ensureNode } from './lib/ensure-node.mjs'
import { CannotGoOn, exitWith, ROOT } from './lib/run.mjs'
import { stopWithParent } from './lib/stop-with-parent.mjs'

const DEFAULT_PORT = '5173'

try {
  stopWithParent()
  process.chdir(ROOT)
  await ensureNode()
  await ensureDependencies()
  await serve(readFlags())
} catch (thrown) {
  exitWith(thrown)
}

function readFlags() {
  try {
    const { values } = parseArgs({
      options: { port: { type: 'string' }, host: { type: 'string' } },
    })
    const port = Number(values.port ?? process.env['PORT'] ?? DEFAULT_PORT)
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new CannotGoOn('The port must be a whole number from 0 to 65535.')
    }
    return { port, host: values.host ?? '127.0.0.1' }
  } catch (thrown) {
    if (thrown instanceof TypeError) throw new CannotGoOn(thrown.message)
    throw thrown
  }
}

/** @param {{ port: number, host: string }} flags */
async function serve({ port, host }) {
  // Imported here, not above: both need what `ensureDependencies` installs.
  const { createServer } = await import('vite')
  const { attachTracker } = await import('../relay/front-door.ts')
  const { makeLog } = await import('../relay/log.ts')
  const { makeWebTracker } = await import('../relay/web-tracker.ts')

  const vite = await createServer({ server: { port, host, strictPort: true } })
  const log = makeLog('warn')
  const tracker = makeWebTracker({ log })
  // Vite takes the upgrades of its own client only, so the two share the server. It is an HTTP/1
  // one: HTTP/2 comes with `server.https`, which is not set.
  const server = /** @type {import('node:http').Server} */ (vite.httpServer)
  attachTracker(server, tracker, log)
  await vite.listen()
  vite.printUrls()

  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.once(signal, () => {
      void Promise.all([vite.close(), tracker.close(0)]).then(() => process.exit(0))
    })
  }
}
