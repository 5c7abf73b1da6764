/**
 * `npm run dev`: Vite with hot reload, and our tracker, overlay, counted uses of invites and STUN on
 * the same port, as the relay has them. The overlay's identity is a new one each time, and so are the
 * counts.
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
  const { makeAdmission } = await import('../relay/admission.ts')
  const { attachOverlay, attachTracker, TRACKER_PATH } = await import('../relay/front-door.ts')
  const { makeLog } = await import('../relay/log.ts')
  const { OVERLAY_LIMITS } = await import('../relay/overlay/overlay-limits.ts')
  const { startOverlayRelay } = await import('../relay/overlay/overlay-relay.ts')
  const { makeKey } = await import('../relay/overlay/relay-key.ts')
  const { answerDescription, DESCRIPTION_PATH } = await import('../relay/relay-description.ts')
  const { openRedemptions } = await import('../relay/redemptions/redemptions.ts')
  const { makeRedemptionsDoor } = await import('../relay/redemptions/redemptions-door.ts')
  const { REDEMPTIONS_PATH } = await import('../src/engine/model/overlay-ids.ts')
  const { startStunServer } = await import('../relay/stun/stun-server.ts')
  const { makeWebTracker } = await import('../relay/web-tracker.ts')
  const { isLoopback } = await import('../relay/welcome.ts')

  const log = makeLog('warn')
  const redemptions = await openRedemptions({ folder: null, log })
  const door = makeRedemptionsDoor({ redemptions, admission: makeAdmission(), log })
  /** @type {import('../relay/relay-description.ts').RelayDescription | null} */
  let description = null
  const vite = await createServer({
    server: { port, host, strictPort: true },
    plugins: [
      {
        name: 'what-the-relay-answers',
        configureServer({ middlewares }) {
          middlewares.use((request, response, next) => {
            const path = request.url?.split('?', 1)[0]
            if (path === '/healthz') response.end('ok')
            else if (path === DESCRIPTION_PATH && description !== null) {
              answerDescription(request, response, description, false)
            } else if (path === REDEMPTIONS_PATH) {
              door.answer(request, response, null)
            } else next()
          })
        },
      },
    ],
  })
  const tracker = makeWebTracker({ log })
  // Vite takes the upgrades of its own client only, so they share the server. It is an HTTP/1 one:
  // HTTP/2 comes with `server.https`, which is not set.
  const server = /** @type {import('node:http').Server} */ (vite.httpServer)
  attachTracker(server, tracker, log)
  await vite.listen()

  const address = server.address()
  const opened = typeof address === 'object' && address !== null ? address.port : port
  const overlay = await startOverlayRelay({
    privateKey: await makeKey(),
    host,
    port: opened,
    directHost: host,
    publicEndpoint: null,
    tcpPort: null,
    peerRelays: [],
    trustProxy: false,
    limits: OVERLAY_LIMITS,
    log,
  })
  attachOverlay(server, overlay, log)
  const stun = await startStunServer({ host, port: opened, log }).catch(() => null)
  description = {
    peerId: overlay.peerId,
    addresses: overlay.announced,
    isPublic: false,
    trackerPath: TRACKER_PATH,
    stunPort: stun?.port ?? null,
    isStunLocal: isLoopback(host),
  }
  vite.printUrls()

  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.once(signal, () => {
      void Promise.all([vite.close(), tracker.close(0), overlay.close(0)]).then(() =>
        process.exit(0),
      )
    })
  }
}
