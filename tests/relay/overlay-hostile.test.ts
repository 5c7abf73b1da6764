import './support/patience.ts'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { echo, ECHO, overlayClient, reserve, type OverlayClient } from './support/overlay-client.ts'
import { hasEnded } from './support/raw-upgrade.ts'
import { runningRelay } from './support/relay-process.ts'

let relay: Awaited<ReturnType<typeof runningRelay>>
let address: string

beforeAll(async () => {
  relay = await runningRelay('--no-app', '--no-stun')
  const answer = await fetch(`http://127.0.0.1:${relay.port}/relay.json`)
  // Our own description has this shape; another test checks it.
  address = ((await answer.json()) as { addrs: [string] }).addrs[0]
})

afterAll(async () => {
  relay.child.kill('SIGTERM')
  await relay.ended
})

/** A socket that said a proper WebSocket handshake at `/`, as libp2p does, and may say anything. */
async function overlaySocket(): Promise<Socket> {
  const socket = connect(relay.port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  onTestFinished(() => void socket.destroy())
  socket.write(
    'GET / HTTP/1.1\r\nHost: relay.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  )
  const [head] = (await once(socket, 'data')) as [Buffer]
  expect(head.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /)
  return socket
}

/** Two peers that meet through the relay, and a look whether what they do still works. */
async function bystanders() {
  const caller = await overlayClient({ listen: [] })
  const called = await overlayClient()
  await called.handle(ECHO, echo, { runOnLimitedConnection: true })
  const calledAddress = await reserve(called, address)
  await caller.dial(multiaddr(address))
  return { ask: () => ask(caller, calledAddress) }
}

async function ask(caller: OverlayClient, calledAddress: string): Promise<string> {
  const stream = await caller.dialProtocol(multiaddr(calledAddress), ECHO, {
    runOnLimitedConnection: true,
  })
  stream.send(new TextEncoder().encode('hello'))
  const [answer] = await Array.fromAsync(stream)
  return new TextDecoder().decode(answer?.subarray())
}

/** The WebSockets that clients in this file have opened, as a browser's would not let us see them. */
const opened: WebSocket[] = []
const { WebSocket: original } = globalThis
beforeAll(() => {
  class Seen extends WebSocket {
    constructor(url: string) {
      super(url)
      this.on('error', () => {})
      opened.push(this)
    }
  }
  Object.assign(globalThis, { WebSocket: Seen })
})
afterAll(() => void Object.assign(globalThis, { WebSocket: original }))

function lastOpened(): { socket: WebSocket; raw: Socket } {
  const socket = opened.at(-1)!
  // The TCP socket below, which `ws` shows to nobody.
  return { socket, raw: (socket as unknown as { _socket: Socket })._socket }
}

const MASK = [0, 0, 0, 0]
const HUGE = [0, 0, 1, 0, 0, 0, 0, 0] // 2^40, big endian

/** The first five end a process with the library's own listener (websockets 10.1.21). */
const FRAMES: Readonly<Record<string, Buffer>> = {
  'three bytes, unmasked': Buffer.from([0x82, 0x01, 0x00]),
  'an unmasked frame': Buffer.from([0x81, 0x02, 0x68, 0x69]),
  'a reserved opcode': Buffer.from([0x83, 0x80, ...MASK]),
  'RSV1 without an extension': Buffer.from([0xc1, 0x80, ...MASK]),
  'a declared length of 2^40 bytes': Buffer.from([0x82, 0xff, ...HUGE, ...MASK]),
  'a megabyte and a byte': Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 1, ...MASK]),
  'a continuation of nothing': Buffer.from([0x80, 0x80, ...MASK]),
  'a close code that does not exist': Buffer.from([0x88, 0x82, ...MASK, 0x03, 0xed]),
  'text that is not UTF-8': Buffer.from([0x81, 0x82, ...MASK, 0xc3, 0x28]),
  'a multistream line of 4 GiB': Buffer.from([0x82, 0x85, ...MASK, 0xff, 0xff, 0xff, 0xff, 0x0f]),
  'text where Noise is agreed on': Buffer.from([0x81, 0x82, ...MASK, 0x68, 0x69]),
}

test.for(Object.entries(FRAMES))(
  '%s ends its own connection, and two peers talk on',
  async ([, frame]) => {
    const { ask } = await bystanders()
    const hostile = await overlaySocket()

    hostile.write(frame)
    await hasEnded(hostile)

    expect(await ask()).toBe('hello')
    expect(relay.child.exitCode).toBe(null)
  },
)

test('a peer that has proved itself and then sends a broken frame ends nobody else', async () => {
  const { ask } = await bystanders()
  const hostile = await overlayClient({ listen: [] })
  const connection = await hostile.dial(multiaddr(address))
  const closed = once(connection, 'close')

  lastOpened().raw.write(Buffer.from([0x83, 0x80, ...MASK]))
  await closed

  expect(await ask()).toBe('hello')
  expect(relay.child.exitCode).toBe(null)
})

test('garbage where Noise or yamux should be ends that connection only', async () => {
  const { ask } = await bystanders()
  const hostile = await overlayClient({ listen: [] })
  const connection = await hostile.dial(multiaddr(address))
  const closed = once(connection, 'close')

  lastOpened().socket.send(new Uint8Array(2000).fill(0xff))
  await closed

  expect(await ask()).toBe('hello')
})

test.for([
  '/ipfs/id/1.0.0',
  '/ipfs/ping/1.0.0',
  '/chiral/kad/1.0.0',
  '/libp2p/circuit/relay/0.2.0/hop',
])('noise on streams of %s ends those streams only', async (protocol) => {
  const { ask } = await bystanders()
  const hostile = await overlayClient({ listen: [] })

  for (let round = 0; round < 60; round++) {
    const connection = await hostile.dial(multiaddr(address))
    const stream = await connection.newStream(protocol).catch(() => null)
    if (stream === null) continue
    const noise = randomBytes(1 + (round % 40))
    // Every other one as a message of the right length, so that its content is parsed.
    if (round % 2 === 0) noise[0] = noise.length - 1
    try {
      stream.send(noise)
      if (round % 3 === 0) stream.abort(new Error('enough'))
      else await stream.close()
    } catch {
      // The relay was faster: identify is one stream at a time.
    }
  }

  expect(await ask()).toBe('hello')
  expect(relay.child.exitCode).toBe(null)
})

/** Whole frames of yamux: version, type, flags, stream, length. */
const YAMUX: Readonly<Record<string, Buffer>> = {
  'data on a stream that nobody opened': yamux(0, 0, 77, 4, Buffer.from('data')),
  'more data than the window': yamux(0, 1, 1, 300 * 1024, Buffer.alloc(300 * 1024)),
  'data of 4 GiB announced': yamux(0, 1, 1, 0xffffffff),
  'a window of 4 GiB, twice': Buffer.concat([
    yamux(1, 1, 1, 0xffffffff),
    yamux(1, 0, 1, 0xffffffff),
  ]),
  'a stream opened twice': Buffer.concat([yamux(1, 1, 1, 0), yamux(1, 1, 1, 0)]),
  'a stream of the relay’s own numbers': yamux(1, 1, 2, 0),
  'an unknown type': yamux(9, 0, 1, 0),
  'another version': Buffer.concat([Buffer.from([9]), yamux(0, 1, 1, 0).subarray(1)]),
  'ten thousand streams at once': Buffer.concat(
    Array.from({ length: 10_000 }, (_, index) => yamux(1, 1, 2 * index + 1, 0)),
  ),
  'ten thousand pings': Buffer.concat(Array.from({ length: 10_000 }, () => yamux(2, 1, 0, 7))),
  'goodbye and then more': Buffer.concat([yamux(3, 0, 0, 0), yamux(1, 1, 1, 0)]),
  nonsense: randomBytes(5000),
}

function yamux(type: number, flags: number, stream: number, length: number, data?: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt8(type, 1)
  head.writeUInt16BE(flags, 2)
  head.writeUInt32BE(stream, 4)
  head.writeUInt32BE(length, 8)
  return data === undefined ? head : Buffer.concat([head, data])
}

test.for(Object.entries(YAMUX))(
  'yamux: %s, from a peer that has proved itself, harms nobody else',
  async ([, frames]) => {
    const { ask } = await bystanders()
    const hostile = await overlayClient({ listen: [], muxerSays: frames })

    await hostile.dial(multiaddr(address)).catch(() => {})

    expect(await ask()).toBe('hello')
    expect(relay.child.exitCode).toBe(null)
  },
)

test('resets at every moment of a connection leave the relay running', async () => {
  const { ask } = await bystanders()

  for (let bytes = 0; bytes < 40; bytes++) {
    const hostile = await overlaySocket()
    hostile.write(Buffer.from([0x82, 0xa0, ...MASK, ...new Uint8Array(bytes)]))
    hostile.resetAndDestroy()
  }

  expect(await ask()).toBe('hello')
  expect(relay.child.exitCode).toBe(null)
})

test('a thousand idle sockets change nothing for those who come after', async () => {
  const idle = await Promise.all(Array.from({ length: 1000 }, () => overlaySocket()))

  const { ask } = await bystanders()

  expect(await ask()).toBe('hello')
  for (const socket of idle) socket.destroy()
})
