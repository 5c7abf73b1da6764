import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makePacedInbox } from '../../relay/paced-inbox.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function anInbox(handle: (message: number) => void | Promise<void>) {
  const source = { pause: vi.fn<() => void>(), resume: vi.fn<() => void>() }
  const pace = { messages: 3, window: 300 }
  return { inbox: makePacedInbox({ handle, pace, source, now: () => performance.now() }), source }
}

test('a burst within the pace is handled at once, and its sender never waits', () => {
  const handled: number[] = []
  const { inbox, source } = anInbox((message) => void handled.push(message))

  for (const message of [1, 2, 3]) inbox.push(message)

  expect(handled).toEqual([1, 2, 3])
  expect(source.pause).not.toHaveBeenCalled()
})

test('what comes beyond the pace waits its turn while the sender is held', () => {
  const handled: number[] = []
  const { inbox, source } = anInbox((message) => void handled.push(message))

  for (const message of [1, 2, 3, 4, 5]) inbox.push(message)
  const atOnce = [...handled]
  vi.advanceTimersByTime(100)
  const afterOneTurn = [...handled]
  const heldInBetween = inbox.isHeld
  vi.advanceTimersByTime(100)

  expect(atOnce).toEqual([1, 2, 3])
  expect(afterOneTurn).toEqual([1, 2, 3, 4])
  expect(heldInBetween).toBe(true)
  expect(handled).toEqual([1, 2, 3, 4, 5])
  expect(inbox.isHeld).toBe(false)
  expect(source.pause).toHaveBeenCalledTimes(1)
  expect(source.resume).toHaveBeenCalledTimes(1)
})

test('a quiet time earns no more than one full burst', () => {
  const handled: number[] = []
  const { inbox } = anInbox((message) => void handled.push(message))

  vi.advanceTimersByTime(60_000)
  for (const message of [1, 2, 3, 4, 5, 6, 7]) inbox.push(message)

  expect(handled.length).toBeLessThanOrEqual(6)
})

test('the next message waits until the last one is finished', async () => {
  const handled: number[] = []
  const first = Promise.withResolvers<void>()
  const { inbox, source } = anInbox((message) => {
    handled.push(message)
    return message === 1 ? first.promise : undefined
  })

  inbox.push(1)
  inbox.push(2)
  const before = [...handled]
  first.resolve()
  await vi.waitFor(() => expect(source.resume).toHaveBeenCalled())

  expect(before).toEqual([1])
  expect(handled).toEqual([1, 2])
})

test('after stop nothing is handled and nothing is left running', () => {
  const handled: number[] = []
  const { inbox } = anInbox((message) => void handled.push(message))
  for (const message of [1, 2, 3, 4]) inbox.push(message)

  inbox.stop()
  inbox.push(5)
  vi.advanceTimersByTime(60_000)

  expect(handled).toEqual([1, 2, 3])
  expect(vi.getTimerCount()).toBe(0)
})
