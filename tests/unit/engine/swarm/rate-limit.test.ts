import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { KIB, MIB, SECOND } from '../../../../src/engine/model/units.ts'
import {
  makeRateBucket,
  makeRateGate,
  OPEN_GATE,
  type RateGate,
} from '../../../../src/engine/swarm/rate-limit.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

/** Takes messages as fast as the gate lets it, until it is stopped. Counts what it got. */
function aTaker(gate: RateGate, message = 64 * KIB) {
  const controller = new AbortController()
  const taker = { bytes: 0, stop: () => controller.abort() }
  const run = async () => {
    while (!controller.signal.aborted) {
      await gate.request(message, controller.signal)
      taker.bytes += message
    }
  }
  run().catch(() => undefined) // only the abort
  return taker
}

test('without limits a request costs no promise', () => {
  const gate = makeRateGate([makeRateBucket(), makeRateBucket(null)])

  expect(gate.request(MIB)).toBeUndefined()
  expect(OPEN_GATE.request(MIB)).toBeUndefined()
})

for (const [message, seconds] of [
  [1000, 20],
  [16 * KIB, 60],
  [64 * KIB, 60],
  [MIB, 300],
] as const) {
  test(`in the long run, messages of ${message} bytes come at the rate that was set`, async () => {
    const rate = 500_000
    const taker = aTaker(makeRateGate([makeRateBucket(rate)]), message)

    await vi.advanceTimersByTimeAsync(seconds * SECOND)
    taker.stop()

    expect(taker.bytes / seconds / rate).toBeGreaterThan(0.98)
    expect(taker.bytes / seconds / rate).toBeLessThan(1.02)
  })
}

test('after a silence no more than a quarter of a second passes at once', async () => {
  const bucket = makeRateBucket(1_000_000)
  const gate = makeRateGate([bucket])
  await vi.advanceTimersByTimeAsync(60 * SECOND)

  let passed = 0
  while (gate.request(10_000) === undefined) passed += 10_000
  bucket.setRate(null)

  expect(passed).toBeGreaterThan(240_000)
  expect(passed).toBeLessThanOrEqual(270_000)
})

test('the narrowest of the limits decides', async () => {
  const gate = makeRateGate([
    makeRateBucket(10_000_000),
    makeRateBucket(200_000),
    makeRateBucket(null),
  ])
  const taker = aTaker(gate)

  await vi.advanceTimersByTimeAsync(60 * SECOND)
  taker.stop()

  expect(taker.bytes / 60).toBeGreaterThan(196_000)
  expect(taker.bytes / 60).toBeLessThan(204_000)
})

test('four takers of one limit get the same, whatever the length of their messages', async () => {
  const all = makeRateBucket(1_000_000)
  const takers = [16 * KIB, 64 * KIB, 256 * KIB, MIB].map((message) =>
    aTaker(makeRateGate([makeRateBucket(), all]), message),
  )

  await vi.advanceTimersByTimeAsync(120 * SECOND)
  for (const taker of takers) taker.stop()

  for (const taker of takers) expect(Math.abs(taker.bytes / 120 / 250_000 - 1)).toBeLessThan(0.05)
})

test('a peer with a limit of its own leaves what it may not use to the others', async () => {
  const all = makeRateBucket(1_000_000)
  const slow = aTaker(makeRateGate([makeRateBucket(100_000), all]))
  const fast = aTaker(makeRateGate([makeRateBucket(), all]))

  await vi.advanceTimersByTimeAsync(60 * SECOND)
  slow.stop()
  fast.stop()

  expect(slow.bytes / 60 / 100_000).toBeCloseTo(1, 1)
  expect(fast.bytes / 60 / 900_000).toBeCloseTo(1, 1)
})

test('a limit that is raised frees who waits for it', async () => {
  const bucket = makeRateBucket(1)
  const gate = makeRateGate([bucket])
  void gate.request(MIB)
  const waiting = gate.request(MIB)

  bucket.setRate(2 * MIB)
  await vi.advanceTimersByTimeAsync(SECOND)

  await expect(waiting).resolves.toBeUndefined()
})

test('a limit that is lowered counts from now on', async () => {
  const bucket = makeRateBucket(10 * MIB)
  const taker = aTaker(makeRateGate([bucket]))
  await vi.advanceTimersByTimeAsync(10 * SECOND)
  const before = taker.bytes

  bucket.setRate(100 * KIB)
  await vi.advanceTimersByTimeAsync(60 * SECOND)
  taker.stop()

  expect((taker.bytes - before) / 60).toBeLessThan(106 * KIB)
})

test('a limit of zero lets nothing pass, until it is lifted', async () => {
  const bucket = makeRateBucket(1_000_000)
  const gate = makeRateGate([bucket])
  await vi.advanceTimersByTimeAsync(SECOND)
  bucket.setRate(0)
  const passed = vi.fn()

  const waiting = gate.request(1)!.then(passed)
  await vi.advanceTimersByTimeAsync(1000 * SECOND)
  expect(passed).not.toHaveBeenCalled()
  bucket.setRate(null)
  await waiting

  expect(gate.request(MIB)).toBeUndefined()
})

test('who gives up gets the reason, and those behind do not wait for them', async () => {
  const bucket = makeRateBucket(1000)
  const gate = makeRateGate([bucket])
  void gate.request(1000)
  const controller = new AbortController()
  const reason = new Error('the link is closed')
  const quitter = gate.request(1_000_000, controller.signal)
  const next = gate.request(1000)

  controller.abort(reason)
  await expect(quitter).rejects.toBe(reason)
  await vi.advanceTimersByTimeAsync(20 * SECOND)

  await expect(next).resolves.toBeUndefined()
})

test('when all who waited gave up, the next one is served in time', async () => {
  const gate = makeRateGate([makeRateBucket(1000)])
  void gate.request(5000)
  const controller = new AbortController()
  const quitter = gate.request(1000, controller.signal)
  controller.abort(new Error('gone'))
  await expect(quitter).rejects.toThrow('gone')

  const next = gate.request(1)
  await vi.advanceTimersByTimeAsync(5 * SECOND)

  await expect(next).resolves.toBeUndefined()
})

test('who has given up before asking gets the reason too', async () => {
  const gate = makeRateGate([makeRateBucket(0)])
  const reason = new Error('too late')

  await expect(gate.request(1, AbortSignal.abort(reason))).rejects.toBe(reason)
})
