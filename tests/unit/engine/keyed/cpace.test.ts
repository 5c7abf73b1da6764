import { ristretto255 } from '@noble/curves/ed25519.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  encodedGenerator,
  generatorString,
  intermediateKey,
  scalarMultVerify,
  startCPace,
  type CPaceInputs,
} from '../../../../src/engine/keyed/cpace.ts'
import { lengthValue } from '../../../../src/engine/keyed/length-value.ts'
import { bytesOfHex, hexOf } from '../../../../src/engine/model/ids.ts'

// Published in draft-irtf-cfrg-cpace, "Test vector for CPace using group ristretto255 and hash SHA-512".
const VECTOR = {
  prs: ascii('Password'),
  ci: bytesOfHex('0b415f696e69746961746f720b425f726573706f6e646572'),
  sid: bytesOfHex('7e4b4791d6a8ef019b936c79fb7f2c57'),
  ada: ascii('ADa'),
  adb: ascii('ADb'),
}
const GENERATOR_STRING =
  '11435061636552697374726574746f3235350850617373776f726464' +
  '00'.repeat(100) +
  '180b415f696e69746961746f720b425f726573706f6e646572' +
  '107e4b4791d6a8ef019b936c79fb7f2c57'
const GENERATOR = '222b6b195fe84b1652badb6f6a3ae3d24341e7306967f0b8115b40d5698c7e56'
const YA = littleEndian('da3d23700a9e5699258aef94dc060dfda5ebb61f02a5ea77fad53f4ff0976d08')
const YB = littleEndian('d2316b454718c35362d83d69df6320f38578ed5984651435e2949762d900b80d')
const SHARE_A = 'd6bac480f2c386c394efc7c47adb9925dcd2630b64f240c50f8d0eec482b9157'
const SHARE_B = '3ea7e0b19560d7c0b0f5734f63b955286dfa8232b5ebe63324e2d9e7433f7258'
const K = '80b69a8a76457ab6a4d7f887a4bf6b55a2f80ac19c333f917a05fc9887c8b40f'
const ISK =
  'b69effbf61b51d56401c0f65601abe428de8206feaaf0e32198896dcae7b35cd' +
  '2b38950a39dfd5d4a79164614c2984f7daa460b588c1e80c3fa2068af7900447'

test('lengths are put before parts as the draft does', () => {
  const upTo = (end: number) => Uint8Array.from({ length: end }, (_, at) => at)

  expect(hexOf(lengthValue(''))).toBe('00')
  expect(hexOf(lengthValue('1234'))).toBe('0431323334')
  expect(hexOf(lengthValue(upTo(127)))).toBe(`7f${hexOf(upTo(127))}`)
  expect(hexOf(lengthValue(upTo(128)))).toBe(`8001${hexOf(upTo(128))}`)
  expect(hexOf(lengthValue('1234', '5', '', '678'))).toBe('043132333401350003363738')
})

test("the draft's generator is made of its string", () => {
  expect(hexOf(generatorString(VECTOR))).toBe(GENERATOR_STRING)
  expect(hexOf(encodedGenerator(VECTOR))).toBe(GENERATOR)
})

test("the draft's shares, secret point and key come out on both sides", () => {
  const a = startCPace(VECTOR, 'initiator', YA)
  const b = startCPace(VECTOR, 'responder', YB)
  const transcript = lengthValue(a.share, VECTOR.ada, b.share, VECTOR.adb)

  expect(hexOf(a.share)).toBe(SHARE_A)
  expect(hexOf(b.share)).toBe(SHARE_B)
  expect(hexOf(scalarMultVerify(YA, b.share)!)).toBe(K)
  expect(hexOf(scalarMultVerify(YB, a.share)!)).toBe(K)
  expect(hexOf(intermediateKey(VECTOR.sid, bytesOfHex(K), transcript))).toBe(ISK)
})

test('the draft’s valid and invalid points are told apart', () => {
  const scalar = littleEndian('7cd0e075fa7955ba52c02759a6c90dbbfc10e6d40aea8d283e407d88cf538a05')
  const valid = bytesOfHex('2c3c6b8c4f3800e7aef6864025b4ed79bd599117e427c41bd47d93d654b4a51c')
  const invalid = bytesOfHex('2b3c6b8c4f3800e7aef6864025b4ed79bd599117e427c41bd47d93d654b4a51c')

  expect(hexOf(scalarMultVerify(scalar, valid)!)).toBe(
    '7c13645fe790a468f62c39beb7388e541d8405d1ade69d1778c5fe3e7f6b600e',
  )
  expect(scalarMultVerify(scalar, invalid)).toBeNull()
  expect(scalarMultVerify(scalar, new Uint8Array(32))).toBeNull()
})

test('a share that is no element in its one encoding is refused', () => {
  const run = startCPace(VECTOR, 'initiator')
  const order = 2n ** 255n - 19n
  const honest = littleEndian(SHARE_B)
  const refused = [
    new Uint8Array(),
    bytesOfHex(SHARE_B).subarray(1),
    new Uint8Array([...bytesOfHex(SHARE_B), 0]),
    new Uint8Array(32),
    // The same number written otherwise: beyond the field's order, negative, or with the unused bit.
    encoded(order),
    encoded(order + 2n),
    encoded(order - honest),
    encoded(honest + 2n ** 255n),
    new Uint8Array(32).fill(0xff),
  ]

  expect(refused.map((share) => run.agree(share))).toEqual(refused.map(() => null))
})

test('bytes of a stranger are an element or refused, and never throw', () => {
  const run = startCPace(VECTOR, 'responder')

  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 40 }), (bytes) => {
      const keys = run.agree(bytes)
      if (bytes.length !== 32) expect(keys).toBeNull()
    }),
    { numRuns: 30 },
  )
})

test('two sides that agree confirm each other and export the same keys', () => {
  const [a, b] = agreed(VECTOR, VECTOR)

  expect(a.isConfirmedBy(b.confirmation)).toBe(true)
  expect(b.isConfirmedBy(a.confirmation)).toBe(true)
  expect(a.exportKey('one', 32)).toEqual(b.exportKey('one', 32))
  expect(a.exportKey('one', 32)).not.toEqual(a.exportKey('two', 32))
})

test('a confirmation that comes back to whoever said it confirms nothing', () => {
  const [a, b] = agreed(VECTOR, VECTOR)

  expect(a.isConfirmedBy(a.confirmation)).toBe(false)
  expect(b.isConfirmedBy(b.confirmation)).toBe(false)
})

test.for(['prs', 'ci', 'sid', 'ada', 'adb'] as const)(
  'sides that differ in %s confirm nothing to each other',
  (input) => {
    const [a, b] = agreed(VECTOR, { ...VECTOR, [input]: ascii('another one') })

    expect(a.isConfirmedBy(b.confirmation)).toBe(false)
    expect(b.isConfirmedBy(a.confirmation)).toBe(false)
    expect(a.exportKey('one', 32)).not.toEqual(b.exportKey('one', 32))
  },
)

test('a confirmation with any bit changed confirms nothing', () => {
  const [a, b] = agreed(VECTOR, VECTOR)
  const flipped = Array.from({ length: b.confirmation.length * 8 }, (_, bit) => {
    const copy = b.confirmation.slice()
    copy[bit >> 3]! ^= 1 << (bit & 7)
    return copy
  })

  expect(flipped.filter((confirmation) => a.isConfirmedBy(confirmation))).toEqual([])
})

test('a confirmation of another length is refused, not compared in part', () => {
  const [a, b] = agreed(VECTOR, VECTOR)

  expect(a.isConfirmedBy(b.confirmation.subarray(0, 32))).toBe(false)
  expect(a.isConfirmedBy(new Uint8Array())).toBe(false)
})

test('no two runs send the same share', () => {
  const shares = Array.from({ length: 20 }, () => hexOf(startCPace(VECTOR, 'initiator').share))

  expect(new Set(shares).size).toBe(20)
})

test('the vectors are of the group that is used', () => {
  expect(ristretto255.Point.fromBytes(bytesOfHex(GENERATOR)).is0()).toBe(false)
  expect(YA < ristretto255.Point.Fn.ORDER && YB < ristretto255.Point.Fn.ORDER).toBe(true)
})

function agreed(one: CPaceInputs, other: CPaceInputs) {
  const a = startCPace(one, 'initiator')
  const b = startCPace(other, 'responder')
  return [a.agree(b.share)!, b.agree(a.share)!] as const
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function littleEndian(hex: string): bigint {
  return BigInt(`0x${hexOf(bytesOfHex(hex).reverse())}`)
}

function encoded(value: bigint): Uint8Array {
  return bytesOfHex(value.toString(16).padStart(64, '0')).reverse()
}
