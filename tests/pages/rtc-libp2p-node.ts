import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import type { EchoOutcome } from './rtc-libp2p.ts'

const ECHO = '/chiral-test/echo/1.0.0'
const PIECE = 8 * 1024

const node = await createLibp2p({
  addresses: { listen: ['/p2p-circuit', '/webrtc'] },
  transports: [
    webSockets(),
    circuitRelayTransport(),
    webRTC({ rtcConfiguration: { iceServers: [] } }),
  ],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  // A browser's default refuses loopback.
  connectionGater: { denyDialMultiaddr: () => false },
  services: { identify: identify() },
})

await node.handle(ECHO, (stream) => {
  stream.addEventListener('message', ({ data }) => stream.send(data.subarray()))
})

export async function listen(relay: string): Promise<string> {
  await node.dial(multiaddr(relay))
  for (;;) {
    const address = node.getMultiaddrs().find((own) => own.toString().includes('/webrtc/'))
    if (address !== undefined) return address.toString()
    await new Promise((resolve) =>
      node.addEventListener('self:peer:update', resolve, { once: true }),
    )
  }
}

export async function echo(address: string, length: number): Promise<EchoOutcome> {
  const connection = await node.dial(multiaddr(address))
  const stream = await connection.newStream(ECHO)
  const sent = new Uint8Array(length).map((_, at) => at * at + (at >> 8))
  const received = new Uint8Array(length)
  let fill = 0
  const complete = new Promise<void>((resolve) => {
    stream.addEventListener('message', ({ data }) => {
      received.set(data.subarray(), fill)
      fill += data.byteLength
      if (fill === length) resolve()
    })
  })
  for (let at = 0; at < length; at += PIECE) stream.send(sent.subarray(at, at + PIECE))
  await complete
  const outcome = {
    remoteAddress: connection.remoteAddr.toString(),
    limited: connection.limits !== undefined,
    sameBytes: sent.every((byte, at) => byte === received[at]),
  }
  await connection.close()
  return outcome
}
