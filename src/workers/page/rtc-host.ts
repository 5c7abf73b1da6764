import { toCause } from '../../engine/model/errors.ts'
import type { ConnectionConfig, ConnectionId, RtcToPage } from '../protocol/rtc.ts'
import { holdConnection, type HeldConnection, type PostToWorker } from './held-connection.ts'

export interface RtcHostDeps {
  /** The page's end of the rtc port; the worker's `installRtcShim` has the other. */
  readonly port: MessagePort
  /** False carries every byte by the port, as browsers do that cannot transfer a channel. */
  readonly transferChannels?: boolean
}

export interface RtcHost {
  /** Connections held now. */
  readonly live: number
  /** Closes every connection and tells the worker, if there is one. Safe to call twice. */
  stop(): void
}

/**
 * Holds the peer connections of the worker, which cannot have any. How many there may be is the
 * worker's to say: it must answer at once, and the port keeps its `close` before the next `open`.
 *
 * Whoever sees the worker end must call `stop()`. Seen in Chromium 156 and Firefox 153: a port
 * fires no `close` event when the worker at its other end is terminated, and the connections
 * stay up; Chromium even keeps the channels that were transferred into it open.
 */
export function makeRtcHost({ port, transferChannels = true }: RtcHostDeps): RtcHost {
  const connections = new Map<ConnectionId, HeldConnection>()
  let stopped = false

  const post: PostToWorker = (message, transfer = []) => port.postMessage(message, transfer)

  const open = (id: ConnectionId, config: ConnectionConfig, takesChannels: boolean) => {
    try {
      const connection = new RTCPeerConnection(mutable(config))
      const held = holdConnection({
        id,
        connection,
        transferChannels: transferChannels && takesChannels,
        post,
      })
      connections.set(id, held)
    } catch (thrown) {
      const { name, message } = toCause(thrown)
      post({ type: 'refused', connection: id, cause: { name, message } })
    }
  }

  const stop = () => {
    if (stopped) return
    stopped = true
    removeEventListener('pagehide', onPageHide)
    for (const held of connections.values()) held.close()
    connections.clear()
    post({ type: 'gone' })
    port.close()
  }

  // A page that is only put away may come back with everything as it was.
  const onPageHide = ({ persisted }: PageTransitionEvent) => {
    if (!persisted) stop()
  }

  addEventListener('pagehide', onPageHide)
  port.onmessage = ({ data }: MessageEvent<RtcToPage>) => {
    if (data.type === 'open') return open(data.connection, data.config, data.takesChannels)
    if (data.type !== 'close') return connections.get(data.connection)?.take(data)
    connections.get(data.connection)?.close()
    connections.delete(data.connection)
  }

  return {
    get live() {
      return connections.size
    },
    stop,
  }
}

/** The standard's own type has no `readonly`. */
function mutable({ iceServers, iceTransportPolicy }: ConnectionConfig): RTCConfiguration {
  return {
    iceServers: iceServers.map((server) => ({ ...server, urls: [...server.urls] })),
    iceTransportPolicy,
  }
}
