import { expect, test } from 'vitest'
import type { SwarmFacts, TorrentSnapshot } from '../../../src/engine/model/torrent.ts'
import { en } from '../../../src/ui/i18n/en.ts'
import { networkHealth } from '../../../src/ui/state/network-health.ts'
import { anInfoHash, aTorrent } from '../../support/a-torrent.ts'

const health = (torrents: readonly TorrentSnapshot[], online = true) =>
  networkHealth(
    {
      engine: { name: 'running' },
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
