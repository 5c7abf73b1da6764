import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchSleep } from '../../../src/workers/worker/watch-sleep.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a device that slept is noticed, and a thread that was busy is not', () => {
  let skipped = 0
  let wakes = 0
  const stop = watchSleep(
    () => (wakes += 1),
    () => Date.now() + skipped,
  )

  vi.advanceTimersByTime(60_000)
  skipped += 8_000
  vi.advanceTimersByTime(10_000)
  const afterBusy = wakes
  skipped += 3_600_000
  vi.advanceTimersByTime(10_000)
  stop()

  expect([afterBusy, wakes]).toEqual([0, 1])
})
