import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redialDelay } from '../../../../src/engine/overlay/redial-delay.ts'
import { MINUTE, SECOND } from '../../../../src/engine/model/units.ts'

test('a relay that restarts is asked again soon, and never more than two seconds later', () => {
  expect(redialDelay(0, 0, 0)).toBe(100)
  fc.assert(
    fc.property(
      fc.nat(100_000),
      fc.nat(2 * MINUTE - 1),
      fc.float({ min: 0, max: 1, noNaN: true }),
      (attempt, away, chance) => {
        expect(redialDelay(attempt, away, chance)).toBeLessThan(2 * SECOND)
      },
    ),
  )
})

test('a relay that stays away is asked four times a minute', () => {
  expect(redialDelay(1000, 5 * MINUTE, 0)).toBe(15 * SECOND)
})

test('the peers of one relay do not come back together', () => {
  const delays = [0, 0.25, 0.5, 0.75, 1].map((chance) => redialDelay(20, 0, chance))

  expect(new Set(delays).size).toBe(5)
})
