import './support/patience.ts'
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
