import { once } from 'node:events'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { hasEnded, rawConnection, rawUpgrade, textFrame } from './support/raw-upgrade.ts'
import { runningRelay } from './support/relay-process.ts'
import { anId, joinTracker } from './support/tracker-peer.ts'

let relay: Awaited<ReturnType<typeof runningRelay>>

beforeAll(async () => {
  relay = await runningRelay('--no-app')
})

afterAll(async () => {
  relay.child.kill('SIGTERM')
  await relay.ended
})

const MASK = [0, 0, 0, 0]
const HUGE = [0, 0, 1, 0, 0, 0, 0, 0] // 2^40, big endian

/** The first four end a stock js-libp2p listener; see `ws` on its 'error' event for the rest. */
const FRAMES: Readonly<Record<string, Buffer>> = {
  'an unmasked frame': Buffer.from([0x81, 0x02, 0x68, 0x69]),
  'a reserved opcode': Buffer.from([0x83, 0x80, ...MASK]),
  'RSV1 without an extension': Buffer.from([0xc1, 0x80, ...MASK]),
  'a declared length of 2^40 bytes': Buffer.from([0x81, 0xff, ...HUGE, ...MASK]),
  'a declared length of 2^63 bytes': Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, ...MASK]),
  'one byte more than a frame may have': Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 1, ...MASK]),
  'a continuation of nothing': Buffer.from([0x80, 0x80, ...MASK]),
  'a fragmented ping': Buffer.from([0x09, 0x80, ...MASK]),
  'a ping of 126 bytes': Buffer.from([0x89, 0xfe, 0, 126, ...MASK]),
  'a close frame of one byte': Buffer.from([0x88, 0x81, ...MASK, 3]),
  'a close code that does not exist': Buffer.from([0x88, 0x82, ...MASK, 0x03, 0xed]),
  'text that is not UTF-8': Buffer.from([0x81, 0x82, ...MASK, 0xc3, 0x28]),
  'a thousand empty fragments': Buffer.concat([
    Buffer.from([0x01, 0x80, ...MASK]),
    ...Array.from({ length: 1000 }, () => Buffer.from([0x00, 0x80, ...MASK])),
  ]),
}

test.for(Object.entries(FRAMES))(
  '%s ends its own connection, and nobody else notices',
  async ([, frame]) => {
    const bystander = await joinTracker(`ws://127.0.0.1:${relay.port}/announce`, 'bystander')
    const hostile = await rawUpgrade(relay.port)

    hostile.write(frame)
    await hasEnded(hostile)

    expect(await bystander.announce(anId('swarm'))).toMatchObject({ incomplete: 1 })
    expect(relay.child.exitCode).toBe(null)
  },
)

test('a frame that is announced as 64 KiB and never arrives holds nobody up', async () => {
  const bystander = await joinTracker(`ws://127.0.0.1:${relay.port}/announce`, 'bystander')
  const hostile = await rawUpgrade(relay.port)

  hostile.write(Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, ...MASK, 0x7b]))

  expect(await bystander.announce(anId('swarm'))).toMatchObject({ incomplete: 1 })
})

test('a reset in the middle of a frame leaves the relay running', async () => {
  const hostile = await rawUpgrade(relay.port)

  hostile.write(textFrame('{"action":"scrape"}').subarray(0, 9))
  hostile.resetAndDestroy()
  const bystander = await joinTracker(`ws://127.0.0.1:${relay.port}/announce`)

  expect(await bystander.announce(anId('swarm'))).toMatchObject({ incomplete: 1 })
})

test('compression is never agreed on, so a few bytes cannot become many', async () => {
  const offering = new WebSocket(`ws://127.0.0.1:${relay.port}/announce`, {
    perMessageDeflate: true,
  })
  onTestFinished(() => offering.terminate())
  await once(offering, 'open')

  expect(offering.extensions).toBe('')
})

const UPGRADES: Readonly<Record<string, string>> = {
  'without a key': 'GET /announce HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket',
  'of version 99':
    'GET /announce HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 99',
  'to something else': 'GET /announce HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c',
  'by POST': 'POST /announce HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket',
  'with a subprotocol list that does not parse':
    'GET /announce HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n' +
    'Sec-WebSocket-Protocol: ,,,',
  'that is not HTTP': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc',
  'with 9 KiB of headers': `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(9 * 1024)}`,
}

test.for(Object.entries(UPGRADES))(
  'an upgrade %s is answered with a 4xx and the security headers',
  async ([, head]) => {
    const hostile = await rawConnection(relay.port)
    let answer = ''
    hostile.on('data', (chunk) => (answer += chunk.toString()))

    hostile.write(`${head}\r\n\r\n`)
    await hasEnded(hostile)

    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(answer).toContain('\r\nX-Content-Type-Options: nosniff\r\n')
    expect(relay.child.exitCode).toBe(null)
  },
)
