import { expect, test, vi } from 'vitest'
import {
  DEFAULT_INVITE_AGE,
  MAX_INVITE_AGE,
  readToken,
  tokenIdOf,
  tokenProblem,
  writeToken,
  type TokenBody,
} from '../../../../src/engine/membership/invite-token.ts'
import { publicKeyOf } from '../../../../src/engine/membership/peer-keys.ts'
import { bytesOfHex } from '../../../../src/engine/model/ids.ts'
import { HOUR, MINUTE } from '../../../../src/engine/model/units.ts'
import { encodeStrict } from '../../../../src/engine/strict-cbor.ts'
import { aToken, aTokenBody, A_SWARM } from '../../../support/invites.ts'
import { ANNA, BEN, CARL, DORA, EVE, INFO_HASH, NOON, OWNER } from '../../../support/members.ts'

// Thousands of signatures.
vi.setConfig({ testTimeout: 60_000 })

const refused = (reason: string) => ({ ok: false, error: { kind: 'input/invite', reason } })

test.each<[string, Partial<TokenBody>]>([
  ['as most are', {}],
  [
    'with all there is',
    {
      ask: [ANNA.self, BEN.self, CARL.self, DORA.self],
      uses: 1000,
      bound: EVE.self,
      relays: ['https://a.example', '/dns4/b.example/tcp/443/tls/ws', 'http://localhost:8080'],
      counter: 'issuer',
      name: '語'.repeat(120),
      from: '語'.repeat(64),
    },
  ],
  ['with the least', { relays: [], from: null, bytes: 0 }],
])('a token %s is read as it was written', async (_, given) => {
  const token = await aToken(given)

  expect(await readToken(token.encoded)).toEqual({ ok: true, value: token })
  expect(token).toMatchObject({ ...(await aTokenBody(given)), issuer: OWNER.self })
})

test.each<[string, Partial<TokenBody>]>([
  ['nobody may use', { uses: 0 }],
  ['anybody may use for ever', { uses: 1001 }],
  ['half may use', { uses: 1.5 }],
  ['ends before it begins', { notBefore: NOON, expiresAt: NOON }],
  ['lasts longer than a month', { expiresAt: NOON + MAX_INVITE_AGE + 1 }],
  ['asks too many', { ask: [ANNA, BEN, CARL, DORA, EVE].map(({ self }) => self) }],
  ['names too many relays', { relays: Array.from({ length: 4 }, () => 'https://relay.example') }],
  ['names what is no relay', { relays: ['javascript:alert(1)'] }],
  ['names a relay at great length', { relays: [`https://${'a.'.repeat(128)}example`] }],
  ['has no name', { name: '' }],
  ['has a name of two lines', { name: 'a\nb' }],
  ['turns the direction of its name', { name: 'a\u202eb' }],
  ['is from somebody with a long name', { from: 'a'.repeat(65) }],
  ['has fewer bytes than none', { bytes: -1 }],
  ['has no nonce', { nonce: new Uint8Array(0) }],
  ['has a key of another length', { key: new Uint8Array(31) }],
])('nobody writes a token that %s', async (_, given) => {
  expect(await writeToken(OWNER, await aTokenBody(given))).toEqual(refused('options'))
})

test('no byte of a token can be changed', async () => {
  const { encoded } = await aToken()

  for (let at = 0; at < encoded.length; at++) {
    const changed = encoded.with(at, encoded[at]! ^ (1 << (at % 8)))
    expect(await readToken(changed)).toMatchObject({ ok: false, error: { kind: 'input/invite' } })
  }
})

test('no part of a token is one, nor a token with more behind it', async () => {
  const { encoded } = await aToken()

  for (let length = 0; length < encoded.length; length++) {
    expect(await readToken(encoded.subarray(0, length))).toMatchObject({ ok: false })
  }
  expect(await readToken(new Uint8Array([...encoded, 0]))).toMatchObject({ ok: false })
})

async function signed(fields: readonly unknown[], signer = ANNA, label = 'chiral-invite/1') {
  const encoded = encodeStrict(fields)
  const text = new Uint8Array([...new TextEncoder().encode(label), ...encoded])
  return new Uint8Array([...encoded, ...(await signer.sign(text))])
}

async function fields(version = 1): Promise<readonly unknown[]> {
  const body = await aTokenBody()
  return [
    version,
    ...[bytesOfHex(A_SWARM), bytesOfHex(INFO_HASH), body.nonce, publicKeyOf(ANNA.self), body.key],
    ...[[], body.notBefore, body.expiresAt, body.uses, null, body.relays],
    ...[body.counter, body.name, body.bytes, body.from],
  ]
}

test('a token is the word of the issuer it names, as a token', async () => {
  expect(await readToken(await signed(await fields()))).toMatchObject({ ok: true })
  expect(await readToken(await signed(await fields(), BEN))).toEqual(refused('signature'))
  expect(await readToken(await signed(await fields(), ANNA, 'chiral-member/1'))).toEqual(
    refused('signature'),
  )
})

test('a token of a newer version is told from what is none', async () => {
  expect(await readToken(await signed(await fields(2)))).toEqual(refused('newer'))
  expect(await readToken(await signed([2, 'all', 'else', 'may', 'differ']))).toEqual(
    refused('newer'),
  )
  expect(await readToken(await signed(await fields(0)))).toEqual(refused('format'))
  expect(await readToken(await signed([...(await fields()), null]))).toEqual(refused('format'))
  expect(await readToken(new Uint8Array(100_000))).toEqual(refused('format'))
})

test('the id of a token is its own, whoever takes its nonce', async () => {
  const ids = await Promise.all([
    aToken(),
    aToken({}, ANNA),
    aToken({ swarm: '35'.repeat(32) as typeof A_SWARM }), // 64 hex digits
    aToken({ nonce: new Uint8Array(16) }),
  ])

  expect(new Set(ids.map(tokenIdOf)).size).toBe(4)
  expect(tokenIdOf(ids[0])).toMatch(/^[0-9a-f]{64}$/)
  expect(tokenIdOf(await aToken({ uses: 5 }))).toBe(tokenIdOf(ids[0]))
})

test.each<[string, number, string | null]>([
  ['at its first moment', 0, null],
  ['by a clock that is a little behind the issuer’s', -5 * MINUTE, null],
  ['by a clock that is further behind', -5 * MINUTE - 1, 'not-yet'],
  ['by a clock that is a day behind', -24 * HOUR, 'not-yet'],
  ['in its last moment', DEFAULT_INVITE_AGE - 1, null],
  ['when it ends', DEFAULT_INVITE_AGE, 'expired'],
  ['by a clock that is a day ahead, when it ends', DEFAULT_INVITE_AGE + 24 * HOUR, 'expired'],
  ['a day before its end', DEFAULT_INVITE_AGE - 24 * HOUR, null],
])('a token %s', async (_, after, problem) => {
  expect(tokenProblem(await aToken(), BEN.self, NOON + after)).toBe(problem)
})

test('a token that is bound is one peer’s', async () => {
  const token = await aToken({ bound: BEN.self })

  expect(tokenProblem(token, BEN.self, NOON)).toBeNull()
  expect(tokenProblem(token, CARL.self, NOON)).toBe('bound')
})
