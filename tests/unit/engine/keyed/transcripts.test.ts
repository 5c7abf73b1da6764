import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { expect, test, vi } from 'vitest'
import { encodedGenerator } from '../../../../src/engine/keyed/cpace.ts'
import { guessOffline } from '../../../support/offline-guesses.ts'
import {
  recordBrokenRun,
  recordRun,
  wordList,
  wordsThatFit,
} from '../../../support/offline-guesser.ts'
import { ana, aSwarm, ben } from './people.ts'

vi.setConfig({ testTimeout: 60_000 })

const scene = { swarm: aSwarm, asking: ana, answering: ben }
/** Of ten places: chance is above it once in ten thousand million times. */
const CHANCE = 65
/** Standard deviations that chance does not reach in the bits of all strings together. */
const NO_BIAS = 7

// `npm run bench -- --only keyed` does the same with a thousand transcripts and ten thousand words.
test('who has whole runs and a list with their passphrases cannot tell which they are', () => {
  const report = guessOffline(scene, { transcripts: 12, words: 1000, swept: 0 })

  expect([report.fitting, report.open]).toEqual([0, 0])
  expect(Math.max(...Object.values(report.unevenness))).toBeLessThan(CHANCE)
  expect(report.shareBias).toBeLessThan(NO_BIAS)
  expect(report.confirmationBias).toBeLessThan(NO_BIAS)
  expect(report.sealedBias).toBeLessThan(NO_BIAS)
})

test('the same guesser finds the word when one side draws a secret number that is none', () => {
  const broken = guessOffline(scene, { transcripts: 12, words: 1000, swept: 0 }, (scene, word) =>
    recordBrokenRun(scene, word, 1n),
  )

  expect([broken.fitting, broken.open]).toEqual([12, 12])
  expect(broken.unevenness['generator beside first share']).toBeGreaterThan(CHANCE)
})

test.for([1n, 2n, 7n])(
  'with the number %i it finds the word of a whole list, and no other',
  (a) => {
    const list = wordList(40)

    const found = wordsThatFit(recordBrokenRun(scene, list[17]!, a), list)

    expect(found).toEqual([list[17]])
    expect(wordsThatFit(recordRun(scene, list[17]!), list)).toEqual([])
  },
)

test('a proof made of the passphrase by HMAC would give it away to the same list', () => {
  const list = wordList(1000)
  const nonces = 'of both sides'
  const proofWith = (word: string) =>
    Buffer.from(hmac(sha256, Buffer.from(word), Buffer.from(nonces))).toString('hex')
  const seen = proofWith(list[712]!)

  expect(list.filter((word) => proofWith(word) === seen)).toEqual([list[712]])
})

test('every word of a list explains both shares as well as the true one', () => {
  const { inputs, shareA, shareB } = recordRun(scene, 'violet harbour 3')
  const neutral = Buffer.alloc(32).toString('hex')

  // The group has prime order: of whatever is not neutral everything is a multiple, in one way.
  const generators = wordList(50).map((word) =>
    Buffer.from(encodedGenerator(inputs(word))).toString('hex'),
  )

  expect(generators).not.toContain(neutral)
  expect(new Set(generators).size).toBe(50)
  expect([shareA, shareB].map((share) => Buffer.from(share).toString('hex'))).not.toContain(neutral)
})
