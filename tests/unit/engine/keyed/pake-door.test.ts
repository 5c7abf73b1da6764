import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  makePakeAnswerer,
  makePakeAsker,
  type PakeAnswerer,
  type PakeAsker,
  type PakeFacts,
} from '../../../../src/engine/keyed/pake-door.ts'
import { ana, anotherSwarm, aSwarm, ben, eve } from './people.ts'

const PRS = new Uint8Array(32).fill(7)
const SWARM_KEY = new Uint8Array(16).fill(9)
const nonces = { asking: new Uint8Array(32).fill(1), answering: new Uint8Array(32).fill(2) }
const asking: PakeFacts = { swarm: aSwarm, self: ana, other: ben, prs: PRS, nonces }
const answering = { ...asking, self: ben, other: ana, swarmKey: SWARM_KEY }

test('who knows the passphrase is let in and is told the key of the swarm', () => {
  const run = spoken(makePakeAsker(asking), makePakeAnswerer(answering))

  expect(run.asker).toEqual({ name: 'right', swarmKey: SWARM_KEY })
  expect(run.answerer.name).toBe('right')
  expect(run.messages.map(({ length }) => length)).toEqual([33, 33, 65, 97])
})

test('who does not know it is refused, and hears nothing that depends on it', () => {
  const prs = new Uint8Array(32).fill(8)

  const run = spoken(makePakeAsker({ ...asking, prs }), makePakeAnswerer(answering))

  expect(run.answerer).toEqual({ name: 'wrong' })
  expect(run.messages).toHaveLength(3)
})

test.for<[string, Partial<PakeFacts>]>([
  ['another swarm', { swarm: anotherSwarm }],
  ['another peer', { other: eve }],
  ['another name for ourselves', { self: eve }],
  ['another run', { nonces: { ...nonces, answering: new Uint8Array(32).fill(3) } }],
  ['another run', { nonces: { ...nonces, asking: new Uint8Array(32).fill(3) } }],
])('a run in which one side speaks of %s lets nobody in', ([, mistaken]) => {
  const run = spoken(makePakeAsker({ ...asking, ...mistaken }), makePakeAnswerer(answering))

  expect(run.answerer).toEqual({ name: 'wrong' })
})

test.for([0, 1, 2])('a bit changed in message %i lets nobody in', (number) => {
  for (const flip of flipsOf(number)) {
    const run = spoken(makePakeAsker(asking), makePakeAnswerer(answering), { [number]: flip })

    expect(['wrong', 'malformed', 'next']).toContain(run.answerer.name)
    expect(['wrong', 'malformed', 'next', undefined]).toContain(run.asker?.name)
  }
})

test('a bit changed in the last message gives the asking side no key', () => {
  for (const flip of flipsOf(3)) {
    const run = spoken(makePakeAsker(asking), makePakeAnswerer(answering), { 3: flip })

    expect(['wrong', 'malformed']).toContain(run.asker?.name)
  }
})

test('own messages that come back are no messages', () => {
  const asker = makePakeAsker(asking)
  expect(asker.hear(asker.first)).toEqual({ name: 'malformed' })

  const mirrored = makePakeAsker(asking)
  // Its own share under the name of an answer: whoever sends it cannot go on.
  const step = mirrored.hear(renamed(mirrored.first, 2))
  const confirmation = step.name === 'next' ? step.message : new Uint8Array()
  const padded = new Uint8Array([...renamed(confirmation, 4), ...new Uint8Array(32)])
  expect(mirrored.hear(padded)).toEqual({ name: 'wrong' })

  const answerer = makePakeAnswerer(answering)
  const answer = answerer.hear(makePakeAsker(asking).first)
  expect(answer.name === 'next' && answerer.hear(answer.message)).toEqual({ name: 'malformed' })
})

test('two that ask each other at once do not answer for each other', () => {
  const one = makePakeAsker(asking)
  const other = makePakeAsker({ ...asking, self: ben, other: ana })

  const first = one.hear(renamed(other.first, 2))
  const second = other.hear(renamed(one.first, 2))

  if (first.name !== 'next' || second.name !== 'next') throw new Error('no element')
  const padding = new Uint8Array(32)
  expect(one.hear(new Uint8Array([...renamed(second.message, 4), ...padding])).name).toBe('wrong')
  expect(other.hear(new Uint8Array([...renamed(first.message, 4), ...padding])).name).toBe('wrong')
})

test('a run tries one passphrase: after a wrong one nothing is heard', () => {
  const answerer = makePakeAnswerer(answering)
  const right = makePakeAsker(asking)
  const answer = answerer.hear(right.first)
  if (answer.name !== 'next') throw new Error(answer.name)
  const confirmation = right.hear(answer.message)
  if (confirmation.name !== 'next') throw new Error(confirmation.name)

  const wrong = confirmation.message.map((byte, at) => (at === 9 ? byte ^ 1 : byte))

  expect(answerer.hear(wrong)).toEqual({ name: 'wrong' })
  expect(answerer.hear(confirmation.message)).toEqual({ name: 'malformed' })
  expect(answerer.hear(right.first)).toEqual({ name: 'malformed' })
})

test('a share that is no element ends the run before anything is told', () => {
  const answerer = makePakeAnswerer(answering)
  const neutral = new Uint8Array([1, ...new Uint8Array(32)])

  expect(answerer.hear(neutral)).toEqual({ name: 'malformed' })
  expect(answerer.hear(makePakeAsker(asking).first)).toEqual({ name: 'malformed' })

  const asker = makePakeAsker(asking)
  expect(asker.hear(renamed(neutral, 2))).toEqual({ name: 'malformed' })
  expect(asker.hasGuessed).toBe(false)
})

test('the asking side knows whether it has given something to guess at', () => {
  const asker = makePakeAsker(asking)
  const before = asker.hasGuessed

  spoken(asker, makePakeAnswerer({ ...answering, prs: new Uint8Array(32) }))

  expect(before).toBe(false)
  expect(asker.hasGuessed).toBe(true)
})

test('bytes of a stranger end a run and never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (bytes, begun) => {
      const answerer = makePakeAnswerer(answering)
      if (begun) answerer.hear(makePakeAsker(asking).first)
      expect(['malformed', 'wrong', begun ? '' : 'next']).toContain(answerer.hear(bytes).name)
      const asker = makePakeAsker(asking)
      expect(['malformed', 'next']).toContain(asker.hear(bytes).name)
    }),
    { numRuns: 20 },
  )
})

test('every run has other messages', () => {
  const [one, other] = [spokenMessages(), spokenMessages()]

  expect(one.filter((message, at) => Buffer.compare(message, other[at]!) === 0)).toEqual([])
})

test('a nonce or a swarm key that is too short is a bug', () => {
  const short = { ...nonces, asking: new Uint8Array(15) }

  expect(() => makePakeAsker({ ...asking, nonces: short })).toThrow('16 bytes')
  expect(() => makePakeAnswerer({ ...answering, swarmKey: new Uint8Array(15) })).toThrow('16 bytes')
})

interface Flip {
  (message: Uint8Array): Uint8Array
}

/** The two speak until one has nothing more to say; messages may be changed on the way, by number. */
function spoken(asker: PakeAsker, answerer: PakeAnswerer, changes: Record<number, Flip> = {}) {
  const messages: Uint8Array[] = []
  const over = (message: Uint8Array): Uint8Array => {
    const change = changes[messages.length]
    messages.push(message)
    return change === undefined ? message : change(message)
  }
  let heard = answerer.hear(over(asker.first))
  let said: ReturnType<PakeAsker['hear']> | null = null
  while ('message' in heard) {
    said = asker.hear(over(heard.message))
    if (said.name !== 'next') break
    heard = answerer.hear(over(said.message))
  }
  return { asker: said, answerer: heard, messages }
}

function spokenMessages(): Uint8Array[] {
  return spoken(makePakeAsker(asking), makePakeAnswerer(answering)).messages
}

/** Flips of one bit: in the name of the message, at its ends, and in between, others each time. */
function flipsOf(number: number): Flip[] {
  const { length } = spokenMessages()[number]!
  const inside = fc.sample(fc.nat(length * 8 - 1), 8)
  return [0, 7, 8, length * 8 - 1, ...inside].map((bit): Flip => (message) => {
    const copy = message.slice()
    copy[bit >> 3]! ^= 1 << (bit & 7)
    return copy
  })
}

function renamed(message: Uint8Array, kind: number): Uint8Array {
  return Uint8Array.of(kind, ...message.subarray(1))
}
