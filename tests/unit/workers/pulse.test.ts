import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makePulse, MOST_UNANSWERED, PULSE } from '../../../src/workers/page/pulse.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A link, and what was done about it. */
function aLink() {
  const done: string[] = []
  const pulse = makePulse({
    ask: () => done.push('ask'),
    onQuiet: () => done.push('quiet'),
    onSilent: () => done.push('silent'),
  })
  return { pulse, done, count: (what: string) => done.filter((one) => one === what).length }
}

test('a link on which news come is asked nothing', () => {
  const { pulse, done } = aLink()

  for (let turn = 0; turn < 50; turn++) {
    pulse.heard()
    vi.advanceTimersByTime(PULSE)
  }

  expect(done).toEqual([])
})

test('a script that takes long to load is not taken for one that hangs', () => {
  const { done } = aLink()

  vi.advanceTimersByTime(100 * PULSE)

  expect(done).toEqual([])
})

test('a quiet link that answers is kept for good', () => {
  const { pulse, count } = aLink()
  pulse.heard()

  let answered = 0
  for (let turn = 0; turn < 100; turn++) {
    vi.advanceTimersByTime(PULSE)
    if (count('ask') > answered) {
      answered += 1
      pulse.heard()
    }
  }

  expect(answered).toBeGreaterThan(10)
  expect(count('quiet') + count('silent')).toBe(0)
})

test('an answer that comes late begins the count anew', () => {
  const { pulse, count } = aLink()
  pulse.heard()

  for (let turn = 0; turn < 5; turn++) {
    vi.advanceTimersByTime(MOST_UNANSWERED * PULSE)
    pulse.heard()
  }

  expect(count('silent')).toBe(0)
})

test('so many questions without an answer are the end, and that is said once', () => {
  const { pulse, count, done } = aLink()
  pulse.heard()

  vi.advanceTimersByTime(100 * PULSE)

  expect(done.at(-1)).toBe('silent')
  expect([count('ask'), count('quiet'), count('silent')]).toEqual([
    MOST_UNANSWERED,
    MOST_UNANSWERED - 1,
    1,
  ])
})

test('what other tabs ask counts where the page’s own timers are slow, and many at once count as one', () => {
  const { pulse, count } = aLink()
  pulse.heard()
  vi.advanceTimersByTime(PULSE)

  let looks = 0
  for (; count('silent') === 0; looks++) {
    vi.spyOn(performance, 'now').mockReturnValue(looks * PULSE + 2 * PULSE)
    for (let tab = 0; tab < 5; tab++) pulse.look()
  }

  expect(looks).toBe(MOST_UNANSWERED + 1)
})

test('once it is stopped nothing is asked, whoever looks', () => {
  const { pulse, done } = aLink()
  pulse.heard()

  pulse.stop()
  pulse.heard()
  vi.advanceTimersByTime(100 * PULSE)
  pulse.look()

  expect(done).toEqual([])
})
