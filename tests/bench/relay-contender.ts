/**
 * A process with one relay in it, ours or a stock js-libp2p one, without limits on what a circuit
 * carries. Sends its multiaddr, and for each message its memory after garbage collection.
 */
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { makeLog } from '../../relay/log.ts'
import { OVERLAY_LIMITS } from '../../relay/overlay/overlay-limits.ts'
import { startRelay } from '../../relay/relay.ts'

const HOUR = 3_600_000
const MUCH = 2 ** 40

const address = process.argv[2] === 'ours' ? await ours() : await stock()
process.send?.({ address })
process.on('message', () => {
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  process.send?.({ held: heapUsed + external, rss })
})

async function ours(): Promise<string> {
  const relay = await startRelay(
    { port: 0, host: '127.0.0.1', appFolder: null, logLevel: 'error', stunPort: null },
    makeLog('error'),
    { ...OVERLAY_LIMITS, circuitBytes: MUCH, circuitDuration: HOUR },
  )
  return relay.addresses[0] ?? ''
}

async function stock(): Promise<string> {
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { maxConnections: 4096, inboundConnectionThreshold: 4096 },
    services: {
      identify: identify(),
      ping: ping(),
      relay: circuitRelayServer({
        reservations: {
          maxReservations: 4096,
          defaultDataLimit: BigInt(MUCH),
          defaultDurationLimit: HOUR,
        },
      }),
      dht: kadDHT({
        protocol: '/chiral/kad/1.0.0',
        clientMode: false,
        peerInfoMapper: passthroughMapper,
        allowQueryWithZeroPeers: true,
      }),
    },
  })
  return String(node.getMultiaddrs()[0])
}
