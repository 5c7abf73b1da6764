import { expect, test } from 'vitest'
import {
  checkPossession,
  keyLookupKey,
  provePossession,
  type PossessionFacts,
} from '../../../../src/engine/keyed/key-proof.ts'
import { hexOf, infoHashOfDigest } from '../../../../src/engine/model/ids.ts'
import { ana, anotherSwarm, aSwarm, ben, eve } from './people.ts'

const key = new Uint8Array(16).fill(5)
const facts: PossessionFacts = {
  swarm: aSwarm,
  role: 'asking',
  asking: ana,
  answering: ben,
  nonces: { asking: new Uint8Array(32).fill(1), answering: new Uint8Array(32).fill(2) },
}

test('who holds the key is believed', () => {
  expect(checkPossession(key, facts, provePossession(key, facts))).toBe(true)
})

test('another key proves nothing', () => {
  const other = Uint8Array.from(key, (byte, at) => (at === 15 ? byte ^ 1 : byte))

  expect(checkPossession(key, facts, provePossession(other, facts))).toBe(false)
})

test.for<[string, Partial<PossessionFacts>]>([
  ['back to whoever said it', { role: 'answering' }],
  ['to another swarm', { swarm: anotherSwarm }],
  ['in another name', { asking: eve }],
  ['to another peer', { answering: eve }],
  ['with the names exchanged', { asking: ben, answering: ana }],
  ['to a later run', { nonces: { ...facts.nonces, answering: new Uint8Array(32).fill(3) } }],
  ['from a later run', { nonces: { ...facts.nonces, asking: new Uint8Array(32).fill(3) } }],
  [
    'with a byte of one nonce moved to the other',
    {
      nonces: {
        asking: facts.nonces.asking.subarray(1),
        answering: Uint8Array.of(1, ...facts.nonces.answering),
      },
    },
  ],
])('a proof that is carried %s means nothing there', ([, elsewhere]) => {
  const proof = provePossession(key, facts)

  expect(checkPossession(key, { ...facts, ...elsewhere }, proof)).toBe(false)
})

test('a proof with any bit changed, cut or lengthened is none', () => {
  const proof = provePossession(key, facts)
  const flipped = Array.from({ length: proof.length * 8 }, (_, bit) =>
    Uint8Array.from(proof, (byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)),
  )
  const others = [...flipped, new Uint8Array(), proof.subarray(1), new Uint8Array([...proof, 0])]

  expect(others.filter((other) => checkPossession(key, facts, other))).toEqual([])
})

test('those with the same key look in the same place, which tells nothing of it', () => {
  const infoHash = infoHashOfDigest(new Uint8Array(20).fill(9))
  const other = infoHashOfDigest(new Uint8Array(20).fill(8))

  const place = keyLookupKey(key, infoHash)

  expect(place).toHaveLength(32)
  expect(keyLookupKey(key.slice(), infoHash)).toEqual(place)
  expect(keyLookupKey(key, other)).not.toEqual(place)
  expect(keyLookupKey(new Uint8Array(16), infoHash)).not.toEqual(place)
  expect(hexOf(place)).not.toContain(hexOf(key))
  expect(hexOf(place)).not.toContain(infoHash)
})

test('a key of another length is a bug, not a weaker key', () => {
  expect(() => provePossession(new Uint8Array(15), facts)).toThrow('at least 16 bytes')
})
