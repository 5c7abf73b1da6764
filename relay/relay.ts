import type { Server } from 'node:http'
import { isIPv6, type Socket } from 'node:net'
import { makeAdmission } from './admission.ts'
import { readAppFiles } from './app-files.ts'
import type { RelayConfig } from './config.ts'
import { makeFrontDoor, TRACKER_PATH } from './front-door.ts'
import { makeLog, type Log } from './log.ts'
import { startMetricsServer, type MetricsServer, type RelayFigures } from './metrics-server.ts'
import { OVERLAY_LIMITS, type OverlayLimits } from './overlay/overlay-limits.ts'
import {
  startOverlayRelay,
  type OverlayRelay,
  type OverlayRelayInit,
} from './overlay/overlay-relay.ts'
import { endpointOfUrl } from './overlay/relay-addresses.ts'
import { loadOrCreateKey, makeKey } from './overlay/relay-key.ts'
import { startStunServer, type StunServer } from './stun/stun-server.ts'
import { openRedemptions, type Redemptions } from './redemptions/redemptions.ts'
import { makeRedemptionsDoor } from './redemptions/redemptions-door.ts'
import { isLoopback } from './welcome.ts'
import { makeWebTracker } from './web-tracker.ts'

export interface Relay {
  /** With the port that was really opened, without a trailing slash. */
  readonly url: string
  readonly port: number
  /** Files of the page; 0 when the tracker is served alone. */
  readonly fileCount: number
  /** Of the overlay's node; `null` when there is no overlay. */
  readonly peerId: string | null
  /** Multiaddrs of the overlay's node, with its peer id. */
  readonly addresses: readonly string[]
  /** Where `/metrics` is, on the loopback interface; `null` when it is not served. */
  readonly metricsPort: number | null

  /** Stops accepting, says goodbye, and resolves within two seconds. Safe to call twice. */
  close(): Promise<void>
}

/** An expected reason not to start, as one sentence for the person who tried. */
export class RelayCannotStart extends Error {
  override readonly name = 'RelayCannotStart'
}

/** How long connections have to end by themselves, in ms. */
const GRACE = 1_500

/** Rejects with `RelayCannotStart` when the port is taken or there is no page to serve. */
export async function startRelay(
  config: RelayConfig,
  log: Log = makeLog(config.logLevel),
  overlayLimits: OverlayLimits = OVERLAY_LIMITS,
): Promise<Relay> {
  const app = config.appFolder === null ? null : readAppFiles(config.appFolder)
  if (app === null && config.appFolder !== null) {
    throw new RelayCannotStart(
      `There is no built page in ${config.appFolder}. Run "npm run build" first, or start with --no-app.`,
    )
  }

  const wantsOverlay = config.overlay ?? true
  const key = wantsOverlay ? await keyOf(config) : null
  const redemptions = await redemptionsOf(config, log)
  const tracker = makeWebTracker({ log })
  const admission = makeAdmission()
  const trustProxy = config.trustProxy ?? false
  let overlay: OverlayRelay | null = null
  let stun: StunServer | null = null
  let metrics: MetricsServer | null = null
  let isStopping = false
  const server = makeFrontDoor({
    tracker,
    admission,
    redemptions: makeRedemptionsDoor({ redemptions, admission, log }),
    trustProxy,
    app,
    overlay: () => overlay,
    description: () =>
      overlay === null
        ? null
        : {
            peerId: overlay.peerId,
            addresses: overlay.announced,
            isPublic: config.publicUrl != null,
            trackerPath: TRACKER_PATH,
            stunPort: stun?.port ?? null,
            isStunLocal: isLoopback(config.directHost ?? config.host),
          },
    isReady: () => !isStopping && (overlay !== null || !wantsOverlay),
    log,
  })
  // `closeAllConnections` knows nothing of sockets that were upgraded, `server.close` waits for them.
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const port = await listen(server, config).catch(async (error: unknown) => {
    await Promise.all([tracker.close(0), redemptions.close()])
    throw error
  })
  try {
    stun = await startStun(config, port, log)
    if (key !== null)
      overlay = await startOverlay(config, { privateKey: key, port, limits: overlayLimits, log })
    metrics = await startMetrics(config, () => ({
      tracker: tracker.size,
      redemptions: redemptions.size,
      overlay: overlay?.size ?? null,
      stunAnswers: stun?.answered ?? null,
    }))
  } catch (thrown) {
    server.close()
    server.closeAllConnections()
    await Promise.all([tracker.close(0), overlay?.close(0), stun?.close(), redemptions.close()])
    throw thrown
  }
  log.info('relay started', { port })

  const stop = async (): Promise<void> => {
    isStopping = true
    log.info('relay stopping', { ...tracker.size, reservations: overlay?.size.reservations ?? 0 })
    const serverClosed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeIdleConnections()
    const cut = setTimeout(() => {
      for (const socket of sockets) socket.destroy()
    }, GRACE)
    await Promise.all([
      tracker.close(GRACE),
      overlay?.close(GRACE),
      stun?.close(),
      metrics?.close(),
      serverClosed,
    ])
    clearTimeout(cut)
    await redemptions.close()
    log.info('relay stopped')
  }
  let stopping: Promise<void> | undefined

  return {
    url: urlOf(config.host, port),
    port,
    fileCount: app?.count ?? 0,
    peerId: overlay?.peerId ?? null,
    addresses: overlay?.announced.map((address) => `${address}/p2p/${overlay?.peerId}`) ?? [],
    metricsPort: metrics?.port ?? null,
    close: () => (stopping ??= stop()),
  }
}

async function keyOf({ dataFolder }: RelayConfig) {
  if (dataFolder == null) return makeKey()
  try {
    return await loadOrCreateKey(dataFolder)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new RelayCannotStart(
      `The relay's key cannot be kept in ${dataFolder}: ${reason.replace(/\.$/, '')}. Choose another folder with --data.`,
      { cause },
    )
  }
}

async function redemptionsOf({ dataFolder = null }: RelayConfig, log: Log): Promise<Redemptions> {
  try {
    return await openRedemptions({ folder: dataFolder, log })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new RelayCannotStart(
      `The uses of invites cannot be kept in ${dataFolder}: ${reason.replace(/\.$/, '')}. Choose another folder with --data.`,
      { cause },
    )
  }
}

async function startOverlay(
  config: RelayConfig,
  rest: Pick<OverlayRelayInit, 'privateKey' | 'port' | 'limits' | 'log'>,
): Promise<OverlayRelay> {
  const publicUrl = config.publicUrl ?? null
  try {
    return await startOverlayRelay({
      ...rest,
      host: config.host,
      directHost: config.directHost ?? config.host,
      publicEndpoint: publicUrl === null ? null : endpointOfUrl(publicUrl),
      tcpPort: config.libp2pTcpPort ?? null,
      peerRelays: config.peerRelays ?? [],
      trustProxy: config.trustProxy ?? false,
    })
  } catch (cause) {
    // The only thing that it opens is the TCP port; libp2p's own sentence is a page long.
    if (config.libp2pTcpPort == null) throw cause
    throw new RelayCannotStart(
      `TCP port ${config.libp2pTcpPort} cannot be opened for libp2p. Choose another with --libp2p-tcp.`,
      { cause },
    )
  }
}

/** Without a port of its own it takes the number of the HTTP port, if that is free for UDP. */
async function startStun(
  { host, directHost = host, stunPort }: RelayConfig,
  httpPort: number,
  log: Log,
): Promise<StunServer | null> {
  if (stunPort === null) return null
  const port = stunPort ?? httpPort
  try {
    return await startStunServer({ host: directHost, port, log })
  } catch (cause) {
    if (stunPort === undefined) {
      log.warn('no STUN: its UDP port cannot be opened', { port })
      return null
    }
    throw new RelayCannotStart(
      `UDP port ${port} cannot be opened for STUN. Choose another with --stun-port, or --no-stun.`,
      { cause },
    )
  }
}

async function startMetrics(
  { metricsPort }: RelayConfig,
  figures: () => RelayFigures,
): Promise<MetricsServer | null> {
  if (metricsPort == null) return null
  try {
    return await startMetricsServer(metricsPort, figures)
  } catch (cause) {
    throw new RelayCannotStart(
      `Port ${metricsPort} cannot be opened for metrics. Choose another with --metrics-port.`,
      { cause },
    )
  }
}

function listen(server: Server, { port, host }: RelayConfig): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new RelayCannotStart(whyNotListening(error, host, port), { cause: error }))
    })
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function whyNotListening(error: NodeJS.ErrnoException, host: string, port: number): string {
  const code = error.code ?? ''
  if (code === 'EADDRINUSE') {
    return `Port ${port} is already in use. Stop what uses it, or choose another with --port.`
  }
  if (code === 'EACCES') {
    return `This user may not open port ${port}. Choose one above 1023 with --port.`
  }
  if (['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(code)) {
    return `${host} is not an address of this machine. Choose another with --host.`
  }
  return `The relay cannot listen on ${host}, port ${port}: ${error.message}`
}

function urlOf(host: string, port: number): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`
}
