import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify, identifyPush } from '@libp2p/identify'
import {
  FaultTolerance,
  peerDiscoverySymbol,
  peerRoutingSymbol,
  type Connection,
  type ConnectionGater,
} from '@libp2p/interface'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { peerIdFromString } from '@libp2p/peer-id'
import { ping } from '@libp2p/ping'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import type { OverlayConnection, OverlayNode, OverlayNodeSpec } from '../contracts/overlay.ts'
import { AGENT, KAD_PROTOCOL } from '../model/overlay-ids.ts'
import { isPeerId, type PeerId } from '../model/ids.ts'
import { MIB, MINUTE, SECOND } from '../model/units.ts'
import { keyOfSeed } from './libp2p-keys.ts'
import { overlayStream, pathOf } from './libp2p-stream.ts'

/** Multicodec `raw` and `sha2-256`: a provider key of any other hash is lost without a word. */
const RAW = 0x55
const SHA2_256 = 0x12

/** Streams of one of our protocols that one connection may have open. */
const MAX_INBOUND_STREAMS = 8
const MAX_OUTBOUND_STREAMS = 16

/**
 * A libp2p peer in a worker. WebRTC has to be on `globalThis` before this module is imported:
 * `@libp2p/webrtc` reads it while it is evaluated.
 *
 * It is not stopped and started again: a WebRTC listener that was closed once stays closed.
 */
export async function makeLibp2pNode(spec: OverlayNodeSpec): Promise<OverlayNode> {
  const privateKey = await keyOfSeed(spec.seed)
  const node = await createLibp2p({
    privateKey,
    nodeInfo: { name: 'chiral', version: '2.0.0', userAgent: `${AGENT} (${spec.comment})` },
    // Without a relay's name: one with its name is never taken up again when the relay was away.
    addresses: {
      listen: [
        ...Array.from({ length: spec.relays }, () => '/p2p-circuit'),
        ...(spec.webRtc ? ['/webrtc'] : []),
      ],
    },
    transports: [
      webSockets(),
      circuitRelayTransport({ maxReservationQueueLength: spec.relays * 4 }),
      ...(spec.webRtc ? [webRtcOf(spec)] : []),
    ],
    connectionEncrypters: [noise()],
    // The window stays below the 4 MiB at which an unread stream is reset.
    streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: 2 * MIB } })],
    connectionGater: gaterOf(spec),
    connectionManager: {
      // Over a relay and ICE a dial takes longer than the defaults allow.
      addressDialTimeout: 20 * SECOND,
      dialTimeout: 30 * SECOND,
      inboundUpgradeTimeout: 30 * SECOND,
      maxConnections: 100,
      // `/dnsaddr` would be resolved by a third party's DNS over HTTPS.
      resolvers: {},
      // Dials of its own accord would be into a relay that is away; the browser then slows down ours.
      reconnectRetries: 0,
    },
    // A ping each ten seconds would be most of what an idle page sends.
    connectionMonitor: { pingInterval: 30 * SECOND },
    transportManager: { faultTolerance: FaultTolerance.NO_FATAL },
    services: {
      identify: identify(),
      identifyPush: identifyPush(),
      ping: ping(),
      dht: recordsOnly(
        kadDHT({
          protocol: KAD_PROTOCOL,
          // Said, not left to libp2p: an address behind a relay counts as a public one.
          clientMode: true,
          // Its default drops the addresses of a network without internet.
          peerInfoMapper: passthroughMapper,
          querySelfInterval: 30 * MINUTE,
        }),
      ),
    },
  })

  for (const event of CHANGES) node.addEventListener(event, () => spec.onChange())

  const self = node.peerId.toString()
  if (!isPeerId(self)) throw new Error('our own peer id is not of an Ed25519 key')
  const texts = () => node.getMultiaddrs().map((address) => address.toString())
  const reservedAt = (): readonly PeerId[] => {
    const relays = texts().flatMap((address) => RESERVED.exec(address)?.[1] ?? [])
    return [...new Set(relays)].filter(isPeerId)
  }

  return {
    self,
    addresses: texts,

    async reserve(address, signal) {
      const relay = relayIn(address)
      const connected = () => node.getConnections(peerIdFromString(relay)).length > 0
      if (!connected()) await node.dial(multiaddr(address), { signal })
      await until(node, () => !connected() || reservedAt().includes(relay), signal)
      if (!connected()) throw new Error('the relay went away')
    },
    reservedAt,

    provide: (key, signal) => node.contentRouting.provide(cidOf(key), { signal }),
    unprovide: (key) => node.contentRouting.cancelReprovide(cidOf(key)),
    async *providersOf(key, signal) {
      for await (const { id, multiaddrs } of node.contentRouting.findProviders(cidOf(key), {
        signal,
      })) {
        const peerId = id.toString()
        if (peerId === self || !isPeerId(peerId)) continue
        yield { peerId, addresses: multiaddrs.map((address) => address.toString()) }
      }
    },

    async open({ peerId, addresses }, protocol, signal) {
      const known = bestOf(node.getConnections(peerIdFromString(peerId)))
      const connection = known ?? (await node.dial(readable(addresses, peerId), { signal }))
      const stream = await connection.newStream(protocol, {
        runOnLimitedConnection: true,
        maxOutboundStreams: MAX_OUTBOUND_STREAMS,
        signal,
      })
      return overlayStream(stream, connection)
    },

    async handle(protocol, take) {
      await node.handle(protocol, (stream, connection) => take(overlayStream(stream, connection)), {
        runOnLimitedConnection: true,
        maxInboundStreams: MAX_INBOUND_STREAMS,
      })
    },

    connections: () =>
      node.getConnections().flatMap((connection): OverlayConnection[] => {
        const peerId = connection.remotePeer.toString()
        return isPeerId(peerId) ? [{ peerId, path: pathOf(connection) }] : []
      }),

    async clientOf(peerId) {
      try {
        const { metadata } = await node.peerStore.get(peerIdFromString(peerId))
        const agent = metadata.get('AgentVersion')
        return agent === undefined ? null : new TextDecoder().decode(agent)
      } catch {
        return null // nobody we know
      }
    },

    hangUp: (peerId) => node.hangUp(peerIdFromString(peerId)),
    stop: async () => node.stop(),
  }
}

function webRtcOf(spec: OverlayNodeSpec) {
  return webRTC({
    // Its default names four companies' servers.
    rtcConfiguration: () => ({
      iceServers: spec.iceServers().map(({ urls, ...others }) => ({ ...others, urls: [...urls] })),
    }),
  })
}

/**
 * After any of these an address, a reservation or a connection may be another. `self:peer:update`
 * alone comes a second late: libp2p gathers changes of addresses before it tells them.
 */
const CHANGES = [
  'transport:listening',
  'transport:close',
  'self:peer:update',
  'connection:open',
  'connection:close',
  'peer:identify',
] as const

const RESERVED = /\/p2p\/(\w+)\/p2p-circuit/

function relayIn(address: string): PeerId {
  const text = address.split('/').at(-1) ?? ''
  if (!isPeerId(text)) throw new Error('a relay address ends in the peer id of an Ed25519 key')
  return text
}

function cidOf(key: Uint8Array): CID {
  return CID.createV1(RAW, createDigest(SHA2_256, key))
}

/**
 * The DHT for provider records, and for nothing else. While libp2p looks for a relay it walks through
 * every peer router without a pause: with an empty routing table, or a relay that is away, that
 * is a loop of microtasks in which the worker never answers again. And it would reserve at relays
 * nobody chose, if the DHT named them as discovered.
 */
function recordsOnly<Components, Dht extends object>(
  make: (components: Components) => Dht,
): (components: Components) => Dht {
  return (components) => {
    const dht = make(components)
    Object.defineProperty(dht, peerRoutingSymbol, { value: undefined })
    Object.defineProperty(dht, peerDiscoverySymbol, { value: undefined })
    return dht
  }
}

/** Ids of other keys do not hold their key: Noise could not prove them by the id alone. */
function gaterOf(spec: OverlayNodeSpec): ConnectionGater {
  return {
    denyDialMultiaddr: (address) => !spec.mayDial(address.toString()),
    denyInboundEncryptedConnection: (peer) => peer.type !== 'Ed25519',
    denyOutboundEncryptedConnection: (peer) => peer.type !== 'Ed25519',
  }
}

function bestOf(connections: readonly Connection[]): Connection | undefined {
  const open = connections.filter(({ status }) => status === 'open')
  return open.find((connection) => pathOf(connection) === 'direct') ?? open[0]
}

/** Those that can be read at all, as addresses of this peer. */
function readable(addresses: readonly string[], peerId: PeerId): Multiaddr[] {
  return addresses.flatMap((text) => {
    try {
      return multiaddr(text.endsWith(`/p2p/${peerId}`) ? text : `${text}/p2p/${peerId}`)
    } catch {
      return []
    }
  })
}

/** Resolves when the condition holds. */
function until(
  node: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>,
  holds: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  if (holds()) return Promise.resolve()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const look = () => {
    if (holds()) resolve()
  }
  // Whoever aborts gives an error as the reason.
  const onAbort = () => reject(signal.reason as Error)
  for (const event of CHANGES) node.addEventListener(event, look)
  signal.addEventListener('abort', onAbort, { once: true })
  return promise.finally(() => {
    for (const event of CHANGES) node.removeEventListener(event, look)
    signal.removeEventListener('abort', onAbort)
  })
}
