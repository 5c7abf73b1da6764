import { expect, test, vi } from 'vitest'
import { converse } from '../../../../src/engine/overlay/conversation.ts'
import { frame } from '../../../../src/engine/overlay/frames.ts'
import {
  CREDIT_WINDOW,
  makeRelayedChannel,
  RELAYED_BUDGET,
  type RelayedChannel,
} from '../../../../src/engine/overlay/relayed-channel.ts'
import { MIB } from '../../../../src/engine/model/units.ts'
import { streamPair } from '../../../support/stream-pair.ts'

function channels({ limit = null }: { readonly limit?: number | null } = {}) {
  const [one, other] = streamPair({ limit })
  return {
    one: makeRelayedChannel(converse(one)),
    other: makeRelayedChannel(converse(other)),
    streams: [one, other] as const,
  }
}

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, at) => at * at)

/** Reads, and says that it took, everything that comes. */
function reading(channel: RelayedChannel) {
  const found: number[] = []
  channel.onmessage = ({ data }) => {
    if (typeof data === 'string') throw new Error('text on a wire')
    found.push(...new Uint8Array(data))
    channel.taken?.(data.byteLength)
  }
  return found
}

test('more than a window goes through, in order, when it is taken', async () => {
  const { one, other } = channels()
  const found = reading(other)
  const sent = bytesOf(CREDIT_WINDOW * 2 + 77)

  one.send(sent)

  await vi.waitFor(() => expect(found.length).toBe(sent.length))
  expect(Uint8Array.from(found)).toEqual(sent)
  expect(one.bufferedAmount).toBe(0)
})

test('nothing of the wire overtakes the word that accepts it', async () => {
  const [asking, accepting] = streamPair()
  const asked = converse(asking)
  const answered = converse(accepting)

  answered.say({ type: 'close' })
  makeRelayedChannel(answered)

  expect(await asked.next()).toEqual({ type: 'close' })
})

test('to whoever takes nothing no more than a window is sent', async () => {
  const { one, other } = channels()
  let arrived = 0
  other.onmessage = ({ data }) => {
    if (typeof data !== 'string') arrived += data.byteLength
  }

  one.send(new Uint8Array(CREDIT_WINDOW * 3))
  await vi.waitFor(() => expect(arrived).toBeGreaterThan(CREDIT_WINDOW * 0.9))
  const held = one.bufferedAmount
  other.taken?.(arrived)
  await vi.waitFor(() => expect(one.bufferedAmount).toBeLessThan(held))

  expect(arrived).toBeLessThanOrEqual(CREDIT_WINDOW * 2)
  expect(held).toBeGreaterThanOrEqual(CREDIT_WINDOW * 2)
})

test('who waits is told when the buffer falls to its mark', async () => {
  const { one, other } = channels()
  reading(other)
  one.bufferedAmountLowThreshold = 64 * 1024
  const low = new Promise<void>((resolve) => {
    one.addEventListener('bufferedamountlow', () => resolve(), { once: true })
  })

  one.send(new Uint8Array(CREDIT_WINDOW))
  await low

  expect(one.bufferedAmount).toBeLessThanOrEqual(64 * 1024)
})

test('the budget is counted both ways, shown, and never passed', async () => {
  const { one, other } = channels({ limit: MIB })
  reading(other)
  const closed = new Promise<void>((resolve) => one.addEventListener('close', () => resolve()))
  const begun = one.bytesLeft

  one.send(new Uint8Array(300_000))
  await vi.waitFor(() => expect(one.bufferedAmount).toBe(0))
  const after = one.bytesLeft
  one.send(new Uint8Array(2 * MIB))
  await closed

  expect(begun).toBe(MIB - 256 * 1024)
  expect(after).toBe(begun - 300_000)
  expect(other.bytesMoved).toBeLessThanOrEqual(begun)
  expect(one.bytesLeft).toBe(0)
})

test('a relay without a limit is not used without one', () => {
  const { one } = channels({ limit: null })

  expect(one.bytesLeft).toBe(RELAYED_BUDGET)
})

test('a peer that sends more than it may is cut off', async () => {
  const [ours, theirs] = streamPair()
  const channel = makeRelayedChannel(converse(ours))
  const closed = new Promise<void>((resolve) => channel.addEventListener('close', () => resolve()))

  for (let sent = 0; sent <= CREDIT_WINDOW; sent += 15_000) {
    await theirs.send(frame(Uint8Array.of(0), new Uint8Array(15_000)))
  }
  await closed

  expect(ours.abortedFor).toBe('it sends more than it may')
})

test.each([
  ['a frame of no kind', [7, 1, 2]],
  ['an empty frame', []],
  ['a credit that is none', [1, 0, 0]],
])('%s ends the wire', async (_, body) => {
  const [ours, theirs] = streamPair()
  const channel = makeRelayedChannel(converse(ours))
  const closed = new Promise<void>((resolve) => channel.addEventListener('close', () => resolve()))

  await theirs.send(frame(Uint8Array.from(body)))
  await closed

  expect(ours.abortedFor).not.toBeNull()
})

test('both ends learn that it is closed', async () => {
  const { one, other } = channels()
  const closed = new Promise<void>((resolve) => other.addEventListener('close', () => resolve()))

  one.close()
  await closed

  expect(() => other.send(new Uint8Array(1))).toThrow('not open')
})
