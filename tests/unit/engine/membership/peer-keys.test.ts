import { ed25519, ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { peerIdOfSeed } from '../../../../src/engine/adapters/libp2p-keys.ts'
import {
  makeSigner,
  peerIdOfKey,
  publicKeyOf,
  verify,
} from '../../../../src/engine/membership/peer-keys.ts'
import { bytesOfHex, hexOf, isPeerId } from '../../../../src/engine/model/ids.ts'
import { ANNA, BEN } from '../../../support/members.ts'

// Thousands of signatures.
vi.setConfig({ testTimeout: 60_000 })

const said = new TextEncoder().encode('let her in')
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })
const numberOf = (bytes: Uint8Array) => BigInt(`0x${hexOf(bytes.toReversed())}`)
const bytesOf = (number: bigint) => bytesOfHex(number.toString(16).padStart(64, '0')).toReversed()

afterEach(() => {
  vi.restoreAllMocks()
})

/** As in Chromium before 137. */
function withoutEd25519(): void {
  const unknown = new DOMException('no such algorithm', 'NotSupportedError')
  vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(unknown)
}

test('a seed signs under the peer id that libp2p gives it', () =>
  fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      const signer = await makeSigner(seed)

      expect(signer.self).toBe(await peerIdOfSeed(seed))
      expect(publicKeyOf(signer.self)).toEqual(ed25519.getPublicKey(seed))
      expect(peerIdOfKey(publicKeyOf(signer.self))).toBe(signer.self)
    }),
    { numRuns: 20 },
  ))

test('the third vector of RFC 8032 §7.1 is signed and verified as it stands there', async () => {
  const signer = await makeSigner(
    bytesOfHex('c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7'),
  )

  const signature = await signer.sign(bytesOfHex('af82'))

  expect(hexOf(publicKeyOf(signer.self))).toBe(
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
  )
  expect(hexOf(signature)).toBe(
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  )
  expect(await verify(signer.self, bytesOfHex('af82'), signature)).toBe(true)
})

test('a changed text, signature or signer is not believed', async () => {
  const signature = await ANNA.sign(said)
  const wrong = signature.with(0, signature[0]! ^ 1)

  expect(await verify(ANNA.self, said, signature)).toBe(true)
  expect(await verify(BEN.self, said, signature)).toBe(false)
  expect(await verify(ANNA.self, said, wrong)).toBe(false)
  expect(await verify(ANNA.self, said.with(3, 0), signature)).toBe(false)
  expect(await verify(ANNA.self, said, signature.subarray(0, 63))).toBe(false)
})

test('a browser without Ed25519 believes the same signatures as one that has it', () =>
  fc.assert(
    fc.asyncProperty(
      seeds,
      fc.uint8Array({ maxLength: 100 }),
      fc.option(fc.nat(511)),
      async (seed, text, flipped) => {
        const signer = await makeSigner(seed)
        const signature = await signer.sign(text)
        if (flipped !== null) signature[flipped >> 3]! ^= 1 << (flipped & 7)

        const believed = await verify(signer.self, text, signature)
        withoutEd25519()
        const elsewhere = await verify(signer.self, text, signature)
        const same = await (await makeSigner(seed)).sign(text)
        vi.restoreAllMocks()

        expect([believed, elsewhere]).toEqual([flipped === null, flipped === null])
        if (flipped === null) expect(same).toEqual(signature)
      },
    ),
    { numRuns: 60 },
  ))

test('a signature that only some would believe is believed by none', async () => {
  const { Point } = ed25519
  const key = publicKeyOf(ANNA.self)
  const { scalar } = ed25519.utils.getExtendedPublicKey(seedOf(1))
  const torsion = Point.fromHex(ED25519_TORSION_SUBGROUP[1]!)
  const first = Point.BASE.multiply(12345n).add(torsion).toBytes()
  const challenge = numberOf(sha512(new Uint8Array([...first, ...key, ...said]))) % Point.Fn.ORDER
  const second = bytesOf((12345n + challenge * scalar) % Point.Fn.ORDER)
  const divisive = new Uint8Array([...first, ...second])

  expect(ed25519.verify(divisive, said, key)).toBe(true)
  expect(await verify(ANNA.self, said, divisive)).toBe(false)
  withoutEd25519()
  expect(await verify(ANNA.self, said, divisive)).toBe(false)
})

test.each([true, false])(
  'nobody has a key for which one signature fits every text',
  async (has) => {
    if (!has) withoutEd25519()
    const forged = new Uint8Array(64)
    forged[0] = 1

    for (const hex of ED25519_TORSION_SUBGROUP) {
      for (const first of ED25519_TORSION_SUBGROUP) {
        forged.set(bytesOfHex(first))
        expect(await verify(peerIdOfKey(bytesOfHex(hex)), said, forged)).toBe(false)
      }
    }
  },
)

test.each([true, false])('a signature has one spelling', async (has) => {
  const signature = await ANNA.sign(said)
  if (!has) withoutEd25519()
  const second = numberOf(signature.subarray(32)) + ed25519.Point.Fn.ORDER
  const respelled = new Uint8Array([...signature.subarray(0, 32), ...bytesOf(second)])

  expect(await verify(ANNA.self, said, signature)).toBe(true)
  expect(await verify(ANNA.self, said, respelled)).toBe(false)
  expect(await verify(ANNA.self, said, new Uint8Array([...signature, 0]))).toBe(false)
})

test('what is no key has no peer id, and what is beyond all keys is none', () => {
  expect(() => peerIdOfKey(new Uint8Array(31))).toThrow()
  expect(isPeerId(peerIdOfKey(new Uint8Array(32)))).toBe(true)
  expect(isPeerId(peerIdOfKey(new Uint8Array(32).fill(255)))).toBe(true)
  expect(isPeerId(`12D3KooW${'1'.repeat(44)}`)).toBe(false)
  expect(isPeerId(`12D3KooW${'z'.repeat(44)}`)).toBe(false)
})

function seedOf(number: number): Uint8Array {
  const seed = new Uint8Array(32).fill(7)
  new DataView(seed.buffer).setUint32(0, number)
  return seed
}
