import { isInfoHash, type InfoHash } from '../../engine/model/ids.ts'
import { PUBLIC } from '../../engine/model/swarm-policy.ts'
import { NO_LIMITS, type SwarmFacts, type TorrentSnapshot } from '../../engine/model/torrent.ts'
import { HOUR, MINUTE, type Bytes } from '../../engine/model/units.ts'

const MB: Bytes = 1_000_000
const GB: Bytes = 1000 * MB

/** A torrent as a fixture states it: only what it is about. */
type Sketch = Partial<Omit<TorrentSnapshot, 'swarm'>> & { swarm?: Partial<SwarmFacts> }

/** The info hash with this number; the same number, the same hash. */
export function fakeInfoHash(number: number): InfoHash {
  let state = (number + 1) * 2_654_435_761
  let hex = ''
  while (hex.length < 40) {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0
    hex += state.toString(16).padStart(8, '0')
  }
  const text = hex.slice(0, 40)
  if (!isInfoHash(text)) throw new Error('a fake info hash is hexadecimal')
  return text
}

export function fakeTorrent(number: number, now: number, sketch: Sketch): TorrentSnapshot {
  const totalBytes = sketch.totalBytes ?? 700 * MB
  const totalPieces = Math.max(1, Math.ceil(totalBytes / MB))
  const haveBytes = sketch.haveBytes ?? 0
  const wantedBytes = sketch.wantedBytes ?? totalBytes
  return {
    infoHash: fakeInfoHash(number),
    name: `Torrent ${number}`,
    protocol: 'bittorrent',
    phase: { name: 'downloading', eta: null },
    policy: PUBLIC,
    addedAt: now - number * 20 * MINUTE,
    completedAt: null,
    totalPieces,
    havePieces: Math.floor((haveBytes / Math.max(1, totalBytes)) * totalPieces),
    fileCount: 1,
    totalBytes,
    wantedBytes,
    haveBytes,
    downBytes: haveBytes,
    upBytes: 0,
    downRate: 0,
    upRate: 0,
    limits: NO_LIMITS,
    peerCount: 0,
    others: null,
    trouble: null,
    ...sketch,
    swarm: {
      trackers: 1,
      trackersAnswered: 1,
      trackersFailed: 0,
      webSeeds: 0,
      connecting: 0,
      knownSeeds: 1,
      knownLeeches: 0,
      overlayPeers: null,
      ...sketch.swarm,
    },
  }
}

/** One torrent in every phase, with the names people really have. */
export function everyKindOfTorrent(now: number): TorrentSnapshot[] {
  const sketches: Sketch[] = [
    {
      name: 'Sintel (2010) 1080p',
      fileCount: 12,
      totalBytes: 1.87 * GB,
      haveBytes: 0.79 * GB,
      phase: { name: 'downloading', eta: 4 * MINUTE },
      downRate: 4.2 * MB,
      upRate: 310_000,
      upBytes: 96 * MB,
      peerCount: 3,
    },
    {
      name: 'Holiday pictures 2026',
      fileCount: 318,
      totalBytes: 2.34 * GB,
      haveBytes: 2.34 * GB,
      phase: { name: 'seeding' },
      completedAt: now - HOUR,
      downBytes: 0,
      upBytes: 5.1 * GB,
      upRate: 1.62 * MB,
      peerCount: 2,
      others: { complete: 0, onlyHere: 0.42 * GB },
    },
    {
      name: 'field-recordings-of-the-northern-forest-binaural-96kHz-24bit-complete-collection-volume-two.flac',
      totalBytes: 912 * MB,
      phase: { name: 'resolving' },
      wantedBytes: 0,
      totalPieces: 0,
      fileCount: 0,
      swarm: { trackers: 2, trackersAnswered: 1, trackersFailed: 1, knownSeeds: 0 },
      trouble: {
        kind: 'swarm/tracker',
        url: 'wss://tracker.example/announce',
        reason: 'unreachable',
        message: '',
      },
    },
    {
      name: 'מדריך למשתמש – הגרסה המלאה.pdf',
      totalBytes: 18.4 * MB,
      haveBytes: 18.4 * MB,
      phase: { name: 'seeding' },
      completedAt: now - 3 * HOUR,
      upBytes: 2 * MB,
      peerCount: 3,
      others: { complete: 3, onlyHere: 0 },
    },
    {
      name: 'Dataset: street trees of the world',
      fileCount: 3,
      totalBytes: 6.2 * GB,
      haveBytes: 3.1 * GB,
      phase: { name: 'checking', checkedPieces: 2500 },
    },
    {
      name: 'Lecture 14 – Stereochemistry.mp4',
      totalBytes: 640 * MB,
      haveBytes: 230 * MB,
      phase: { name: 'paused', from: { name: 'downloading', eta: null }, why: 'person' },
    },
    {
      name: 'debian-live-13.1.0-amd64.iso',
      totalBytes: 3.3 * GB,
      haveBytes: 1.2 * GB,
      phase: { name: 'paused', from: { name: 'downloading', eta: null }, why: 'storage' },
      trouble: { kind: 'storage/full', needed: 2.1 * GB, available: 0.31 * GB },
    },
    {
      name: 'Choir rehearsal',
      fileCount: 14,
      totalBytes: 840 * MB,
      haveBytes: 840 * MB,
      phase: { name: 'paused', from: { name: 'seeding' }, why: 'storage' },
      trouble: { kind: 'storage/permission', name: 'Choir rehearsal' },
    },
    {
      name: 'Early music, live in the old church',
      fileCount: 22,
      totalBytes: 480 * MB,
      haveBytes: 120 * MB,
      phase: {
        name: 'failed',
        from: { name: 'downloading', eta: null },
        error: { kind: 'storage/io', cause: { name: 'NotReadableError', message: 'disk' } },
      },
    },
    {
      name: 'atlas.zip',
      protocol: 'http',
      totalBytes: 88 * MB,
      haveBytes: 41 * MB,
      downRate: 2.1 * MB,
      phase: { name: 'downloading', eta: 22_000 },
      swarm: { trackers: 0, trackersAnswered: 0, webSeeds: 1, knownSeeds: null },
    },
    {
      name: '夏の音楽会の録音',
      fileCount: 9,
      totalBytes: 212 * MB,
      haveBytes: 30 * MB,
      phase: { name: 'downloading', eta: null },
      swarm: { connecting: 2, knownSeeds: 2 },
      trouble: { kind: 'storage/evicted', lost: 182 * MB },
    },
    {
      name: 'Bird calls of the coast',
      fileCount: 140,
      totalBytes: 730 * MB,
      haveBytes: 726 * MB,
      phase: { name: 'downloading', eta: 9000 },
      downRate: 0.5 * MB,
      peerCount: 4,
      trouble: { kind: 'storage/corrupt', lost: 4.2 * MB },
    },
    {
      name: 'Minutes of the assembly.pdf',
      totalBytes: 3.1 * MB,
      haveBytes: 3.1 * MB,
      phase: { name: 'seeding' },
      completedAt: now - 2 * HOUR,
      others: { complete: 0, onlyHere: 3.1 * MB },
    },
  ]
  return sketches.map((sketch, at) => fakeTorrent(at, now, sketch))
}

/** A list as somebody may have it on a good day: for the pictures that show the app. */
export function goodDay(now: number): TorrentSnapshot[] {
  const sketches: Sketch[] = [
    {
      name: 'Sintel (2010) 1080p',
      fileCount: 12,
      totalBytes: 1.87 * GB,
      haveBytes: 1.29 * GB,
      phase: { name: 'downloading', eta: 2 * MINUTE },
      downRate: 4.2 * MB,
      upRate: 310_000,
      upBytes: 96 * MB,
      peerCount: 3,
    },
    {
      name: 'Holiday pictures 2026',
      fileCount: 318,
      totalBytes: 2.34 * GB,
      haveBytes: 2.34 * GB,
      phase: { name: 'seeding' },
      completedAt: now - HOUR,
      upBytes: 5.1 * GB,
      upRate: 1.62 * MB,
      peerCount: 2,
    },
    {
      name: 'Choir rehearsal, March.flac',
      totalBytes: 212 * MB,
      haveBytes: 147 * MB,
      phase: { name: 'downloading', eta: 40_000 },
      downRate: 1.6 * MB,
      upRate: 88_000,
      peerCount: 1,
    },
    {
      name: 'Annual report.pdf',
      totalBytes: 18.4 * MB,
      haveBytes: 18.4 * MB,
      phase: { name: 'seeding' },
      completedAt: now - 3 * HOUR,
      upBytes: 2 * MB,
    },
    {
      name: 'Lecture 14 – Stereochemistry.mp4',
      totalBytes: 640 * MB,
      haveBytes: 230 * MB,
      phase: { name: 'paused', from: { name: 'downloading', eta: null }, why: 'person' },
    },
  ]
  return sketches.map((sketch, at) => fakeTorrent(at, now, sketch))
}

/** Enough to see whether the list keeps its breath. */
export function manyTorrents(amount: number, now: number): TorrentSnapshot[] {
  const kinds = everyKindOfTorrent(now)
  return Array.from({ length: amount }, (_, number) => {
    const kind = kinds[number % kinds.length]
    if (kind === undefined) throw new Error('there is no kind of torrent')
    return {
      ...kind,
      infoHash: fakeInfoHash(number),
      name: `${number} ${kind.name}`,
      addedAt: now - number * MINUTE,
    }
  })
}
