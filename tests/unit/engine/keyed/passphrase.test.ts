import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { readPassphrase, type Passphrase } from '../../../../src/engine/keyed/passphrase.ts'
import { hexOf } from '../../../../src/engine/model/ids.ts'
import { anotherSwarm, aSwarm } from './people.ts'

/** Deriving a key is meant to be slow, and these machines are busy. */
vi.setConfig({ testTimeout: 60_000 })

const { signal } = new AbortController()

test('the same passphrase makes the same of the same swarm, however its letters are composed', async () => {
  const composed = await good('Am\u00e9lie dances').derive(aSwarm, signal)
  const apart = await good('  Ame\u0301lie dances\n').derive(aSwarm, signal)

  expect(composed).toHaveLength(32)
  expect(hexOf(apart)).toBe(hexOf(composed))
})

test('it is Argon2id with 64 MiB and three passes, salted with the swarm', async () => {
  // As `argon2id` of `@noble/hashes` has it, which shares no code with ours.
  const expected = '0832b5e644719e6e98d28227bf0934e11520b033581aaa063bad2d113f99b27b'

  expect(hexOf(await good('violet harbour').derive(aSwarm, signal))).toBe(expected)
  expect(hexOf(await good('violet harbour').derive(anotherSwarm, signal))).not.toBe(expected)
})

test('nobody has to wait for a derivation that was given up before it began', async () => {
  const reason = new Error('not any more')

  const derived = good('violet harbour').derive(aSwarm, AbortSignal.abort(reason))

  await expect(derived).rejects.toBe(reason)
})

test.for([
  ['', 'short'],
  ['ninechars', 'short'],
  ['   padded    ', 'short'],
  ['𝒶𝒷𝒸𝒹ℯ', 'short'],
  ['x'.repeat(257), 'long'],
  // One character that NFKC makes eighteen of.
  ['\ufdfa'.repeat(40), 'long'],
  ['Password2024!', 'common'],
  ['P@ssw0rd!!!!', 'common'],
  ['iloveyou iloveyou1', 'common'],
  ['letmein 12345', 'common'],
  ['correcthorsebatterystaple', 'common'],
  ['qwertyuiop', 'common'],
  ['1234567890', 'common'],
  ['9876543210abcd', 'common'],
  ['aaaaaaaaaaaaaa', 'common'],
  ['12ab312ab312ab3', 'common'],
] as const)('%j is refused as %s', ([text, weakness]) => {
  expect(readPassphrase(text)).toEqual({ ok: false, error: weakness })
})

test.for([
  'violet harbour',
  'drei kleine Pandas',
  'Tr0ub4dor&3x',
  'корабль плывёт',
  '一二三四五六七八九十',
  'password of the green fox',
])('%j is taken', (text) => {
  expect(readPassphrase(text).ok).toBe(true)
})

test('the text cannot be taken along by what prints, clones or serialises', () => {
  const passphrase = good('violet harbour')

  expect(inspect(passphrase, { depth: 9, showHidden: true })).not.toContain('violet')
  expect(JSON.stringify(passphrase)).not.toContain('violet')
  expect(() => structuredClone(passphrase)).toThrow()
})

test('any text is taken or refused, and never throws', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { maxLength: 300 }), (units) => {
      expect(typeof readPassphrase(String.fromCharCode(...units)).ok).toBe('boolean')
    }),
  )
})

function good(text: string): Passphrase {
  const read = readPassphrase(text)
  if (!read.ok) throw new Error(read.error)
  return read.value
}
