import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  COOL_DOWNS,
  FAILURES_BEFORE_COOL_DOWN,
  GUESSES_PER_WINDOW,
  LONGEST_RUN,
  makeGuessLimits,
  MAX_IDENTITIES,
  REMEMBERED,
  WINDOW,
  type GuessLimits,
  type OpenGuess,
} from '../../../../src/engine/keyed/guess-limits.ts'
import type { PeerId } from '../../../../src/engine/model/ids.ts'
import { HOUR, MINUTE, SECOND } from '../../../../src/engine/model/units.ts'
import { ana, aPeer, ben } from './people.ts'

test('the third wrong guess cools an identity down, and each third one for longer', () => {
  const limits = makeGuessLimits()
  let now = 0
  const waited: number[] = []

  for (let round = 0; round < 6; round++) {
    for (let guess = 0; guess < FAILURES_BEFORE_COOL_DOWN; guess++) {
      opened(limits, ana, now).wrong(now)
    }
    const permit = limits.begin(ana, now)
    if (permit.name !== 'later') throw new Error(permit.name)
    waited.push(permit.again - now)
    now = permit.again
  }

  expect(waited).toEqual([...COOL_DOWNS, COOL_DOWNS.at(-1)])
})

test('one who cools down keeps nobody else away', () => {
  const limits = makeGuessLimits()
  for (let guess = 0; guess < 3; guess++) opened(limits, ana, 0).wrong(0)

  expect(limits.begin(ben, 0).name).toBe('guess')
})

test('the eleventh guess of a minute waits, whoever makes it', () => {
  const limits = makeGuessLimits()
  for (let peer = 0; peer < GUESSES_PER_WINDOW; peer++) {
    opened(limits, aPeer(peer), peer * SECOND).wrong(peer * SECOND)
  }

  expect(limits.begin(ana, 10 * SECOND)).toEqual({ name: 'later', again: WINDOW })
  expect(limits.begin(ana, WINDOW).name).toBe('guess')
  expect(limits.begin(ben, WINDOW)).toEqual({ name: 'later', again: WINDOW + SECOND })
})

test('any number of people who know the passphrase come in at once', () => {
  const limits = makeGuessLimits()

  const permits = Array.from({ length: 100 }, (_, peer) => {
    const permit = limits.begin(aPeer(peer), 0)
    if (permit.name === 'guess') permit.guess.right()
    return permit.name
  })

  expect(new Set(permits)).toEqual(new Set(['guess']))
  expect(limits.size).toBe(0)
})

test('a right guess forgets the wrong ones before it', () => {
  const limits = makeGuessLimits()
  opened(limits, ana, 0).wrong(0)
  opened(limits, ana, 0).wrong(0)

  opened(limits, ana, 0).right()
  opened(limits, ana, 0).wrong(0)

  expect(limits.begin(ana, 0).name).toBe('guess')
})

test('an identity makes one guess at a time', () => {
  const limits = makeGuessLimits()
  const first = opened(limits, ana, 0)

  expect(limits.begin(ana, 0)).toEqual({ name: 'busy' })
  first.wrong(0)
  expect(limits.begin(ana, 0).name).toBe('guess')
})

test('a run that nobody ended keeps its identity away for a while, and still fails when it ends', () => {
  const limits = makeGuessLimits()
  const lost = opened(limits, ana, 0)
  expect(limits.begin(ana, LONGEST_RUN - 1)).toEqual({ name: 'busy' })

  const next = opened(limits, ana, LONGEST_RUN)
  lost.wrong(LONGEST_RUN)

  expect(limits.begin(ana, LONGEST_RUN)).toEqual({ name: 'busy' })
  next.wrong(LONGEST_RUN)
  opened(limits, ana, LONGEST_RUN).wrong(LONGEST_RUN)
  expect(limits.begin(ana, LONGEST_RUN).name).toBe('later')
})

test('a run that is broken off is not held against the identity, but counts for the swarm', () => {
  const limits = makeGuessLimits()
  for (let run = 0; run < GUESSES_PER_WINDOW; run++) opened(limits, ana, 0).brokenOff()

  expect(limits.begin(ana, 0)).toEqual({ name: 'later', again: WINDOW })
  expect(limits.begin(ana, WINDOW).name).toBe('guess')
})

test('a run ends once, however often that is said', () => {
  const limits = makeGuessLimits()
  const guess = opened(limits, ana, 0)

  guess.wrong(0)
  guess.wrong(0)
  guess.wrong(0)
  guess.right()

  expect(limits.begin(ana, 0).name).toBe('guess')
  expect(limits.size).toBe(2)
})

test('failures are forgotten two days after the last', () => {
  const limits = makeGuessLimits()
  opened(limits, ana, 0).wrong(0)
  opened(limits, ana, 0).wrong(0)

  opened(limits, ana, REMEMBERED).wrong(REMEMBERED)

  expect(limits.begin(ana, REMEMBERED).name).toBe('guess')
})

test('identities made up for ever take bounded memory', () => {
  const limits = makeGuessLimits()
  let now = 0

  for (let peer = 0; peer < MAX_IDENTITIES + 500; peer++) {
    opened(limits, aPeer(peer), now).wrong(now)
    now += WINDOW / GUESSES_PER_WINDOW
  }

  expect(limits.size).toBe(MAX_IDENTITIES)
})

test('whatever is tried, a minute has ten guesses that are not right, and who cools down has none', () => {
  const attempt = fc.record({
    peer: fc.nat(20),
    wait: fc.oneof(fc.nat(3 * SECOND), fc.nat(2 * MINUTE), fc.nat(2 * HOUR)),
    end: fc.constantFrom('wrong', 'wrong', 'wrong', 'right', 'brokenOff', 'never'),
    lasts: fc.nat(5 * SECOND),
  })

  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 200 }), (attempts) => {
      const limits = makeGuessLimits()
      const guessed: number[] = []
      const failed = new Map<number, number>()
      const barred = new Map<number, number>()
      let now = 0
      for (const { peer, wait, end, lasts } of attempts) {
        now += wait
        const permit = limits.begin(aPeer(peer), now)
        if (permit.name === 'later') expect(permit.again).toBeGreaterThan(now)
        if (permit.name !== 'guess') continue

        expect(now).toBeGreaterThanOrEqual(barred.get(peer) ?? 0)
        if (end !== 'right') guessed.push(now)
        expect(guessed.filter((at) => at > now - WINDOW).length).toBeLessThanOrEqual(
          GUESSES_PER_WINDOW,
        )

        now += lasts
        if (end === 'right') {
          permit.guess.right()
          failed.delete(peer)
        } else if (end === 'brokenOff') permit.guess.brokenOff()
        else if (end === 'wrong') {
          permit.guess.wrong(now)
          const failures = (failed.get(peer) ?? 0) + 1
          failed.set(peer, failures)
          if (failures % FAILURES_BEFORE_COOL_DOWN === 0) barred.set(peer, now + MINUTE)
        }
        expect(limits.size).toBeLessThanOrEqual(2 * 21)
      }
    }),
  )
})

function opened(limits: GuessLimits, peer: PeerId, now: number): OpenGuess {
  const permit = limits.begin(peer, now)
  if (permit.name !== 'guess') throw new Error(permit.name)
  return permit.guess
}
