import { identify } from '@libp2p/identify'
import type { ConnectionGater, Ed25519PrivateKey, StreamHandler } from '@libp2p/interface'
import { kadDHT, passthroughMapper, type KadDHTComponents } from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import type { Multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { REFUSE_VALUES } from './kad-records.ts'
import type { BoundedDatastore } from './bounded-datastore.ts'
import type { Circuits } from './circuits.ts'
import { guardMessages } from './message-guard.ts'
import type { OverlayLimits } from './overlay-limits.ts'
import { withHandlers } from './service-components.ts'
import { webSocketTransport, type SocketInlet } from './web-socket-transport.ts'

export const KAD_PROTOCOL = '/chiral/kad/1.0.0'

/** Chiral nodes shun for a day whoever names itself in any other shape than this. */
const USER_AGENT = 'chiral/2.0.0 (chiral-web relay)'

export interface OverlayNodeInit {
  readonly privateKey: Ed25519PrivateKey
  readonly limits: OverlayLimits
  readonly gater: ConnectionGater
  readonly circuits: Circuits['service']
  /** What the world is told to reach us by, without the peer id. */
  readonly announced: readonly Multiaddr[]
  /** Ports to open for peers that speak plain TCP. */
  readonly tcpListen: readonly Multiaddr[]
  readonly datastore: BoundedDatastore
  readonly onInlet: (inlet: SocketInlet | null) => void
}

export type OverlayNode = Awaited<ReturnType<typeof startOverlayNode>>

/** The libp2p node of the relay, running. Rejects when a TCP port cannot be opened. */
export function startOverlayNode(init: OverlayNodeInit) {
  const { limits, tcpListen } = init
  const self = `/p2p/${peerIdFromPrivateKey(init.privateKey).toString()}`
  const announced = init.announced.map((address) => address.encapsulate(self))

  const dht = kadDHT({
    protocol: KAD_PROTOCOL,
    clientMode: false,
    // The addresses of a home network are as good as any where the relay serves one.
    peerInfoMapper: passthroughMapper,
    allowQueryWithZeroPeers: true,
    maxInboundStreams: limits.kadStreams,
    validators: REFUSE_VALUES,
  })
  const guarded =
    (handler: StreamHandler): StreamHandler =>
    (stream, connection) => {
      guardMessages(stream, limits.kadMessageBytes)
      return handler(stream, connection)
    }

  return createLibp2p({
    privateKey: init.privateKey,
    datastore: init.datastore,
    nodeInfo: { name: 'chiral-web relay', version: '2.0.0', userAgent: USER_AGENT },
    addresses: {
      // The port is not opened: our transport takes sockets from the front door.
      listen: ['/ip4/127.0.0.1/tcp/0/ws', ...tcpListen.map(String)],
      // The transports know neither a public name nor which of their addresses the world reaches.
      announceFilter: () => announced,
    },
    transports: [
      webSocketTransport(init.onInlet),
      ...(tcpListen.length === 0 ? [] : [tcp({ maxConnections: limits.connections })]),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({
        // Only to know the round trip that windows grow by; whether a peer lives is asked below.
        keepAliveInterval: limits.roundTripInterval,
        maxInboundStreams: limits.streamsPerConnection,
        maxOutboundStreams: limits.streamsPerConnection,
        streamOptions: { maxStreamWindowSize: limits.streamWindow },
      }),
    ],
    connectionManager: {
      maxConnections: limits.connections,
      // Admission has counted already, by the address of the person and not of the proxy.
      maxIncomingPendingConnections: limits.pending,
      inboundConnectionThreshold: limits.connections,
      inboundUpgradeTimeout: limits.upgradeTimeout,
    },
    connectionMonitor: { pingInterval: limits.pingInterval },
    connectionGater: init.gater,
    services: {
      identify: identify(),
      ping: ping(),
      relay: init.circuits,
      dht: (components: KadDHTComponents) => dht(withHandlers(components, guarded)),
    },
  })
}
