import fc from 'fast-check'
import { expect, test } from 'vitest'
import { REDEMPTION_LIMITS } from '../../relay/redemptions/redemption-limits.ts'
import { makeUseCounters } from '../../relay/redemptions/use-counters.ts'
import { aClaim, digestOf } from './support/a-claim.ts'

const DAY = 86_400_000
const NOW = 1_800_000_000_000
const IN_AN_HOUR = NOW / 1000 + 3600
const ana = digestOf('ana')
const ben = digestOf('ben')
const cleo = digestOf('cleo')

test('an invite is used as often as it may be, and no more', () => {
  const counters = makeUseCounters(REDEMPTION_LIMITS)
  const invite = aClaim({ uses: 2, expires: IN_AN_HOUR })

  const decisions = [ana, ben, cleo].map((claim) => counters.decide({ ...invite, claim }, NOW))

  expect(decisions).toEqual([
    { name: 'granted', isNew: true, used: 1 },
    { name: 'granted', isNew: true, used: 2 },
    { name: 'refused', why: 'used', used: 2, uses: 2 },
  ])
})

test('who asks again gets the same answer and takes no other place', () => {
  const counters = makeUseCounters(REDEMPTION_LIMITS)
  const invite = aClaim({ uses: 2, expires: IN_AN_HOUR })
  counters.decide({ ...invite, claim: ana }, NOW)

  const again = counters.decide({ ...invite, claim: ana }, NOW)

  expect(again).toEqual({ name: 'granted', isNew: false, used: 1 })
  expect(counters.claims).toBe(1)
})

test.for([{ uses: 1000 }, { uses: 2 }, { expires: IN_AN_HOUR + 1 }, { expires: IN_AN_HOUR - 1 }])(
  'the first claim says how often and how long, and %j later is refused',
  (other) => {
    const counters = makeUseCounters(REDEMPTION_LIMITS)
    const invite = aClaim({ uses: 1, expires: IN_AN_HOUR, claim: ana })
    counters.decide(invite, NOW)

    const claims = [ana, ben].map((claim) => counters.decide({ ...invite, ...other, claim }, NOW))

    const refused = { name: 'refused', why: 'contradiction', used: 1, uses: 1 }
    expect(claims).toEqual([refused, refused])
    expect(counters.claims).toBe(1)
  },
)

test('an invite that expired is refused to everybody, and takes no room', () => {
  const counters = makeUseCounters(REDEMPTION_LIMITS)
  const invite = aClaim({ uses: 5, expires: IN_AN_HOUR })
  counters.decide({ ...invite, claim: ana }, NOW)

  const late = IN_AN_HOUR * 1000

  expect(counters.decide({ ...invite, claim: ana }, late)).toMatchObject({ why: 'expired' })
  expect(counters.decide({ ...invite, claim: ben }, late)).toMatchObject({ why: 'expired' })
  expect(counters.decide(aClaim({ expires: IN_AN_HOUR }), late)).toMatchObject({ why: 'expired' })
  expect(counters.tokens).toBe(1)
})

test('what expired is forgotten a day later', () => {
  const counters = makeUseCounters(REDEMPTION_LIMITS)
  counters.decide(aClaim({ expires: IN_AN_HOUR }), NOW)
  const end = IN_AN_HOUR * 1000 + DAY

  expect(counters.forget(end - 1)).toBe(0)
  expect(counters.forget(end)).toBe(1)
  expect([counters.tokens, counters.claims]).toEqual([0, 0])
})

test.for([-DAY, DAY])(
  'a clock that was wrong by %i ms for a while grants nothing twice',
  (wrong) => {
    fc.assert(
      fc.property(
        fc.integer({ min: -DAY, max: 2 * DAY }),
        fc.integer({ min: 0, max: DAY }),
        (at, left) => {
          const counters = makeUseCounters(REDEMPTION_LIMITS)
          const expires = (NOW + left) / 1000
          const invite = aClaim({ uses: 1, expires: Math.floor(expires) })
          const first = counters.decide({ ...invite, claim: ana }, NOW)

          // Swept at any time by the wrong clock, and asked by the right one and the wrong one.
          counters.forget(NOW + Math.min(at, 0) + wrong)
          counters.forget(NOW + Math.max(at, 0) + wrong)
          const now = NOW + Math.max(at, 0)

          const granted = [first, counters.decide({ ...invite, claim: ben }, now)].filter(
            ({ name }) => name === 'granted',
          )
          expect(granted.length).toBeLessThanOrEqual(1)
        },
      ),
    )
  },
)

test('a claim that could not be kept leaves no trace', () => {
  const counters = makeUseCounters(REDEMPTION_LIMITS)
  const invite = aClaim({ uses: 1, expires: IN_AN_HOUR, claim: ana })
  counters.decide(invite, NOW)

  counters.undo(invite)
  counters.undo(invite)

  expect([counters.tokens, counters.claims]).toEqual([0, 0])
  expect(counters.decide({ ...invite, uses: 3, claim: ben }, NOW)).toMatchObject({ used: 1 })
})

test('memory is bounded, and what is known still counts when it is full', () => {
  const counters = makeUseCounters({ ...REDEMPTION_LIMITS, tokens: 2, claims: 3 })
  const [one, two] = [aClaim({ uses: 9, expires: IN_AN_HOUR }), aClaim({ expires: IN_AN_HOUR })]
  counters.decide(one, NOW)
  counters.decide(two, NOW)

  expect(counters.decide(aClaim({ expires: IN_AN_HOUR }), NOW)).toEqual({ name: 'full' })
  expect(counters.decide({ ...one, claim: ana }, NOW)).toMatchObject({ used: 2 })
  expect(counters.decide({ ...one, claim: ben }, NOW)).toEqual({ name: 'full' })
  expect(counters.decide({ ...one, claim: ana }, NOW)).toMatchObject({ isNew: false })
  expect(counters.decide({ ...two, claim: ana }, NOW)).toMatchObject({ why: 'used' })
})

test('whatever is asked in whatever order, no invite is used by more than it is for', () => {
  const asked = fc.record({
    token: fc.constantFrom(digestOf('a'), digestOf('b')),
    claim: fc.nat(12).map((number) => digestOf(String(number))),
    uses: fc.integer({ min: 1, max: 4 }),
    expires: fc.constantFrom(IN_AN_HOUR, IN_AN_HOUR + 60),
    forget: fc.boolean(),
  })

  fc.assert(
    fc.property(fc.array(asked, { maxLength: 80 }), (claims) => {
      const counters = makeUseCounters(REDEMPTION_LIMITS)
      const users = new Map<string, Set<string>>()
      const said = new Map<string, number>()
      for (const { forget, ...claim } of claims) {
        if (forget) counters.forget(NOW)
        const decision = counters.decide(claim, NOW)
        if (decision.name !== 'granted') continue

        const first = said.get(claim.token) ?? claim.uses
        said.set(claim.token, first)
        const known = users.get(claim.token) ?? new Set()
        users.set(claim.token, known.add(claim.claim))
        expect(known.size).toBeLessThanOrEqual(first)
        expect(claim.uses).toBe(first)
      }
      const all = [...users.values()].reduce((sum, { size }) => sum + size, 0)
      expect([...counters.granted()]).toHaveLength(all)
    }),
  )
})
