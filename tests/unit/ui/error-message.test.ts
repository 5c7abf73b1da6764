import { expect, test } from 'vitest'
import type {
  EngineError,
  InviteProblem,
  MagnetProblem,
  MetainfoProblem,
  PassphraseProblem,
  TrackerProblem,
} from '../../../src/engine/model/errors.ts'
import type { PeerId } from '../../../src/engine/model/ids.ts'
import type { OutsideReason } from '../../../src/engine/model/private-swarm.ts'
import type { PeerSource } from '../../../src/engine/model/swarm-policy.ts'
import { errorDetail, errorMessage } from '../../../src/ui/format/error-message.ts'
import { en } from '../../../src/ui/i18n/en.ts'
import { anInfoHash } from '../../support/a-torrent.ts'

// Each record has one entry per member of its union: a new kind does not compile without one here.
const reasons = <Reason extends string>(all: Record<Reason, true>) => Object.keys(all) as Reason[]
const magnet = reasons<MagnetProblem>({
  scheme: true,
  'no-info-hash': true,
  'info-hash': true,
  'v2-only': true,
  'too-long': true,
})
const metainfo = reasons<MetainfoProblem>({
  'too-large': true,
  bencode: true,
  structure: true,
  'piece-length': true,
  pieces: true,
  path: true,
  'duplicate-path': true,
  'v2-only': true,
  'info-hash': true,
})
const tracker = reasons<TrackerProblem>({
  unreachable: true,
  refused: true,
  silent: true,
  malformed: true,
})
const sources = reasons<PeerSource>({
  tracker: true,
  overlay: true,
  invite: true,
  'web-seed': true,
})

const invite = reasons<InviteProblem>({
  format: true,
  signature: true,
  expired: true,
  'not-yet': true,
  newer: true,
  bound: true,
  options: true,
})
const outside = reasons<OutsideReason>({
  removed: true,
  expired: true,
  used: true,
  revoked: true,
  bound: true,
  refused: true,
})
const passphrase = reasons<PassphraseProblem>({
  missing: true,
  wrong: true,
  later: true,
  weak: true,
})

const url = 'https://host.example/a'
const cause = { name: 'TypeError', message: 'x is not a function' }
// A peer id only names; this text stands for one.
const peer = '12D3KooWPeer' as PeerId

const EVERY: {
  readonly [Kind in EngineError['kind']]: readonly Extract<EngineError, { kind: Kind }>[]
} = {
  'input/source': [
    { kind: 'input/source', reason: 'empty' },
    { kind: 'input/source', reason: 'unknown' },
  ],
  'input/magnet': magnet.map((reason) => ({ kind: 'input/magnet', reason })),
  'input/metainfo': metainfo.map((reason) => ({ kind: 'input/metainfo', reason })),
  'input/invite': invite.map((reason) => ({ kind: 'input/invite', reason })),
  'input/duplicate': [{ kind: 'input/duplicate', infoHash: anInfoHash() }],
  'input/unknown-torrent': [{ kind: 'input/unknown-torrent' }],
  'input/unknown-file': [{ kind: 'input/unknown-file' }],
  'input/no-files': [{ kind: 'input/no-files' }],
  'input/peer-id': [{ kind: 'input/peer-id' }],
  'input/backup': [
    { kind: 'input/backup', reason: 'format' },
    { kind: 'input/backup', reason: 'newer' },
  ],
  'input/identity': [
    { kind: 'input/identity', reason: 'format' },
    { kind: 'input/identity', reason: 'newer' },
    { kind: 'input/identity', reason: 'passphrase' },
    { kind: 'input/identity', reason: 'weak-passphrase' },
  ],
  'input/address': [
    { kind: 'input/address', of: 'relay', reason: 'form' },
    { kind: 'input/address', of: 'tracker', reason: 'form' },
    { kind: 'input/address', of: 'ice-server', reason: 'form' },
    { kind: 'input/address', of: 'ice-server', reason: 'credential' },
    { kind: 'input/address', of: 'relay', reason: 'too-many' },
  ],
  'input/settings': [{ kind: 'input/settings', message: 'maxConnections must be at most 256' }],
  'http/status': [{ kind: 'http/status', url, status: 404 }],
  'http/unreachable': [{ kind: 'http/unreachable', url }],
  'http/not-a-torrent': [{ kind: 'http/not-a-torrent', url }],
  'http/too-large': [{ kind: 'http/too-large', url, limit: 1_000_000 }],
  'http/changed': [{ kind: 'http/changed', url }],
  'storage/unsupported': [{ kind: 'storage/unsupported' }],
  'storage/full': [{ kind: 'storage/full', needed: 4e9, available: 2e9 }],
  'storage/locked': [{ kind: 'storage/locked' }],
  'storage/io': [{ kind: 'storage/io', cause }],
  'storage/source-changed': [{ kind: 'storage/source-changed', name: 'notes.txt' }],
  'storage/source-missing': [{ kind: 'storage/source-missing', name: 'notes.txt' }],
  'storage/permission': [{ kind: 'storage/permission', name: 'Music' }],
  'storage/evicted': [{ kind: 'storage/evicted', lost: 3e9 }],
  'storage/corrupt': [{ kind: 'storage/corrupt', lost: 262_144 }],
  'storage/newer': [{ kind: 'storage/newer' }],
  'swarm/metadata-timeout': [{ kind: 'swarm/metadata-timeout' }],
  'swarm/tracker': tracker.map((reason) => ({ kind: 'swarm/tracker', url, reason, message: 'no' })),
  'overlay/relay-unreachable': [
    { kind: 'overlay/relay-unreachable', address: '/dns4/relay/tcp/443' },
  ],
  'overlay/no-relay': [{ kind: 'overlay/no-relay', address: 'https://relay.example' }],
  'overlay/reservation-refused': [{ kind: 'overlay/reservation-refused', relay: peer }],
  'overlay/dial': [{ kind: 'overlay/dial', peer, cause }],
  'policy/source-denied': sources.map((source) => ({ kind: 'policy/source-denied', source })),
  'policy/private-only': [{ kind: 'policy/private-only' }],
  'policy/contradiction': [{ kind: 'policy/contradiction', what: 'private without members' }],
  'policy/public': [{ kind: 'policy/public' }],
  'policy/not-allowed': (['owner', 'admin', 'member'] as const).map((needs) => ({
    kind: 'policy/not-allowed',
    needs,
  })),
  'policy/nobody-to-ask': [{ kind: 'policy/nobody-to-ask' }],
  'policy/outside': outside.map((why) => ({ kind: 'policy/outside', why })),
  'policy/passphrase': passphrase.map((reason) => ({ kind: 'policy/passphrase', reason })),
  'engine/insecure-context': [{ kind: 'engine/insecure-context' }],
  'engine/unsupported': [{ kind: 'engine/unsupported', what: 'Web Locks' }],
  'engine/held-elsewhere': [{ kind: 'engine/held-elsewhere' }],
  'engine/lost': [{ kind: 'engine/lost' }],
  'engine/version': [{ kind: 'engine/version', page: 'a', worker: 'b' }],
  'engine/bug': [{ kind: 'engine/bug', cause }],
}

const everyError: EngineError[] = Object.values(EVERY).flat()

test.each(everyError.map((error) => [JSON.stringify(error), error] as const))(
  '%s has one plain sentence',
  (_, error) => {
    const message = errorMessage(error, en)

    expect(message).toMatch(/^[A-Z“a-z].*\.$/s)
    expect(message).not.toMatch(/undefined|\[object|NaN/)
  },
)

test('no two kinds share a sentence', () => {
  const perKind = Object.values(EVERY).map(([first]) => errorMessage(first!, en))

  expect(new Set(perKind).size).toBe(perKind.length)
})

test('what a foreign server said is cut short', () => {
  const message = errorMessage(
    { kind: 'swarm/tracker', url, reason: 'refused', message: 'no '.repeat(5000) },
    en,
  )

  expect(message.length).toBeLessThan(300)
})

test('the cause of a bug is kept for those who can help', () => {
  expect(errorDetail({ kind: 'engine/bug', cause })).toBe('TypeError: x is not a function')
  expect(errorDetail({ kind: 'engine/lost' })).toBeNull()
})
