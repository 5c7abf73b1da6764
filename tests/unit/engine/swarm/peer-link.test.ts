import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import type { PeerLink } from '../../../../src/engine/contracts/torrent-client.ts'
import { KIB, MIB } from '../../../../src/engine/model/units.ts'
import { converse } from '../../../../src/engine/overlay/conversation.ts'
import {
  CREDIT_WINDOW,
  makeRelayedChannel,
  RELAYED_BUDGET,
} from '../../../../src/engine/overlay/relayed-channel.ts'
import { MESSAGE_LENGTH } from '../../../../src/engine/swarm/cut-messages.ts'
import { makePeerLink } from '../../../../src/engine/swarm/peer-link.ts'
import { makeRateBucket, makeRateGate } from '../../../../src/engine/swarm/rate-limit.ts'
import type { WireChannel } from '../../../../src/engine/swarm/wire-channel.ts'
import { streamPair } from '../../../support/stream-pair.ts'
import {
  frame,
  handshake,
  have,
  INFO_HASH,
  joined,
  keepAlive,
  request,
  split,
} from './wire-frames.ts'

const GEOMETRY = { pieceCount: 1000, pieceLength: 32 * KIB, lastPieceLength: 32 * KIB }

/** A link over one end of a road in memory, and the other end as the peer has it. */
function linked() {
  const [one, other] = streamPair()
  const channel = makeRelayedChannel(converse(one))
  const down = makeRateBucket()
  const up = makeRateBucket()
  const onClosed = vi.fn<(bannedFor: string | null) => void>()
  const sent: number[] = []
  const send = channel.send.bind(channel)
  vi.spyOn(channel, 'send').mockImplementation((bytes) => {
    sent.push(bytes.length)
    send(bytes)
  })
  /** What was asked of the limit on what comes in. */
  const paid: number[] = []
  const gate = makeRateGate([down])
  const link = makePeerLink({
    id: 'peer',
    infoHash: INFO_HASH,
    source: 'overlay',
    path: 'relayed',
    identity: null,
    channel,
    down: {
      request(bytes, signal) {
        paid.push(bytes)
        return gate.request(bytes, signal)
      },
    },
    up: makeRateGate([up]),
    onClosed,
  })
  const heard: Uint8Array[] = []
  // A link pushes bytes and nothing else.
  link.on('data', (chunk) => heard.push(chunk as Uint8Array))
  link.on('error', () => {})
  return {
    link,
    channel,
    /** Sizes of the messages that the link handed to its channel. */
    sent,
    heard,
    paid,
    peer: makeRelayedChannel(converse(other)),
    down,
    up,
    onClosed,
  }
}

/** Everything the peer gets, for which it gives credit. */
function taking(peer: WireChannel) {
  const found: Uint8Array[] = []
  peer.onmessage = ({ data }) => {
    if (typeof data === 'string') throw new Error('text on a wire')
    found.push(new Uint8Array(data))
    peer.taken?.(data.byteLength)
  }
  return found
}

const sum = (lengths: readonly number[]) => lengths.reduce((sum, length) => sum + length, 0)
const lengthOf = (chunks: readonly Uint8Array[]) => sum(chunks.map(({ length }) => length))
const closing = (link: PeerLink) => new Promise<void>((resolve) => link.once('close', resolve))

test('what a peer sends comes out in whole frames, however it was cut', async () => {
  const frames = fc.array(
    fc.oneof(
      fc.constant(keepAlive()),
      fc.nat(999).map(have),
      fc.nat(999).map((at) => request(at, 0)),
    ),
    { maxLength: 20 },
  )
  await fc.assert(
    fc.asyncProperty(frames, fc.array(fc.integer({ min: 1, max: 40 })), async (frames, cuts) => {
      const { link, heard, peer } = linked()
      link.know(GEOMETRY)
      const bytes = joined(handshake(), ...frames)

      for (let at = 0, nth = 0; at < bytes.length; nth++) {
        const length = cuts[nth] ?? bytes.length
        peer.send(bytes.slice(at, at + length))
        at += length
      }
      await vi.waitFor(() => expect(lengthOf(heard)).toBe(bytes.length))

      expect(joined(...heard)).toEqual(bytes)
      const [first, ...rest] = heard
      expect(() => [...split(first!.subarray(68)), ...rest.flatMap(split)]).not.toThrow()
      link.destroy()
    }),
    { numRuns: 30 },
  )
})

test('what is written arrives as it was, in messages no longer than every browser takes', async () => {
  const writes = fc.array(fc.integer({ min: 1, max: MESSAGE_LENGTH + 9 }), {
    minLength: 1,
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(writes, async (lengths) => {
      const { link, sent, peer } = linked()
      const found = taking(peer)
      const chunks = lengths.map((length, nth) => new Uint8Array(length).fill(nth + 1))

      for (const chunk of chunks) link.write(chunk)
      await vi.waitFor(() => expect(lengthOf(found)).toBe(lengthOf(chunks)))

      expect(joined(...found)).toEqual(joined(...chunks))
      expect(Math.max(...sent)).toBeLessThanOrEqual(MESSAGE_LENGTH)
      link.destroy()
    }),
    { numRuns: 12 },
  )
})

test('small messages that are written together travel together', async () => {
  const { link, sent, peer } = linked()
  const found = taking(peer)

  for (let piece = 0; piece < 100; piece++) link.write(have(piece))
  await vi.waitFor(() => expect(lengthOf(found)).toBe(900))

  expect(sent).toEqual([900])
})

test.each([
  ['bytes that are not BitTorrent', new TextEncoder().encode('GET / HTTP/1.1'), 'handshake'],
  ['another torrent', handshake('f'.repeat(40)), 'handshake'],
  ['a frame that is too long', joined(handshake(), Uint8Array.of(1, 0, 0, 0, 7)), 'length'],
  ['a piece that the torrent does not have', joined(handshake(), have(5000)), 'range'],
])('%s: the peer is banned for it, and the road is closed', async (_, bytes, what) => {
  const { link, peer, onClosed } = linked()
  link.know(GEOMETRY)
  const closed = closing(link)
  const left = new Promise<void>((resolve) => peer.addEventListener('close', () => resolve()))

  peer.send(Uint8Array.from(bytes))
  await Promise.all([closed, left])

  expect(onClosed).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(`${what}:`))
})

test('text where bytes belong bans', async () => {
  const { link, channel, onClosed } = linked()
  const closed = closing(link)

  channel.onmessage?.({ data: 'hello' })
  await closed

  expect(onClosed).toHaveBeenCalledExactlyOnceWith('text on a wire')
})

test('sizes that are learnt late judge what came before', async () => {
  const { link, peer, onClosed, heard } = linked()
  const closed = closing(link)
  peer.send(joined(handshake(), have(5000)))
  await vi.waitFor(() => expect(lengthOf(heard)).toBe(77))

  link.know(GEOMETRY)
  peer.send(keepAlive())
  await closed

  expect(onClosed).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('range:'))
})

test('of several reasons to be banned the first is remembered', async () => {
  const { link, onClosed } = linked()
  const closed = closing(link)

  link.ban('the first')
  link.ban('the second')
  link.destroy()
  await closed

  expect(onClosed).toHaveBeenCalledExactlyOnceWith('the first')
})

test('a peer that goes is not banned', async () => {
  const { link, peer, onClosed } = linked()
  const closed = closing(link)

  peer.close()
  await closed

  expect(onClosed).toHaveBeenCalledExactlyOnceWith(null)
})

test('nothing is handed on after a ban, though it came in the same moment', async () => {
  const { link, channel, heard } = linked()
  const closed = closing(link)

  link.ban('enough')
  channel.onmessage?.({ data: handshake().buffer })
  await closed

  expect(heard).toEqual([])
})

test('what a limit holds back waits in order, pays in full, and gives no credit until it is handed on', async () => {
  const { link, peer, down, channel, heard, paid } = linked()
  link.know(GEOMETRY)
  const taken = vi.spyOn(channel, 'taken')
  down.setRate(0)
  peer.send(handshake())
  for (let piece = 0; piece < 50; piece++) peer.send(have(piece))
  await vi.waitFor(() => expect(channel.bytesMoved).toBe(68 + 50 * 9))
  const held = [heard.length, taken.mock.calls.length]

  down.setRate(null)
  await vi.waitFor(() => expect(lengthOf(heard)).toBe(68 + 50 * 9))

  expect(held).toEqual([0, 0])
  const pieces = joined(...heard).subarray(68)
  expect(split(pieces).map((frame) => frame[8])).toEqual([...Array(50).keys()])
  expect(sum(paid)).toBe(68 + 50 * 9)
  expect(sum(taken.mock.calls.map(([bytes]) => bytes))).toBe(68 + 50 * 9)
})

test('a short message does not overtake a long one, though limits let short ones pass sooner', async () => {
  const { link, channel, down, heard } = linked()
  const pieceCount = 8 * MESSAGE_LENGTH
  link.know({ ...GEOMETRY, pieceCount })
  down.setRate(0)
  const long = joined(handshake(), frame(5, [], new Uint8Array(MESSAGE_LENGTH)))
  const short = have(7)
  channel.onmessage?.({ data: long.buffer })
  channel.onmessage?.({ data: short.buffer })

  down.setRate(MIB)
  await vi.waitFor(() => expect(lengthOf(heard)).toBe(long.length + short.length))

  expect(heard.at(-1)).toEqual(short)
})

test('a link that is closed while a limit holds its bytes hands nothing on', async () => {
  const { link, peer, down, channel, heard } = linked()
  down.setRate(0)
  peer.send(handshake())
  await vi.waitFor(() => expect(channel.bytesMoved).toBe(68))
  const closed = closing(link)

  link.destroy()
  await closed
  down.setRate(null)
  await new Promise((resolve) => setTimeout(resolve))

  expect(heard).toEqual([])
})

test('what is written waits for the limit', async () => {
  const { link, peer, up, sent } = linked()
  const found = taking(peer)
  up.setRate(0)
  link.write(handshake())
  await new Promise((resolve) => setTimeout(resolve))
  const held = [...sent]

  up.setRate(null)
  await vi.waitFor(() => expect(lengthOf(found)).toBe(68))

  expect(held).toEqual([])
})

test('to a peer that takes nothing no more is sent than may wait, and it goes on when it does', async () => {
  const { link, peer, sent } = linked()
  let arrived = 0
  const count = (data: string | ArrayBuffer) => {
    if (typeof data !== 'string') arrived += data.byteLength
  }
  peer.onmessage = ({ data }) => count(data)
  const length = 3 * MIB
  for (let at = 0; at < length; at += MESSAGE_LENGTH) link.write(new Uint8Array(MESSAGE_LENGTH))
  await vi.waitFor(() => expect(arrived).toBeGreaterThan(CREDIT_WINDOW - MESSAGE_LENGTH))
  const handed = sum(sent)

  peer.onmessage = ({ data }) => {
    count(data)
    if (typeof data !== 'string') peer.taken?.(data.byteLength)
  }
  peer.taken?.(arrived)
  await vi.waitFor(() => expect(arrived).toBe(length), { timeout: 10_000 })

  expect(handed).toBeGreaterThan(MIB)
  expect(handed).toBeLessThanOrEqual(MIB + MESSAGE_LENGTH)
})

test('a link that is closed while the peer takes nothing ends at once', async () => {
  const { link, sent, onClosed } = linked()
  for (let at = 0; at < 2 * MIB; at += MESSAGE_LENGTH) link.write(new Uint8Array(MESSAGE_LENGTH))
  await vi.waitFor(() => expect(sum(sent)).toBeGreaterThan(MIB))
  const closed = closing(link)

  link.destroy()
  await closed

  expect(onClosed).toHaveBeenCalledExactlyOnceWith(null)
})

test('a relayed link says what the relay still carries', async () => {
  const { link, peer } = linked()
  const found = taking(peer)
  const before = link.relayedBytesLeft

  link.write(handshake())
  await vi.waitFor(() => expect(lengthOf(found)).toBe(68))

  expect(before).toBe(RELAYED_BUDGET)
  expect(link.relayedBytesLeft).toBe(RELAYED_BUDGET - 68)
})
