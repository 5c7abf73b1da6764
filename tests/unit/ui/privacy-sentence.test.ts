import { expect, test } from 'vitest'
import { isSwarmId } from '../../../src/engine/model/ids.ts'
import type {
  OutsideReason,
  PrivacySnapshot,
  Standing,
} from '../../../src/engine/model/private-swarm.ts'
import { PRIVATE } from '../../../src/engine/model/swarm-policy.ts'
import { MINUTE } from '../../../src/engine/model/units.ts'
import type { TorrentSnapshot } from '../../../src/engine/model/torrent.ts'
import { privacySentence } from '../../../src/ui/format/privacy-sentence.ts'
import { stateSentence } from '../../../src/ui/format/state-sentence.ts'
import { en } from '../../../src/ui/i18n/en.ts'
import { aTorrent } from '../../support/a-torrent.ts'

const NOW = 1_700_000_000_000

function standing(as: Standing): PrivacySnapshot {
  const swarm = 'ab'.repeat(32)
  if (!isSwarmId(swarm)) throw new Error('no swarm id')
  return { swarm, door: 'members', standing: as, members: 2, online: 0 }
}

const said = (as: Standing) => privacySentence(standing(as), NOW, en)

const privately = (as: Standing, changes: Partial<TorrentSnapshot>) => {
  const torrent = aTorrent({ policy: PRIVATE, privacy: standing(as), ...changes })
  const swarm = { ...torrent.swarm, trackers: 0, trackersAnswered: 0 }
  return stateSentence({ ...torrent, swarm }, en)
}

const INSIDE: Standing = { name: 'inside', role: 'member', settling: false }

test('nobody reached who could let us in', () => {
  expect(said({ name: 'joining', asked: 0 })).toBe(
    'Joining: looking for somebody who can let you in',
  )
})

test('those who were asked are counted', () => {
  expect(said({ name: 'joining', asked: 1 })).toBe('Joining: asked 1 person who can let you in')
  expect(said({ name: 'joining', asked: 3 })).toBe('Joining: asked 3 people who can let you in')
})

test('a missing, a wrong and a late passphrase are three things', () => {
  expect(said({ name: 'locked', wrong: false, again: null })).toBe(
    'Locked: it opens with a passphrase',
  )
  expect(said({ name: 'locked', wrong: true, again: null })).toBe(
    'That passphrase did not open it. Try another one.',
  )
  expect(said({ name: 'locked', wrong: true, again: NOW + 3 * MINUTE })).toBe(
    'Too many guesses. Try again in 3 min.',
  )
})

test('once the wait is over, another passphrase may be tried', () => {
  expect(said({ name: 'locked', wrong: true, again: NOW - 1 })).toBe(
    'That passphrase did not open it. Try another one.',
  )
})

test.each<[OutsideReason, string]>([
  ['removed', 'You were removed from this private torrent.'],
  ['expired', 'The invite has expired. Ask for a new one.'],
  ['used', 'The invite was used up. Ask for a new one.'],
  ['revoked', 'The invite was taken back. Ask for a new one.'],
  ['bound', 'The invite is meant for somebody else.'],
  ['refused', 'You were not let in. Ask whoever sent you the link.'],
])('outside (%s) says why', (why, sentence) => {
  expect(said({ name: 'outside', why })).toBe(sentence)
  expect(privately({ name: 'outside', why }, { phase: { name: 'seeding' } })).toBe(sentence)
})

test('inside, the torrent says what it does', () => {
  expect(said(INSIDE)).toBeNull()
  expect(privately(INSIDE, { peerCount: 2, downRate: 0 })).toBe(
    'Connected to 2 peers, waiting for data',
  )
})

test('alone inside, it is members that are looked for, and no tracker is missed', () => {
  expect(privately(INSIDE, { phase: { name: 'resolving' } })).toBe(
    'Looking for members: nobody else is online yet',
  )
})

test('a pause is said before the standing', () => {
  const from = { name: 'resolving' } as const

  expect(
    privately(
      { name: 'joining', asked: 0 },
      { phase: { name: 'paused', from, why: 'person' }, haveBytes: 0 },
    ),
  ).toBe('Paused')
})
