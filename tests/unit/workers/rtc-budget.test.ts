import { expect, test } from 'vitest'
import { makeRtcBudget } from '../../../src/workers/worker/rtc-budget.ts'

test('pending connections get their share and no more', () => {
  const budget = makeRtcBudget(10, 2)

  const admitted = [budget.admit(), budget.admit(), budget.admit()]

  expect(admitted.map((seat) => seat !== null)).toEqual([true, true, false])
  expect([budget.live, budget.pending, budget.room()]).toEqual([2, 2, 0])
})

test('a connected one makes room for a pending one', () => {
  const budget = makeRtcBudget(10, 1)
  const seat = budget.admit()

  seat?.connected()

  expect([budget.live, budget.pending, budget.room()]).toEqual([1, 0, 1])
})

test('the live maximum counts connected and pending together', () => {
  const budget = makeRtcBudget(2, 2)
  budget.admit()?.connected()
  budget.admit()

  expect(budget.room()).toBe(0)
  expect(budget.admit()).toBeNull()
})

test('a seat released twice, or connected after its release, counts once', () => {
  const budget = makeRtcBudget(2, 2)
  const seat = budget.admit()
  budget.admit()

  seat?.release()
  seat?.release()
  seat?.connected()

  expect([budget.live, budget.pending, budget.room()]).toEqual([1, 1, 1])
})

test('a lowered maximum evicts nobody and admits nobody', () => {
  const budget = makeRtcBudget(3, 3)
  for (let made = 0; made < 3; made++) budget.admit()?.connected()

  budget.setMaxLive(1)

  expect([budget.live, budget.room()]).toEqual([3, 0])
})

test('a raised maximum admits at once', () => {
  const budget = makeRtcBudget(1, 3)
  budget.admit()

  budget.setMaxLive(3)

  expect(budget.room()).toBe(2)
})
