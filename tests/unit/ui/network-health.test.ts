import { expect, test } from 'vitest'
import type { OverlaySnapshot } from '../../../src/engine/model/engine-state.ts'
import type { SwarmFacts, TorrentSnapshot } from '../../../src/engine/model/torrent.ts'
import { en } from '../../../src/ui/i18n/en.ts'
import { networkHealth } from '../../../src/ui/state/network-health.ts'
import { anInfoHash, aTorrent } from '../../support/a-torrent.ts'
import { ALICE, BOB } from '../../support/stream-pair.ts'

const health = (
  torrents: readonly TorrentSnapshot[],
  online = true,
  overlay: OverlaySnapshot = { name: 'off' },
) =>
  networkHealth(
    {
      engine: { name: 'running' },
      overlay,
      torrents: Object.fromEntries(torrents.map((torrent) => [torrent.infoHash, torrent])),
    },
    online,
    en,
  )

const withTrackers = (swarm: Partial<SwarmFacts>, changes: Partial<TorrentSnapshot> = {}) =>
  aTorrent({ ...changes, swarm: { ...aTorrent().swarm, ...swarm } })

test('is full when every tracker answers, and says how many peers there are', () => {
  const { level, sentence } = health([withTrackers({ trackers: 1 }, { peerCount: 2 })])

  expect(level).toBe('full')
  expect(sentence).toBe('The trackers answer. 2 peers connected.')
})

test('is partial when some trackers fail', () => {
  const { level } = health([withTrackers({ trackers: 2, trackersAnswered: 1, trackersFailed: 1 })])

  expect(level).toBe('partial')
})

test('is none when all trackers fail, and when the device is offline', () => {
  const failing = withTrackers({ trackers: 1, trackersAnswered: 0, trackersFailed: 1 })

  expect(health([failing]).level).toBe('none')
  expect(health([withTrackers({})], false).level).toBe('none')
})

test('is idle when nothing asks: no torrent, or only resting ones', () => {
  const paused = withTrackers(
    { trackersFailed: 1 },
    {
      infoHash: anInfoHash('b'),
      phase: { name: 'paused', from: { name: 'seeding' }, why: 'person' },
    },
  )

  expect(health([]).level).toBe('idle')
  expect(health([paused]).level).toBe('idle')
})

const RESERVED: OverlaySnapshot = {
  name: 'reserved',
  self: ALICE,
  relay: BOB,
  peers: 0,
  relays: [],
}
const LOST: OverlaySnapshot = {
  name: 'lost',
  error: { kind: 'overlay/relay-unreachable', address: 'https://relay.example' },
  retryAt: 0,
  relays: [],
}
const answering = withTrackers({ trackers: 1 })
const failing = withTrackers({ trackers: 1, trackersAnswered: 0, trackersFailed: 1 })

test('is full when others reach this browser, though nothing asks', () => {
  expect(health([], true, RESERVED).level).toBe('full')
})

test('is partial when only the relay or only the trackers answer, and says which is missing', () => {
  const relayLost = health([answering], true, LOST)
  const trackersLost = health([failing], true, RESERVED)

  expect(relayLost.level).toBe('partial')
  expect(relayLost.sentence).toContain('The relay does not answer.')
  expect(trackersLost.level).toBe('partial')
  expect(trackersLost.sentence).toContain('No tracker answers.')
})

test('is none when neither relay nor tracker answers', () => {
  const { level, sentence } = health([failing], true, LOST)

  expect(level).toBe('none')
  expect(sentence).toContain('Neither relay nor tracker answers.')
})

test('is none when the relay is lost and nothing else is asked', () => {
  expect(health([], true, LOST).level).toBe('none')
})
