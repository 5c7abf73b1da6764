import { expect, test } from 'vitest'
import { whyNotAdmitted } from '../../../../src/engine/membership/admission.ts'
import {
  DEFAULT_INVITE_AGE,
  tokenIdOf,
  type TokenBody,
} from '../../../../src/engine/membership/invite-token.ts'
import { HOUR } from '../../../../src/engine/model/units.ts'
import { aToken } from '../../../support/invites.ts'
import {
  aCreation,
  add,
  aKeeper,
  ANNA,
  BEN,
  CARL,
  NOON,
  OWNER,
  remove,
  revoke,
} from '../../../support/members.ts'

const create = await aCreation()
const mine = (given: Partial<TokenBody> = {}, signer = OWNER) =>
  aToken({ swarm: create.swarm, ...given }, signer)

test('an invite of the owner or of an admin lets in', async () => {
  const { log, says } = aKeeper(create, OWNER)
  await says(add(ANNA, 'admin'))

  expect(whyNotAdmitted(log, await mine(), BEN.self, NOON)).toBeNull()
  expect(whyNotAdmitted(log, await mine({}, ANNA), BEN.self, NOON)).toBeNull()
})

test('an invite of a member, a stranger or an admin that was removed does not', async () => {
  const { log, says } = aKeeper(create, OWNER)
  await says(add(BEN))
  await says(add(ANNA, 'admin'))
  await says(remove(ANNA))

  for (const issuer of [ANNA, BEN, CARL]) {
    expect(whyNotAdmitted(log, await mine({}, issuer), CARL.self, NOON)).toBe('revoked')
  }
})

test('an invite to another swarm, or to another torrent, does not', async () => {
  const { log } = aKeeper(create, OWNER)

  expect(whyNotAdmitted(log, await aToken(), BEN.self, NOON)).toBe('refused')
  const other = await mine({ infoHash: 'cd'.repeat(20) as TokenBody['infoHash'] })
  expect(whyNotAdmitted(log, other, BEN.self, NOON)).toBe('refused')
})

test('an invite that was revoked does not', async () => {
  const { log, says } = aKeeper(create, OWNER)
  const token = await mine()

  await says(revoke(tokenIdOf(token)))

  expect(whyNotAdmitted(log, token, BEN.self, NOON)).toBe('revoked')
})

test('an invite lets in as often as it says, and the same peer again', async () => {
  const { log, says } = aKeeper(create, OWNER)
  const token = await mine({ uses: 2 })
  const asked = () => whyNotAdmitted(log, token, CARL.self, NOON)

  await says(add(ANNA, 'member', { invite: tokenIdOf(token) }))
  const once = asked()
  await says(add(BEN, 'member', { invite: tokenIdOf(token) }))

  expect([once, asked()]).toEqual([null, 'used'])
  expect(whyNotAdmitted(log, token, ANNA.self, NOON)).toBeNull()
})

test('who was removed does not come back by the same invite', async () => {
  const { log, says } = aKeeper(create, OWNER)
  const token = await mine({ uses: 5 })
  await says(add(BEN, 'member', { invite: tokenIdOf(token) }))

  await says(remove(BEN))

  expect(whyNotAdmitted(log, token, BEN.self, NOON)).toBe('removed')
})

test.each<[string, Partial<TokenBody>, number, string]>([
  ['bound to another', { bound: CARL.self }, 0, 'bound'],
  ['that expired', {}, DEFAULT_INVITE_AGE, 'expired'],
  ['that is not valid yet', {}, -24 * HOUR, 'refused'],
])('an invite %s does not', async (_, given, after, why) => {
  const { log } = aKeeper(create, OWNER)

  expect(whyNotAdmitted(log, await mine(given), BEN.self, NOON + after)).toBe(why)
})
