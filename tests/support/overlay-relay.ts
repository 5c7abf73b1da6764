import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify, identifyPush } from '@libp2p/identify'
import type { PrivateKey } from '@libp2p/interface'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr as parseMultiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { makeLog } from '../../relay/log.ts'
import { startStunServer } from '../../relay/stun/stun-server.ts'
import {
  KAD_PROTOCOL,
  RELAY_FACTS_PATH,
  type RelayFacts,
} from '../../src/engine/model/overlay-ids.ts'

/** A relay of the overlay alone: no page, no tracker. It can die and come back as the same. */
export interface OverlayRelay {
  /** For `Settings.relays`. */
  readonly origin: string
  readonly peerId: string
  /** `/ip4/127.0.0.1/tcp/<port>/ws/p2p/<peer id>` */
  readonly multiaddr: string
  /** Everything that went over its sockets, both ways, HTTP included, since it was first started. */
  bytes(): number
  /** Ends as a crash does: every connection is reset. */
  kill(): Promise<void>
  /** Comes back at the same port with the same key. */
  revive(): Promise<void>
  close(): Promise<void>
}

export interface OverlayRelayChoice {
  /** What one circuit may carry, both ways; left out, libp2p's 128 KiB. */
  readonly dataLimit?: bigint
  /** Relays it keeps a connection to, so that what is found at one is found at the other. */
  readonly peers?: readonly Pick<OverlayRelay, 'multiaddr'>[]
}

interface Running {
  readonly node: Awaited<ReturnType<typeof startNode>>
  readonly server: Server
}

export async function startOverlayRelay({
  dataLimit = 8n << 20n,
  peers = [],
}: OverlayRelayChoice = {}): Promise<OverlayRelay> {
  const privateKey = await generateKeyPair('Ed25519')
  const sockets = new Set<Socket>()
  let counted = 0
  let running: Running | null = null
  let port = 0
  // Without it browsers know each other by names that only multicast DNS can find.
  const stun = await startStunServer({ host: '127.0.0.1', port: 0, log: makeLog('warn') })

  const start = async () => {
    const node = await startNode(privateKey, dataLimit)
    const peerId = node.peerId.toString()
    const inside = Number(/\/tcp\/(\d+)/.exec(node.getMultiaddrs()[0]!.toString())?.[1])
    const facts: RelayFacts = { peerId, stun: { port: stun.port } }
    const server = createServer((request, response) => {
      if (request.url !== RELAY_FACTS_PATH) return response.writeHead(404).end()
      response.setHeader('Access-Control-Allow-Origin', '*')
      response.end(JSON.stringify(facts))
    })
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.once('close', () => {
        sockets.delete(socket)
        counted += socket.bytesRead + socket.bytesWritten
      })
    })
    server.on('upgrade', (request, socket, head) => {
      const behind = connect(inside, '127.0.0.1', () => {
        const headers = request.rawHeaders.reduce(
          (text, part, at) => text + part + (at % 2 === 0 ? ': ' : '\r\n'),
          '',
        )
        behind.write(`GET / HTTP/1.1\r\n${headers}\r\n`)
        behind.write(head)
        socket.pipe(behind).pipe(socket)
      })
      behind.on('error', () => socket.destroy())
      socket.on('error', () => behind.destroy())
      socket.on('close', () => behind.destroy())
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port // a TCP server's address is never a path
    running = { node, server }
    for (const { multiaddr } of peers) await node.dial(parseMultiaddr(multiaddr))
    return node
  }

  const addressOf = (peerId: string) => `/ip4/127.0.0.1/tcp/${port}/ws/p2p/${peerId}`

  const kill = async () => {
    const { node, server } = running!
    running = null
    server.close()
    for (const socket of sockets) socket.resetAndDestroy()
    await node.stop()
  }

  const { peerId } = await start()
  return {
    origin: `http://127.0.0.1:${port}`,
    peerId: peerId.toString(),
    multiaddr: addressOf(peerId.toString()),
    bytes: () =>
      [...sockets].reduce(
        (sum, { bytesRead, bytesWritten }) => sum + bytesRead + bytesWritten,
        counted,
      ),
    kill,
    revive: async () => void (await start()),
    close: async () => {
      if (running !== null) await kill()
      await stun.close()
    },
  }
}

function startNode(privateKey: PrivateKey, dataLimit: bigint) {
  return createLibp2p({
    privateKey,
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: {
      inboundConnectionThreshold: 500,
      maxIncomingPendingConnections: 100,
    },
    services: {
      identify: identify(),
      identifyPush: identifyPush(),
      ping: ping(),
      dht: kadDHT({
        protocol: KAD_PROTOCOL,
        clientMode: false,
        peerInfoMapper: passthroughMapper,
        allowQueryWithZeroPeers: true,
      }),
      relay: circuitRelayServer({
        reservations: {
          maxReservations: 100,
          defaultDataLimit: dataLimit,
          defaultDurationLimit: 600_000,
        },
      }),
    },
  })
}
