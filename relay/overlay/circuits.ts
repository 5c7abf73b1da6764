import { AsyncLocalStorage } from 'node:async_hooks'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import type { PeerId, Stream, StreamMiddleware } from '@libp2p/interface'
import { guardMessages } from './message-guard.ts'
import type { OverlayLimits } from './overlay-limits.ts'
import { withHandlers, withNewestFirst } from './service-components.ts'

/** The protocol in which a relay opens its half of a circuit to the peer that is called. */
export const STOP_PROTOCOL = '/libp2p/circuit/relay/0.2.0/stop'

/** Counts the circuits that run, bounds them, and makes fast senders wait for slow readers. */
export interface Circuits {
  /** Whether one more between these two would be one too many. */
  isFull(from: PeerId, to: PeerId): boolean
  /** The relay's service, to be given to libp2p in place of the library's own. */
  readonly service: ReturnType<typeof circuitRelayServer>
  /** To be put before the streams of `STOP_PROTOCOL`. */
  readonly onStopStream: StreamMiddleware
  readonly size: { readonly circuits: number; readonly relayedBytes: number }
}

/** Half a circuit: the caller's stream, while the library opens the other one. */
interface Caller {
  readonly stream: Stream
  readonly peer: PeerId
}

/**
 * Around the circuit relay server of the library, which joins two streams by queues without an
 * end: a caller that sends faster than the other side reads fills the relay's memory with as much
 * as the data limit allows, for each circuit (4.2.13, `utils.ts`). Here reading stops before that.
 *
 * The library tells nobody which stream it joins with which, but opens the second while it handles
 * the first, so the async context connects the two.
 */
export function makeCircuits(limits: OverlayLimits): Circuits {
  const handling = new AsyncLocalStorage<Caller>()
  const perCaller = makeTally()
  const perCalled = makeTally()
  let circuits = 0
  let relayedBytes = 0

  const join = (caller: Caller, called: Stream, calledPeer: PeerId): void => {
    circuits++
    perCaller.add(caller.peer)
    perCalled.add(calledPeer)
    const count = (bytes: number): void => void (relayedBytes += bytes)
    paceReading(caller.stream, called, limits.circuitBacklog, count)
    paceReading(called, caller.stream, limits.circuitBacklog, count)

    let isOver = false
    const end = (): void => {
      if (isOver) return
      isOver = true
      circuits--
      perCaller.remove(caller.peer)
      perCalled.remove(calledPeer)
    }
    for (const stream of [caller.stream, called]) {
      stream.addEventListener('close', end, { once: true })
    }
  }

  const server = circuitRelayServer({
    reservations: {
      maxReservations: limits.reservations,
      reservationTtl: limits.reservationLifetime,
      defaultDurationLimit: limits.circuitDuration,
      defaultDataLimit: BigInt(limits.circuitBytes),
    },
    hopTimeout: limits.circuitSetUpTimeout,
    // Reservations are asked for on such streams too.
    maxInboundHopStreams: limits.circuitsFromPeer + 2,
    maxOutboundStopStreams: limits.circuitsToPeer,
  })

  return {
    isFull: (from, to) =>
      circuits >= limits.circuits ||
      perCaller.of(from) >= limits.circuitsFromPeer ||
      perCalled.of(to) >= limits.circuitsToPeer,

    service: (components) =>
      server(
        withHandlers(withNewestFirst(components), (handler) => (stream, connection) => {
          guardMessages(stream, limits.circuitMessageBytes, 1)
          const caller = { stream, peer: connection.remotePeer }
          return handling.run(caller, () => handler(stream, connection))
        }),
      ),

    // Who listens hears what comes, and the library does not yet: but a peer that is called speaks
    // only after it was asked to.
    onStopStream(stream, connection, next) {
      guardMessages(stream, limits.circuitMessageBytes, 1)
      const caller = handling.getStore()
      if (caller !== undefined) join(caller, stream, connection.remotePeer)
      next(stream, connection)
    },

    get size() {
      return { circuits, relayedBytes }
    },
  }
}

/** Stops reading from `source` while more than `backlog` bytes of it wait to be sent to `sink`. */
function paceReading(
  source: Stream,
  sink: Stream,
  backlog: number,
  count: (bytes: number) => void,
): void {
  let waiting = 0
  let isPaused = false

  const pause = (): void => {
    if (isPaused || waiting <= backlog || source.readStatus !== 'readable') return
    isPaused = true
    source.pause()
  }
  const resume = (): void => {
    if (!isPaused) return
    isPaused = false
    if (source.readStatus === 'paused') source.resume()
  }

  source.addEventListener('message', ({ data }) => {
    waiting += data.byteLength
    count(data.byteLength)
    // Not at once: a stream that is paused while it resumes goes on asking for more.
    if (waiting > backlog) queueMicrotask(pause)
  })
  // Otherwise what was read and not passed on yet would be lost with the end of the stream.
  source.addEventListener('remoteCloseWrite', resume)

  const send = sink.send.bind(sink)
  sink.send = (data) => {
    const canSendMore = send(data)
    // The few bytes of setting up count on one side only, hence not below nothing.
    waiting = Math.max(0, waiting - data.byteLength)
    if (waiting <= backlog / 2) resume()
    return canSendMore
  }
}

/** How many each peer has; peers with none take no room. */
function makeTally() {
  const counts = new Map<string, number>()
  return {
    of: (peer: PeerId): number => counts.get(peer.toString()) ?? 0,
    add(peer: PeerId): void {
      counts.set(peer.toString(), this.of(peer) + 1)
    },
    remove(peer: PeerId): void {
      const left = this.of(peer) - 1
      if (left > 0) counts.set(peer.toString(), left)
      else counts.delete(peer.toString())
    },
  }
}
