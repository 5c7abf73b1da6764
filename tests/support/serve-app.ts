import { fileURLToPath } from 'node:url'
import { startRelay } from '../../relay/relay.ts'
import { buildApp } from '../../scripts/lib/build-app.mjs'

/** The real app behind the real relay, with its headers and its tracker. */
export interface AppServer {
  /** `http://127.0.0.1:<port>/` */
  readonly url: string
  readonly port: number
  /** The web tracker of this relay. */
  readonly tracker: string
  /** libp2p peer id of this relay; a new one each time. */
  readonly peerId: string
  /** Multiaddrs of its WebSocket, with the peer id. The page learns the same at `/relay.json`. */
  readonly overlay: readonly string[]
  close(): Promise<void>
}

/** Builds the app unless its sources are as they were at the last build. */
export async function serveApp({ host = '127.0.0.1' } = {}): Promise<AppServer> {
  await buildApp()
  const appFolder = fileURLToPath(new URL('../../dist', import.meta.url))
  const relay = await startRelay({ host, port: 0, appFolder, logLevel: 'warn' })
  return {
    url: `${relay.url}/`,
    port: relay.port,
    tracker: `${relay.url.replace(/^http/, 'ws')}/announce`,
    // `startRelay` starts the overlay unless it is told not to.
    peerId: relay.peerId!,
    overlay: relay.addresses,
    close: () => relay.close(),
  }
}
