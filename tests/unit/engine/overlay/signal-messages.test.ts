import { encode } from 'cborg'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { InfoHash, WirePeerId } from '../../../../src/engine/model/ids.ts'
import { makeFrameReader } from '../../../../src/engine/overlay/frames.ts'
import {
  MAX_SIGNAL_LENGTH,
  readSignal,
  signalFrame,
  type SignalMessage,
} from '../../../../src/engine/overlay/signal-messages.ts'

const infoHash = 'aa'.repeat(20) as InfoHash // 40 hex digits
const wirePeerId = 'bb'.repeat(20) as WirePeerId // 40 hex digits
const candidate = {
  candidate: 'candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host',
  sdpMid: '0',
  sdpMLineIndex: 0,
  usernameFragment: 'abcd',
}
const offer = {
  type: 'offer',
  infoHash: new Uint8Array(20),
  wirePeerId: new Uint8Array(20),
  sdp: 'v=0',
}

test.each<SignalMessage>([
  { type: 'offer', infoHash, wirePeerId, sdp: 'v=0\r\n' },
  { type: 'answer', wirePeerId, sdp: 'v=0\r\n' },
  { type: 'candidate', candidate },
  { type: 'candidate', candidate: null },
  { type: 'wire', infoHash, wirePeerId },
  { type: 'accept', wirePeerId },
  { type: 'refuse', reason: 'busy' },
  { type: 'close' },
])('a message is read as it was said: $type', (message) => {
  const [body] = makeFrameReader(MAX_SIGNAL_LENGTH).push(signalFrame(message)) ?? []

  expect(readSignal(body!)).toEqual(message)
})

test.each<[string, unknown]>([
  ['an info hash of another length', { ...offer, infoHash: new Uint8Array(32) }],
  ['an info hash as text', { ...offer, infoHash }],
  ['a field nobody knows', { ...offer, more: 1 }],
  ['a field too few', { type: 'offer', sdp: 'v=0' }],
  ['an endless description', { ...offer, sdp: 'v'.repeat(13_000) }],
  [
    'an endless candidate',
    { type: 'candidate', candidate: { ...candidate, candidate: 'c'.repeat(1025) } },
  ],
  ['an index that is none', { type: 'candidate', candidate: { ...candidate, sdpMLineIndex: 0.5 } }],
  ['a reason nobody knows', { type: 'refuse', reason: 'because' }],
  ['a type nobody knows', { type: 'shutdown' }],
  ['a list', [offer]],
  ['nothing', null],
])('%s is no message', (_, value) => {
  expect(readSignal(encode(value))).toBeNull()
})

test.each<[string, readonly number[]]>([
  [
    'a map that names a key twice',
    [
      0xa2,
      0x64,
      ...text('type'),
      0x65,
      ...text('close'),
      0x64,
      ...text('type'),
      0x65,
      ...text('close'),
    ],
  ],
  ['a map without an end', [0xbf, 0x64, ...text('type'), 0x65, ...text('close'), 0xff]],
  ['bytes behind the message', [0xa1, 0x64, ...text('type'), 0x65, ...text('close'), 0x00]],
  ['lists in lists without an end', Array.from({ length: 16_000 }, () => 0x81)],
  [
    'a list that says it is longer than the world',
    [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  ],
])('%s is no message', (_, bytes) => {
  expect(readSignal(Uint8Array.from(bytes))).toBeNull()
})

test('no bytes make the reader throw, and a change in a message is another message or none', () => {
  const good = encode(offer)

  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(() => readSignal(bytes)).not.toThrow()
    }),
  )
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bytes = good.slice()
      bytes[at] = bytes[at]! ^ change
      expect(() => readSignal(bytes)).not.toThrow()
    }),
  )
})

function text(ascii: string): number[] {
  return [...new TextEncoder().encode(ascii)]
}
