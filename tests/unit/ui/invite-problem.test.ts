import { expect, test } from 'vitest'
import { isSwarmId } from '../../../src/engine/model/ids.ts'
import type { InvitePreview } from '../../../src/engine/model/private-swarm.ts'
import { inviteProblem } from '../../../src/ui/privacy/invite-problem.ts'
import { anInfoHash } from '../../support/a-torrent.ts'

const NOW = 1_700_000_000_000

function invite(changes: Partial<InvitePreview>): InvitePreview {
  const swarm = 'ab'.repeat(32)
  if (!isSwarmId(swarm)) throw new Error('no swarm id')
  const facts = { issuer: null, words: null, from: null, expiresAt: null, bound: 'nobody' } as const
  return { swarm, infoHash: anInfoHash(), door: 'members', ...facts, ...changes }
}

test('an invite without an end, for nobody in particular, may be tried', () => {
  expect(inviteProblem(invite({}), NOW)).toBeNull()
  expect(inviteProblem(invite({ expiresAt: NOW + 1, bound: 'us' }), NOW)).toBeNull()
})

test('it expires in the very millisecond it names', () => {
  expect(inviteProblem(invite({ expiresAt: NOW }), NOW)).toBe('expired')
})

test('what is meant for somebody else is said before that it expired', () => {
  expect(inviteProblem(invite({ bound: 'another', expiresAt: NOW - 1 }), NOW)).toBe('bound')
})
