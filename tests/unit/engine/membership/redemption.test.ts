import { expect, test } from 'vitest'
import {
  checkRedemption,
  redemptionKey,
  signRedemption,
  type RedemptionContext,
} from '../../../../src/engine/membership/redemption.ts'
import type { TokenBody } from '../../../../src/engine/membership/invite-token.ts'
import { aToken, SEED } from '../../../support/invites.ts'
import { ANNA, BEN, CARL, OWNER } from '../../../support/members.ts'

const context: RedemptionContext = {
  candidate: BEN.self,
  asked: ANNA.self,
  candidateNonce: new Uint8Array(32).fill(1),
  askedNonce: new Uint8Array(32).fill(2),
}

test('whoever has the seed redeems the token', async () => {
  const token = await aToken()

  const signature = await signRedemption(SEED, token, context)

  expect(await checkRedemption(token, context, signature)).toBe(true)
})

test('the token alone redeems nothing', async () => {
  const token = await aToken()
  const guesses = [
    await signRedemption(token.key.slice(0, 16), token, context),
    await signRedemption(new Uint8Array(16), token, context),
    await BEN.sign(token.encoded),
    new Uint8Array(64),
    new Uint8Array(0),
  ]

  for (const guess of guesses) expect(await checkRedemption(token, context, guess)).toBe(false)
})

test.each<[string, Partial<RedemptionContext>]>([
  ['by another candidate', { candidate: CARL.self }],
  ['before another admin', { asked: CARL.self }],
  ['by whom it was shown', { candidate: ANNA.self, asked: OWNER.self }],
  ['at another time of the candidate’s', { candidateNonce: new Uint8Array(32) }],
  ['at another time of who is asked', { askedNonce: new Uint8Array(32) }],
])('a redemption is worth nothing %s', async (_, change) => {
  const token = await aToken()
  const signature = await signRedemption(SEED, token, context)

  expect(await checkRedemption(token, { ...context, ...change }, signature)).toBe(false)
})

test.each<[string, Partial<TokenBody>]>([
  ['of more uses', { uses: 2 }],
  ['of another torrent', { infoHash: 'cd'.repeat(20) as TokenBody['infoHash'] }],
  ['of another swarm', { swarm: '35'.repeat(32) as TokenBody['swarm'] }],
  ['with another nonce', { nonce: new Uint8Array(16) }],
])('a redemption is worth nothing for a token %s with the same key', async (_, change) => {
  const signature = await signRedemption(SEED, await aToken(), context)

  expect(await checkRedemption(await aToken(change), context, signature)).toBe(false)
})

test('each seed has a key of its own', async () => {
  const one = await redemptionKey(SEED)
  const other = await redemptionKey(SEED.with(0, 6))

  expect(one.publicKey).not.toEqual(other.publicKey)
  expect((await redemptionKey(SEED)).publicKey).toEqual(one.publicKey)
  await expect(redemptionKey(new Uint8Array(15))).rejects.toThrow()
})
