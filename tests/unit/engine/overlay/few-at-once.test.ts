import { expect, test } from 'vitest'
import { makeFewAtOnce } from '../../../../src/engine/overlay/few-at-once.ts'

test('no more than a few run at a time, all of them run, and one that fails makes room', async () => {
  const few = makeFewAtOnce(3)
  let running = 0
  let most = 0
  const act = async (nth: number) => {
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => setTimeout(resolve))
    running -= 1
    if (nth % 2 === 0) throw new Error(`${nth}`)
    return nth
  }

  const ended = await Promise.allSettled(
    Array.from({ length: 20 }, (_, nth) => few.run(() => act(nth))),
  )

  expect(most).toBe(3)
  expect(ended.map(({ status }) => status)).toEqual(
    ended.map((_, nth) => (nth % 2 === 0 ? 'rejected' : 'fulfilled')),
  )
})
