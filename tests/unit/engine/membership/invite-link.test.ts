import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import {
  looksLikeInvite,
  MAX_LINK_LENGTH,
  readInviteLink,
  writeInviteLink,
  type Invite,
} from '../../../../src/engine/membership/invite-link.ts'
import { encodeStrict } from '../../../../src/engine/strict-cbor.ts'
import { aToken, A_SWARM, SEED } from '../../../support/invites.ts'
import { anyText } from '../../../support/arbitrary-text.ts'
import { ANNA, BEN, INFO_HASH } from '../../../support/members.ts'

vi.setConfig({ testTimeout: 60_000 })

const APP = 'https://app.example/'
const keyed = {
  swarm: A_SWARM,
  infoHash: INFO_HASH,
  relays: ['https://relay.example'],
  name: 'Holiday 2026',
  bytes: 123_456_789,
  from: null,
}
const invites: readonly [string, Invite][] = [
  ['token', { kind: 'token', token: await aToken(), seed: SEED }],
  ['key', { kind: 'key', ...keyed, key: new Uint8Array(16).fill(8) }],
  ['passphrase', { kind: 'passphrase', ...keyed, from: 'Ada' }],
]

test.each(invites)(
  'a link with a %s is read as it was written, whole or in part',
  async (_, invite) => {
    const link = writeInviteLink(invite, APP)
    const fragment = link.slice(link.indexOf('#'))

    for (const text of [link, ` ${link}\n`, fragment, fragment.slice(1), fragment.slice(3)]) {
      expect(await readInviteLink(text)).toEqual({ ok: true, value: invite })
    }
    expect(link.startsWith(`${APP}#i=`)).toBe(true)
    expect(new URL(link)).toMatchObject({ pathname: '/', search: '' })
  },
)

test('a link is told from other texts without being read', () => {
  const [, invite] = invites[0]!

  expect(looksLikeInvite(writeInviteLink(invite, APP))).toBe(true)
  expect(looksLikeInvite('#i=')).toBe(true)
  for (const text of ['magnet:?xt=urn:btih:aa', 'https://app.example/', 'i am one', '#magnet=i=']) {
    expect(looksLikeInvite(text)).toBe(false)
  }
})

test('the longest link fits, and a longer text is refused unread', async () => {
  const wide = '語'
  const relays = Array.from({ length: 3 }, (_, at) => `https://${at}${'a'.repeat(50)}.example/`)
  const token = await aToken({
    ask: [ANNA.self, BEN.self, ANNA.self, BEN.self],
    bound: BEN.self,
    relays,
    name: wide.repeat(120),
    from: wide.repeat(64),
  })

  const link = writeInviteLink({ kind: 'token', token, seed: SEED }, APP)

  expect(link.length).toBeLessThan(MAX_LINK_LENGTH)
  expect(await readInviteLink(link)).toMatchObject({ ok: true })
  expect(await readInviteLink(' '.repeat(MAX_LINK_LENGTH) + link)).toMatchObject({ ok: false })
  expect(await readInviteLink(`${link}${'A'.repeat(MAX_LINK_LENGTH)}`)).toMatchObject({ ok: false })
})

test.each(invites)('a link with a %s that was damaged is said to be', async (_, invite) => {
  const link = writeInviteLink(invite, APP)
  const start = link.indexOf('=') + 1
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const damage = fc.oneof(
    fc
      .tuple(fc.integer({ min: start, max: link.length - 1 }), fc.constantFrom(...letters))
      .map(([at, letter]) => link.slice(0, at) + letter + link.slice(at + 1)),
    fc.nat(link.length - 1).map((length) => link.slice(0, length)),
    fc
      .tuple(
        fc.integer({ min: start, max: link.length }),
        fc.constantFrom(...letters, '=', '+', '/', ' ', '\0'),
      )
      .map(([at, letter]) => link.slice(0, at) + letter + link.slice(at)),
    fc
      .tuple(fc.integer({ min: start, max: link.length }), fc.integer({ min: 1, max: 50 }))
      .map(([at, length]) => link.slice(0, at) + link.slice(at + length)),
  )

  await fc.assert(
    fc.asyncProperty(damage, async (text) => {
      fc.pre(text.trim() !== link)

      const read = await readInviteLink(text)

      expect(read).toEqual({ ok: false, error: { kind: 'input/invite', reason: 'format' } })
    }),
    { numRuns: 3_500 },
  )
})

test('any text is answered', () =>
  fc.assert(
    fc.asyncProperty(anyText({ maxLength: 100 }), async (text) => {
      expect(await readInviteLink(`#i=${text}`)).toMatchObject({ ok: false })
      expect(await readInviteLink(text)).toMatchObject({ ok: false })
    }),
    { numRuns: 300 },
  ))

test('a link of a newer version is told from what is none', async () => {
  const linkOf = (value: unknown) => {
    const encoded = encodeStrict(value)
    const bytes = Buffer.from([...encoded, ...sha256(encoded).subarray(0, 4)])
    return `${APP}#i=${bytes.toString('base64url')}`
  }
  const reasonOf = async (value: unknown) => {
    const read = await readInviteLink(linkOf(value))
    return read.ok ? null : read.error
  }

  expect(await reasonOf([2, 'token', 'all else may differ'])).toMatchObject({ reason: 'newer' })
  expect(await reasonOf([1, 'door', 'all else may differ'])).toMatchObject({ reason: 'format' })
  expect(await reasonOf({ v: 2 })).toMatchObject({ reason: 'format' })
})

test('a token with another token’s seed is no invite', async () => {
  const token = await aToken()

  const read = await readInviteLink(
    writeInviteLink({ kind: 'token', token, seed: SEED.with(0, 1) }, APP),
  )

  expect(read).toEqual({ ok: false, error: { kind: 'input/invite', reason: 'format' } })
})
