import type {
  RtcBudget,
  RtcConfig,
  RtcConnections,
  RtcFailure,
} from '../../engine/contracts/rtc.ts'
import { SECOND, type Millis } from '../../engine/model/units.ts'
import type { ConnectionId, RtcToPage, RtcToWorker } from '../protocol/rtc.ts'
import { makeRtcBudget } from './rtc-budget.ts'
import type { Bridge, Place } from './rtc-place.ts'
import { ShimConnection } from './shim-connection.ts'
import { ShimIceCandidate, ShimSessionDescription } from './signal-classes.ts'

/**
 * From its making to `connected`. Covers gathering, signalling by way of a tracker and ICE's own
 * checks; an offer nobody answers gives its seat back after this.
 */
export const CONNECT_WITHIN: Millis = 30 * SECOND

export interface RtcShimOptions {
  readonly maxLive?: number
  readonly maxPending?: number
  readonly connectWithin?: Millis
  /** Runs `run` after a time unless the answer is called first; replaced in tests. */
  readonly schedule?: (run: () => void, after: Millis) => () => void
}

export interface RtcShim extends RtcConnections {
  /** Live at once, from now on. Connections above a lowered maximum stay. */
  setMaxConnections(maxLive: number): void
  /** Gives up every connection whose other side cannot be reached just now. */
  dropUnreachable(): void
  /** Closes every connection and lets go of the port. */
  stop(): void
}

/**
 * Gives this worker WebRTC: connections for the engine, and the three classes on `globalThis`
 * for libp2p, which reads them when its module is evaluated. So this runs before that import.
 * Takes over `port`; the other end belongs to the page's `makeRtcHost`.
 */
export function installRtcShim(port: MessagePort, options: RtcShimOptions = {}): RtcShim {
  const shim = makeRtcShim(port, options)
  class WorkerConnection extends ShimConnection {
    constructor(config?: RtcConfig) {
      super(shim.bridge, config)
    }
  }
  Object.assign(globalThis, {
    RTCPeerConnection: WorkerConnection,
    RTCSessionDescription: ShimSessionDescription,
    RTCIceCandidate: ShimIceCandidate,
  })
  return shim
}

/** The same without touching `globalThis`. */
export function makeRtcShim(
  port: MessagePort,
  options: RtcShimOptions = {},
): RtcShim & { readonly bridge: Bridge<ShimConnection> } {
  const { connectWithin = CONNECT_WITHIN, schedule = scheduleByTimer } = options
  const budget = makeRtcBudget(options.maxLive, options.maxPending)
  const connections = new Map<ConnectionId, ShimConnection>()
  let nextId: ConnectionId = 1
  let pageGone = false

  const post = (message: RtcToPage, transfer: Transferable[] = []) => {
    if (!pageGone) port.postMessage(message, transfer)
  }

  const enter = (connection: ShimConnection): Place | RtcFailure => {
    if (pageGone) return 'page-gone'
    const seat = budget.admit()
    if (seat === null) return 'budget'
    const id = nextId++
    connections.set(id, connection)
    const cancelDeadline = schedule(() => connection.fail('deadline'), connectWithin)
    return {
      id,
      connected() {
        cancelDeadline()
        seat.connected()
      },
      leave() {
        cancelDeadline()
        seat.release()
        connections.delete(id)
      },
    }
  }

  const loseAll = () => {
    pageGone = true
    for (const connection of [...connections.values()]) connection.fail('page-gone')
    port.close()
  }

  port.onmessage = ({ data }: MessageEvent<RtcToWorker>) => {
    if (data.type === 'gone') return loseAll()
    const connection = connections.get(data.connection)
    if (connection !== undefined) connection.take(data)
    // It was closed here while its channel was on the way; nobody else would close this.
    else if (data.type === 'channel') data.carried?.close()
  }

  const bridge: Bridge<ShimConnection> = { enter, post }
  return {
    bridge,
    make: (config) => new ShimConnection(bridge, config),
    budget: budget satisfies RtcBudget,
    setMaxConnections: (maxLive) => budget.setMaxLive(maxLive),
    dropUnreachable() {
      for (const connection of [...connections.values()]) {
        if (connection.connectionState === 'disconnected') connection.fail('unreachable')
      }
    },
    stop() {
      for (const connection of [...connections.values()]) connection.close()
      pageGone = true
      port.close()
    },
  }
}

function scheduleByTimer(run: () => void, after: Millis): () => void {
  const timer = setTimeout(run, after)
  return () => clearTimeout(timer)
}
