import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'

const CONTENDER = fileURLToPath(new URL('./relay-contender.ts', import.meta.url))
const CONTENDERS = ['ours', 'stock'] as const
const SINK = '/bench/sink/1.0.0'
const WRITE = 64 * 1024
/** Before the first measurement: code is compiled, and pools have their size. */
const WARMING = 10
/** Pings and identify are over by then, in ms. */
const SETTLING = 3_000

export interface RelayFigures {
  readonly contender: (typeof CONTENDERS)[number]
  /** Heap and buffers after garbage collection, for each peer with a reservation. */
  readonly heldKiB: number
  readonly rssKiB: number
  readonly relayedMBps: number
}

/** Ours and a stock js-libp2p relay in turns: memory of a reservation, rate of one circuit. */
export async function benchRelay(
  rounds: number,
  reservations: number,
  length: number,
): Promise<RelayFigures[]> {
  const figures: RelayFigures[] = []
  for (let round = 0; round < rounds; round++) {
    for (const contender of CONTENDERS) {
      const relay = fork(CONTENDER, [contender], { execArgv: ['--expose-gc'] })
      try {
        const [{ address }] = (await once(relay, 'message')) as [{ address: string }]
        // In this order: what a transfer leaves behind is freed at some later time.
        const memory = await memoryOf(relay, address, reservations)
        const relayedMBps = await rateThrough(address, length)
        figures.push({ contender, relayedMBps, ...memory })
      } finally {
        relay.kill()
      }
    }
  }
  for (const { contender, heldKiB, rssKiB, relayedMBps } of figures) {
    const memory = `${heldKiB.toFixed(0)} KiB held, ${rssKiB.toFixed(0)} resident a reservation`
    console.log(`${contender.padEnd(6)} ${relayedMBps.toFixed(1)} MB/s relayed, ${memory}`)
  }
  return figures
}

function aPeer(listen: string[]) {
  return createLibp2p({
    addresses: { listen },
    transports: [webSockets(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { dialTimeout: 60_000, addressDialTimeout: 60_000 },
    services: { identify: identify(), ping: ping() },
  })
}

async function memoryOf(relay: ChildProcess, address: string, reservations: number) {
  const peers: Awaited<ReturnType<typeof aPeer>>[] = []
  const reserve = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) peers.push(await aPeer([`${address}/p2p-circuit`]))
    await new Promise((resolve) => setTimeout(resolve, SETTLING))
  }
  const measure = async (): Promise<{ held: number; rss: number }> => {
    relay.send('measure')
    const [memory] = (await once(relay, 'message')) as [{ held: number; rss: number }]
    return memory
  }

  await reserve(WARMING)
  const before = await measure()
  await reserve(reservations)
  const after = await measure()
  for (const peer of peers) await peer.stop()
  const perPeer = (bytes: number): number => bytes / reservations / 1024
  return { heldKiB: perPeer(after.held - before.held), rssKiB: perPeer(after.rss - before.rss) }
}

async function rateThrough(address: string, length: number): Promise<number> {
  const receiver = await aPeer([`${address}/p2p-circuit`])
  const sender = await aPeer([])
  let received = 0
  const complete = Promise.withResolvers<void>()
  await receiver.handle(
    SINK,
    (stream) => {
      stream.addEventListener('message', ({ data }) => {
        received += data.byteLength
        if (received >= length) complete.resolve()
      })
    },
    { runOnLimitedConnection: true },
  )
  const [called] = receiver.getMultiaddrs()
  const stream = await sender.dialProtocol(called ?? multiaddr(address), SINK, {
    runOnLimitedConnection: true,
    signal: AbortSignal.timeout(60_000),
  })

  const start = performance.now()
  const chunk = new Uint8Array(WRITE)
  for (let sent = 0; sent < length; sent += WRITE) {
    if (!stream.send(chunk)) await once(stream, 'drain')
  }
  await complete.promise
  const seconds = (performance.now() - start) / 1000
  await Promise.all([sender.stop(), receiver.stop()])
  return length / 1e6 / seconds
}
