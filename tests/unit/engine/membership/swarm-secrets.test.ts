import { createHash, createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import type { EntryHash } from '../../../../src/engine/membership/log-entry.ts'
import {
  commitmentOf,
  isProof,
  isSecretOf,
  lookupKey,
  proofOf,
  type ProofContext,
} from '../../../../src/engine/membership/swarm-secrets.ts'
import { bytesOfHex, type InfoHash, type SwarmId } from '../../../../src/engine/model/ids.ts'
import { ANNA, BEN, CARL, INFO_HASH, secretOf } from '../../../support/members.ts'

const epoch = '12'.repeat(32) as EntryHash // 64 hex digits
const otherEpoch = '13'.repeat(32) as EntryHash // 64 hex digits
const secret = secretOf(1)

test('a commitment is a SHA-256 that nobody has for something else', () => {
  const expected = createHash('sha256').update('chiral-secret/1').update(secret).digest()

  expect(commitmentOf(secret)).toEqual(new Uint8Array(expected))
})

test('a secret is known by its commitment', () => {
  const commitment = commitmentOf(secret)

  expect(isSecretOf(commitment, secret)).toBe(true)
  expect(isSecretOf(commitment, secretOf(2))).toBe(false)
  expect(isSecretOf(commitmentOf(new Uint8Array(8)), new Uint8Array(8))).toBe(false)
})

test('the lookup key is of secret, torrent and epoch, and no two are alike', () => {
  const expected = createHmac('sha256', secret)
    .update(bytesOfHex(INFO_HASH))
    .update(bytesOfHex(epoch))
    .digest()

  const key = lookupKey(secret, INFO_HASH, epoch)

  expect(key).toEqual(new Uint8Array(expected))
  expect(lookupKey(secretOf(2), INFO_HASH, epoch)).not.toEqual(key)
  expect(lookupKey(secret, INFO_HASH, otherEpoch)).not.toEqual(key)
  expect(lookupKey(secret, 'cd'.repeat(20) as InfoHash, epoch)).not.toEqual(key)
})

const context: ProofContext = {
  role: 'dialler',
  swarm: '34'.repeat(32) as SwarmId, // 64 hex digits
  dialler: ANNA.self,
  listener: BEN.self,
  diallerNonce: new Uint8Array(32).fill(1),
  listenerNonce: new Uint8Array(32).fill(2),
}

test('a proof shows that we have the secret', () => {
  const proof = proofOf(secret, context)

  expect(proof).toHaveLength(32)
  expect(isProof(secret, context, proof)).toBe(true)
  expect(isProof(secretOf(2), context, proof)).toBe(false)
  expect(isProof(secret, context, proof.subarray(1))).toBe(false)
  expect(isProof(secret, context, proof.with(31, proof[31]! ^ 1))).toBe(false)
})

test.each<[string, Partial<ProofContext>]>([
  ['back to whom it came from', { role: 'listener' }],
  ['in another swarm', { swarm: '35'.repeat(32) as SwarmId }],
  ['by another peer', { dialler: CARL.self }],
  ['to another peer', { listener: CARL.self }],
  ['with the roles of the peers turned round', { dialler: BEN.self, listener: ANNA.self }],
  ['at another time of ours', { diallerNonce: new Uint8Array(32).fill(3) }],
  ['at another time of theirs', { listenerNonce: new Uint8Array(32).fill(3) }],
  [
    'with the nonces cut elsewhere',
    {
      diallerNonce: new Uint8Array([...context.diallerNonce, 2]),
      listenerNonce: context.listenerNonce.subarray(1),
    },
  ],
])('a proof is worth nothing %s', (_, change) => {
  const proof = proofOf(secret, context)

  expect(isProof(secret, { ...context, ...change }, proof)).toBe(false)
})
