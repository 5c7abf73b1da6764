import { expect, test } from 'vitest'
import type {
  CheckName,
  CheckResult,
  Findings,
  Verdict,
} from '../../../../src/engine/model/doctor.ts'
import { gradeOf, verdictOf } from '../../../../src/engine/model/doctor-verdict.ts'

const WELL: Findings = {
  relays: { found: 'answer', answering: 1, of: 1, after: 9 },
  reservation: { found: 'held', at: 1, of: 1 },
  trackers: { found: 'answer', answering: 1, of: 1, after: 9 },
  stun: { found: 'reflexive', families: ['ipv4'], mapping: 'steady', after: 9 },
  direct: { found: 'opened', by: ['mdns', 'reflexive'], notBy: [] },
  relayed: { found: 'carries', after: 9, limit: null },
}

const NO_RELAY = {
  relays: { found: 'silent' },
  reservation: { found: 'no-relay' },
  relayed: { found: 'no-relay' },
} as const

function results(changes: Partial<Findings>): CheckResult[] {
  return Object.entries({ ...WELL, ...changes }).map(
    // Each finding stands under the name of its check.
    ([check, finding]) => ({ check: check as CheckName, ...finding }) as CheckResult,
  )
}

test.each<[Verdict, string, Partial<Findings>]>([
  ['all-well', 'everything answers', {}],
  ['all-well', 'nobody set a tracker', { trackers: { found: 'none-set' } }],
  [
    'all-well',
    'the device has a public address',
    { stun: { found: 'public', families: ['ipv6'] } },
  ],
  ['all-well', 'the STUN server is next door', { stun: { found: 'unmapped' } }],
  ['overlay-only', 'no tracker answers', { trackers: { found: 'silent' } }],
  ['trackers-only', 'no relay answers', NO_RELAY],
  [
    'strict-network',
    'each server sees another port',
    { stun: { found: 'reflexive', families: ['ipv4'], mapping: 'each', after: 9 } },
  ],
  ['own-network', 'STUN is blocked', { stun: { found: 'silent' } }],
  ['own-network', 'no STUN is set', { stun: { found: 'none-set' } }],
  ['own-network-only', 'STUN and relay are blocked', { ...NO_RELAY, stun: { found: 'silent' } }],
  ['relay-carries', 'no direct path opens', { direct: { found: 'failed', tried: ['mdns'] } }],
  [
    'relay-carries',
    'the browser tells no address',
    { stun: { found: 'no-candidates' }, direct: { found: 'no-candidates' } },
  ],
  [
    'no-path',
    'no direct path opens and nothing is carried',
    { ...NO_RELAY, direct: { found: 'failed', tried: ['mdns'] } },
  ],
  [
    'cut-off',
    'neither relay nor tracker answers',
    { ...NO_RELAY, trackers: { found: 'no-socket' } },
  ],
  ['all-well', 'there was no room to try directly', { direct: { found: 'no-room' } }],
])('%s when %s', (verdict, _why, changes) => {
  expect(verdictOf(results(changes))).toBe(verdict)
})

test('there is no verdict before every check has answered', () => {
  for (const { check } of results({})) {
    const others = results({}).filter((result) => result.check !== check)

    expect(verdictOf(others), check).toBeNull()
  }
})

test('when all is well every grade is good', () => {
  expect(results({}).map(gradeOf)).toEqual(Array(6).fill('good'))
})

test.each<[string, CheckResult]>([
  ['limited', { check: 'relays', found: 'answer', answering: 1, of: 2, after: 9 }],
  ['limited', { check: 'reservation', found: 'held', at: 1, of: 2 }],
  ['limited', { check: 'stun', found: 'silent' }],
  ['limited', { check: 'stun', found: 'none-set' }],
  ['bad', { check: 'stun', found: 'no-candidates' }],
  ['bad', { check: 'relays', found: 'silent' }],
  ['bad', { check: 'reservation', found: 'no-socket' }],
  ['skipped', { check: 'reservation', found: 'no-relay' }],
  ['skipped', { check: 'relayed', found: 'no-relay' }],
  ['bad', { check: 'relayed', found: 'failed' }],
  ['skipped', { check: 'direct', found: 'no-room' }],
])('%s: %o', (grade, result) => {
  expect(gradeOf(result)).toBe(grade)
})
