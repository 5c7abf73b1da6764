import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import { makePacedInbox } from './paced-inbox.ts'
import type { Log } from './log.ts'
import { refuseConnection } from './refuse-connection.ts'
import { TrackerConnection } from './tracker-connection.ts'
import { TRACKER_LIMITS, type TrackerLimits } from './tracker-limits.ts'
import { parseTrackerMessage, type Announce, type Failure } from './tracker-messages.ts'
import { announceReply, failureReply, forwardedAnswer } from './tracker-replies.ts'
import { forwardedOffer, scrapeReply } from './tracker-replies.ts'
import { makeTrackerSwarms } from './tracker-swarms.ts'

/** A WebTorrent-compatible tracker: introduces browsers to each other, and carries no content. */
export interface WebTracker {
  /** Takes over a connection that asked to become a WebSocket. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void

  readonly size: {
    readonly connections: number
    readonly swarms: number
    readonly memberships: number
  }

  /** Says goodbye to everybody (code 1001), and cuts off who has not left after `grace` ms. */
  close(grace: number): Promise<void>
}

export interface WebTrackerDeps {
  readonly log: Log
  readonly limits?: TrackerLimits
  readonly now?: () => number
  readonly random?: () => number
}

export function makeWebTracker({
  log,
  limits = TRACKER_LIMITS,
  now = () => performance.now(),
  random = Math.random,
}: WebTrackerDeps): WebTracker {
  const swarms = makeTrackerSwarms<TrackerConnection>({ limits, now, random })
  const connections = new Set<TrackerConnection>()
  let closed: (() => void) | undefined

  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.frameBytes,
    // A few compressed bytes must not become megabytes.
    perMessageDeflate: false,
    ...NEWER_LIMITS,
  })
  server.on('wsClientError', (_error, socket) => {
    refuseConnection(socket, 400, 'This is not a WebSocket handshake that the tracker understands.')
  })

  const heartbeat = setInterval(() => {
    for (const connection of connections) connection.beat()
    swarms.sweep()
  }, limits.heartbeat)
  heartbeat.unref()

  const drop = (connection: TrackerConnection): void => {
    swarms.leave(connection)
    connections.delete(connection)
    if (connections.size === 0) closed?.()
  }

  const fail = (connection: TrackerConnection, failure: Failure): void => {
    log.debug('tracker refused a message', { reason: failure.reason })
    connection.send(failureReply(failure))
  }

  const announce = (connection: TrackerConnection, request: Announce): void => {
    const { infoHash, peerId } = request
    const result = swarms.announce(connection, request)
    if (result.type === 'refused') {
      return fail(connection, { action: 'announce', infoHash, reason: result.reason })
    }
    connection.send(announceReply(infoHash, result.counts, limits.announceInterval))
    for (const { to, offer } of result.offers) to.send(forwardedOffer(infoHash, peerId, offer))
  }

  /**
   * A page that lost its network comes back with the peer id that its dead connection still
   * holds. Whoever holds an id is asked whether it lives; only the silent one loses it.
   */
  const claim = async (
    holder: TrackerConnection,
    connection: TrackerConnection,
    request: Announce,
  ): Promise<void> => {
    if (await holder.probe()) {
      const reason = 'This peer_id is in use by another connection.'
      return fail(connection, { action: 'announce', infoHash: request.infoHash, reason })
    }
    drop(holder)
    holder.terminate()
    if (connections.has(connection)) await serveAnnounce(connection, request)
  }

  const serveAnnounce = (
    connection: TrackerConnection,
    request: Announce,
  ): void | Promise<void> => {
    const holder = swarms.holderOf(request.infoHash, request.peerId)
    const isFree = holder === undefined || holder === connection
    return isFree ? announce(connection, request) : claim(holder, connection, request)
  }

  const serve = (connection: TrackerConnection, text: string): void | Promise<void> => {
    const parsed = parseTrackerMessage(text, limits)
    if (!parsed.ok) {
      fail(connection, parsed.failure)
      if (connection.strike()) connection.close(POLICY_VIOLATION, 'Too many malformed messages.')
      return
    }

    const { request } = parsed
    switch (request.action) {
      case 'announce':
        return serveAnnounce(connection, request)
      case 'answer': {
        const { infoHash, peerId, offerId, sdp } = request
        // Late answers are everyday life: the other side left, or somebody was faster.
        swarms.answer(connection, request)?.send(forwardedAnswer(infoHash, peerId, offerId, sdp))
        return
      }
      case 'scrape': {
        const counts = request.infoHashes.map((hash) => [hash, swarms.scrape(hash)] as const)
        return connection.send(scrapeReply(counts, limits.announceInterval))
      }
    }
  }

  /** A bug of ours costs the connection that found it, not the process. */
  const serveSafely = (connection: TrackerConnection, text: string): void | Promise<void> => {
    const giveUp = (thrown: unknown): void => {
      log.error('tracker bug', {
        stack: thrown instanceof Error ? (thrown.stack ?? '') : 'unknown',
      })
      connection.terminate()
    }
    try {
      return serve(connection, text)?.catch(giveUp)
    } catch (thrown) {
      giveUp(thrown)
    }
  }

  const accept = (socket: WebSocket): void => {
    const connection = new TrackerConnection(socket, limits)
    const inbox = makePacedInbox<string>({
      pace: { messages: limits.messages, window: limits.messageWindow },
      source: socket,
      now,
      handle: (text) => serveSafely(connection, text),
    })

    connections.add(connection)
    socket.on('message', (data) => {
      connection.showLife()
      inbox.push(textOf(data))
    })
    // `ws` answers a malformed frame with a close code; without a listener it ends the process.
    socket.on('error', (error) => log.debug('tracker socket failed', { reason: error.message }))
    socket.on('close', () => {
      inbox.stop()
      drop(connection)
    })
  }

  return {
    handleUpgrade(request, socket, head) {
      if (connections.size >= limits.connections || closed !== undefined) {
        return refuseConnection(socket, 503, 'The tracker is full or stopping.')
      }
      server.handleUpgrade(request, socket, head, accept)
    },

    get size() {
      return { connections: connections.size, ...swarms.size }
    },

    async close(grace) {
      clearInterval(heartbeat)
      const everybodyLeft = new Promise<void>((resolve) => (closed = resolve))
      if (connections.size === 0) closed?.()
      for (const connection of connections) connection.close(GOING_AWAY, 'The relay is stopping.')
      const cut = setTimeout(() => {
        for (const connection of connections) connection.terminate()
      }, grace)
      await everybodyLeft
      clearTimeout(cut)
    },
  }
}

/** RFC 6455 §7.4.1. */
const GOING_AWAY = 1001
const POLICY_VIOLATION = 1008

/** Options of `ws` 8.23 that its types do not know yet. */
const NEWER_LIMITS = {
  /** For the other side to answer a close frame, in ms. */
  closeTimeout: 2_000,
  /** A browser sends a message of this size in one frame. */
  maxFragments: 64,
  /** One for each read of the socket that a frame took. */
  maxBufferedChunks: 1024,
}

/** JSON may come in a text or in a binary frame. */
function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString()
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString()
}
