import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { ipPortToMultiaddr } from '@libp2p/utils'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { WebSocketServer, type WebSocket } from 'ws'
import { clientAddressOf, sourceAddressOf } from '../client-address.ts'
import type { Log } from '../log.ts'
import { refuseConnection } from '../refuse-connection.ts'
import { BoundedDatastore } from './bounded-datastore.ts'
import { makeCircuits, STOP_PROTOCOL } from './circuits.ts'
import { isRefusal, makeOverlayAdmission } from './overlay-admission.ts'
import { makeOverlayGater } from './overlay-gater.ts'
import type { OverlayLimits } from './overlay-limits.ts'
import { startOverlayNode, type OverlayNode } from './overlay-node.ts'
import { makePeerRelays } from './peer-relays.ts'
import { addressesOf, multiaddrOf, type PublicEndpoint } from './relay-addresses.ts'
import { SOCKET_LIMITS, type SocketInlet } from './web-socket-transport.ts'

/** The libp2p side of the relay: circuits between browsers, and a DHT that remembers providers. */
export interface OverlayRelay {
  readonly peerId: string
  /** Multiaddrs that others are told to reach it by, without peer id. */
  readonly announced: readonly string[]
  /** Admits a connection, or refuses it, and takes it over. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  readonly size: OverlaySize
  /** Says goodbye, and resolves once nobody is left, or after `grace` ms. */
  close(grace: number): Promise<void>
}

export interface OverlaySize {
  readonly connections: number
  readonly reservations: number
  readonly circuits: number
  readonly providers: number
  readonly knownPeers: number
  readonly peerRelays: number
  readonly connectedPeerRelays: number
  /** Through circuits, in both directions, since the start. */
  readonly relayedBytes: number
}

export interface OverlayRelayInit {
  readonly privateKey: Ed25519PrivateKey
  /** Where the front door listens, which is where we are reached when `publicEndpoint` is null. */
  readonly host: string
  readonly port: number
  /** Where the TCP port is opened. */
  readonly directHost: string
  readonly publicEndpoint: PublicEndpoint | null
  /** A TCP port of its own for peers that are not browsers; `null` for none. */
  readonly tcpPort: number | null
  /** Multiaddrs, with peer id, of relays to stay connected to. */
  readonly peerRelays: readonly string[]
  readonly trustProxy: boolean
  readonly log: Log
  readonly limits: OverlayLimits
  readonly now?: () => number
}

/** Rejects when the TCP port cannot be opened. */
export async function startOverlayRelay(init: OverlayRelayInit): Promise<OverlayRelay> {
  const { privateKey, log, limits, now = () => performance.now() } = init
  let inlet: SocketInlet | null = null

  const tcpListen = init.tcpPort === null ? [] : addressesOf(init.directHost, init.tcpPort, '')
  const announced = [
    ...(init.publicEndpoint === null
      ? addressesOf(init.host, init.port, '/ws')
      : [multiaddrOf(init.publicEndpoint)]),
    ...tcpListen,
  ]

  const admission = makeOverlayAdmission(limits, now)
  const circuits = makeCircuits(limits)
  const peerRelays = makePeerRelays({ addresses: init.peerRelays, log })
  // The gater asks about a node that exists only once it has started, before anybody came.
  let started: OverlayNode | null = null
  const reservations = () => started?.services.relay.reservations
  const gater = makeOverlayGater(
    {
      connectionsOf: (peer) => started?.getConnections(peer) ?? [],
      reservedAddresses: () => [...(reservations()?.values() ?? [])].map(({ addr }) => addr),
      hasReservation: (peer) => reservations()?.has(peer) ?? false,
      isCircuitTooMany: (from, to) => circuits.isFull(from, to),
      isPeerRelay: (address) => peerRelays.includes(address),
      admit: (address) => admission.admit(address),
    },
    limits,
  )
  const self = peerIdFromPrivateKey(privateKey).toString()
  const datastore = new BoundedDatastore({
    limits,
    isHere: (peer) => peer === self || isConnected(peer),
    now,
  })
  const isConnected = (peer: string): boolean =>
    (started?.getConnections(peerIdFromString(peer)).length ?? 0) > 0
  const node = await startOverlayNode({
    privateKey,
    datastore,
    limits,
    gater,
    circuits: circuits.service,
    announced,
    tcpListen,
    onInlet: (opened) => (inlet = opened),
  })
  started = node
  node.use(STOP_PROTOCOL, circuits.onStopStream)
  peerRelays.keepDialling(node)

  // The library frees a reservation when it expires; whoever left holds nobody else's place.
  node.addEventListener('peer:disconnect', ({ detail: peer }) => {
    const { reservations } = node.services.relay
    reservations.get(peer)?.signal.clear()
    reservations.delete(peer)
  })

  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    ...SOCKET_LIMITS,
    ...NEWER_LIMITS,
  })
  server.on('wsClientError', (_error, socket) => {
    refuseConnection(socket, 400, 'This is not a WebSocket handshake that the relay understands.')
  })

  return {
    peerId: node.peerId.toString(),
    announced: announced.map(String),

    handleUpgrade(request, socket, head) {
      const open = inlet
      if (open === null) return refuseConnection(socket, 503, 'The relay is stopping.')
      const ticket = admission.admit(clientAddressOf(request, init.trustProxy))
      if (isRefusal(ticket)) return refuseConnection(socket, ticket.status, ticket.sentence)
      socket.once('close', () => ticket.leave())

      const from = remoteMultiaddr(request, init.trustProxy)
      server.handleUpgrade(request, socket, head, (client: WebSocket) => {
        open.accept(client, from).then(
          () => ticket.proved(),
          (thrown: unknown) => log.debug('overlay connection failed', { reason: nameOf(thrown) }),
        )
      })
    },

    get size() {
      return {
        connections: node.getConnections().length,
        reservations: node.services.relay.reservations.size,
        ...circuits.size,
        providers: datastore.size.providers,
        knownPeers: datastore.size.peers,
        ...peerRelays.size,
      }
    },

    async close(grace) {
      peerRelays.stop()
      const cut = setTimeout(() => {
        for (const connection of node.getConnections()) connection.abort(new Error('stopping'))
      }, grace)
      await node.stop()
      clearTimeout(cut)
    },
  }
}

/** Options of `ws` 8.23 that its types do not know yet. */
const NEWER_LIMITS = {
  /** For the other side to answer a close frame, in ms. */
  closeTimeout: 2_000,
  maxFragments: 1024,
  maxBufferedChunks: 4096,
}

/** libp2p's messages name peers and addresses; the names of its errors do not. */
function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : 'unknown'
}

function remoteMultiaddr(request: IncomingMessage, trustProxy: boolean): Multiaddr {
  const address = sourceAddressOf(request, trustProxy)
  // Behind a proxy the port is the proxy's, and means nothing.
  const port = trustProxy ? 0 : (request.socket.remotePort ?? 0)
  try {
    return ipPortToMultiaddr(address, port).encapsulate('/ws')
  } catch {
    return multiaddr('/ip4/127.0.0.1/tcp/0/ws')
  }
}
