import './patience.ts'
import { createHash } from 'node:crypto'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify, identifyPush } from '@libp2p/identify'
import type { PrivateKey, Stream, StreamMuxerFactory } from '@libp2p/interface'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { create } from 'multiformats/hashes/digest'
import { onTestFinished, vi } from 'vitest'

export const ECHO = '/test/echo/1.0.0'

/** Sends back what comes, and ends with it. */
export async function echo(stream: Stream): Promise<void> {
  const [chunk] = await first(stream)
  if (chunk !== undefined) stream.send(chunk)
  await stream.close()
}

async function first<T>(source: AsyncIterable<T>): Promise<T[]> {
  for await (const one of source) return [one]
  return []
}

/** Multihash code of sha2-256. */
const SHA2_256 = 0x12

export interface ClientChoice {
  readonly listen?: string[]
  /** Left out: a new Ed25519 one. */
  readonly privateKey?: PrivateKey
  /** What it sends, encrypted, where a muxer's frames belong; a connection is of no use then. */
  readonly muxerSays?: Uint8Array
}

export type OverlayClient = Awaited<ReturnType<typeof overlayClient>>

/**
 * A plain js-libp2p node, none of it ours: as a browser has it, or a native peer. It listens on
 * nothing of its own.
 */
export async function overlayClient({
  listen = ['/p2p-circuit'],
  privateKey,
  muxerSays,
}: ClientChoice = {}) {
  const node = await createLibp2p({
    ...(privateKey !== undefined && { privateKey }),
    nodeInfo: { userAgent: 'chiral/2.0.0 (test)' },
    addresses: { listen },
    transports: [webSockets(), tcp(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [muxerSays === undefined ? yamux() : muxerThatSays(muxerSays)],
    services: {
      identify: identify(),
      identifyPush: identifyPush(),
      ping: ping(),
      dht: kadDHT({
        protocol: '/chiral/kad/1.0.0',
        clientMode: true,
        // Not `allowQueryWithZeroPeers`: the search for relays would walk an empty table for ever,
        // without a pause, and never let go of the thread.
        peerInfoMapper: passthroughMapper,
      }),
    },
  })
  onTestFinished(async () => {
    await node.stop()
  })
  return node
}

/** Yamux by name, which says something of its own first. */
function muxerThatSays(bytes: Uint8Array) {
  return (): StreamMuxerFactory => {
    const factory = yamux()()
    return {
      protocol: factory.protocol,
      createStreamMuxer(connection) {
        connection.send(bytes)
        return factory.createStreamMuxer(connection)
      },
    }
  }
}

/** Dials a relay and waits until it has given a circuit address. */
export async function reserve(node: OverlayClient, relayAddress: string): Promise<string> {
  const relay = multiaddr(relayAddress)
  await node.dial(relay)
  return circuitAddress(node, relayIdOf(relayAddress))
}

/** The address of `node` through the relay, once it has one. */
export function circuitAddress(node: OverlayClient, relayId: string): Promise<string> {
  // Looked at, not listened for: `self:peer:update` comes a second late, or before anybody listens.
  return vi.waitFor(
    () => {
      const address = node
        .getMultiaddrs()
        .map(String)
        .find((text) => text.includes(`/p2p/${relayId}/p2p-circuit`))
      if (address === undefined) throw new Error('it has no circuit address yet')
      return address
    },
    { timeout: 60_000, interval: 50 },
  )
}

export function relayIdOf(address: string): string {
  return address.split('/p2p/').at(-1)!
}

/** Where providers of a v1 info hash are kept. */
export function providerKey(infoHash: Uint8Array): CID {
  const digest = createHash('sha256').update('/chiral/bt/').update(infoHash).digest()
  return CID.createV1(raw.code, create(SHA2_256, digest))
}
