import {
  ConnectionFailedError,
  serviceCapabilities,
  transportSymbol,
  type ComponentLogger,
  type Connection,
  type CreateListenerOptions,
  type DialTransportOptions,
  type Listener,
  type ListenerEvents,
  type Transport,
  type Upgrader,
} from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { WebSockets, WebSocketsSecure } from '@multiformats/multiaddr-matcher'
import { multiaddrToUri } from '@multiformats/multiaddr-to-uri'
import { TypedEventEmitter } from 'main-event'
import { WebSocket } from 'ws'
import { makeWebSocketConnection } from './web-socket-connection.ts'

/** What a `ws` socket of ours may do; the same for both directions. */
export const SOCKET_LIMITS = {
  /** A Noise message is 64 KiB at most, and a sender may put a few into one frame. */
  maxPayload: 1024 * 1024,
  /** A few compressed bytes must not become megabytes, and ciphertext does not compress. */
  perMessageDeflate: false,
} as const

const DIAL_TIMEOUT = 10_000

/** Sockets that somebody else accepted go in here and come out as libp2p connections. */
export interface SocketInlet {
  /**
   * Takes over an open socket. Resolves once its other side has proved who it is, rejects when it
   * could not; the socket is closed then.
   */
  accept(socket: WebSocket, remoteAddr: Multiaddr): Promise<void>
}

/**
 * A libp2p transport that opens no port: the front door owns the one that there is, and hands over
 * the sockets that it has admitted. A listener of its own would need a second socket for each
 * peer, would not know where a peer really comes from, and could be reached around the front door.
 *
 * @param inlet told once the node listens, and `null` once it no longer does.
 */
export function webSocketTransport(inlet: (inlet: SocketInlet | null) => void) {
  return (components: { readonly logger: ComponentLogger }): Transport =>
    new WebSocketTransport(components.logger, inlet)
}

class WebSocketTransport implements Transport {
  readonly [Symbol.toStringTag] = 'chiral-web-socket'
  readonly [transportSymbol] = true as const
  readonly [serviceCapabilities] = ['@libp2p/transport']
  readonly #logger: ComponentLogger
  readonly #inlet: (inlet: SocketInlet | null) => void

  constructor(logger: ComponentLogger, inlet: (inlet: SocketInlet | null) => void) {
    this.#logger = logger
    this.#inlet = inlet
  }

  async dial(address: Multiaddr, options: DialTransportOptions): Promise<Connection> {
    const socket = await openSocket(multiaddrToUri(address), options.signal)
    const connection = makeWebSocketConnection({
      socket,
      remoteAddr: address,
      direction: 'outbound',
      log: this.#logger.forComponent('chiral:web-socket:connection'),
    })
    return options.upgrader.upgradeOutbound(connection, options)
  }

  createListener({ upgrader }: CreateListenerOptions): Listener {
    return new InletListener(this.#logger, upgrader, this.#inlet)
  }

  listenFilter(addresses: Multiaddr[]): Multiaddr[] {
    return addresses.filter((address) => WebSockets.exactMatch(address))
  }

  dialFilter(addresses: Multiaddr[]): Multiaddr[] {
    return addresses.filter(
      (address) => WebSockets.exactMatch(address) || WebSocketsSecure.exactMatch(address),
    )
  }
}

class InletListener extends TypedEventEmitter<ListenerEvents> implements Listener, SocketInlet {
  readonly #logger: ComponentLogger
  readonly #upgrader: Upgrader
  readonly #inlet: (inlet: SocketInlet | null) => void
  readonly #stopping = new AbortController()
  #addresses: Multiaddr[] = []

  constructor(
    logger: ComponentLogger,
    upgrader: Upgrader,
    inlet: (inlet: SocketInlet | null) => void,
  ) {
    super()
    this.#logger = logger
    this.#upgrader = upgrader
    this.#inlet = inlet
  }

  async listen(address: Multiaddr): Promise<void> {
    this.#addresses = [address]
    this.#inlet(this)
    this.safeDispatchEvent('listening')
  }

  getAddrs(): Multiaddr[] {
    return this.#addresses
  }

  updateAnnounceAddrs(): void {
    // Nothing to add: no certificate hashes here.
  }

  async close(): Promise<void> {
    this.#inlet(null)
    this.#addresses = []
    this.#stopping.abort()
    this.safeDispatchEvent('close')
  }

  async accept(socket: WebSocket, remoteAddr: Multiaddr): Promise<void> {
    const connection = makeWebSocketConnection({
      socket,
      remoteAddr,
      direction: 'inbound',
      log: this.#logger.forComponent('chiral:web-socket:connection'),
    })
    try {
      await this.#upgrader.upgradeInbound(connection, { signal: this.#stopping.signal })
    } catch (thrown) {
      connection.abort(thrown instanceof Error ? thrown : new Error(String(thrown)))
      throw thrown
    }
  }
}

function openSocket(url: string, signal: AbortSignal): Promise<WebSocket> {
  signal.throwIfAborted()
  const socket = new WebSocket(url, { ...SOCKET_LIMITS, handshakeTimeout: DIAL_TIMEOUT })
  return new Promise((resolve, reject) => {
    const giveUp = (): void => socket.terminate()
    signal.addEventListener('abort', giveUp, { once: true })
    socket.once('open', () => {
      signal.removeEventListener('abort', giveUp)
      resolve(socket)
    })
    // `terminate` before the socket is open ends here too.
    socket.on('error', (error) => {
      signal.removeEventListener('abort', giveUp)
      reject(new ConnectionFailedError(`Could not connect to ${url}: ${error.message}`))
    })
  })
}
