import { isInfoHash, type InfoHash } from '../../src/engine/model/ids.ts'
import { PUBLIC } from '../../src/engine/model/swarm-policy.ts'
import { NO_LIMITS, type TorrentSnapshot } from '../../src/engine/model/torrent.ts'

/** The info hash made of one hex digit: `anInfoHash('a')`. */
export function anInfoHash(digit = 'a'): InfoHash {
  const text = digit.repeat(40)
  if (!isInfoHash(text)) throw new Error(`not a hex digit: ${digit}`)
  return text
}

/** A torrent in the middle of its download; a test states only what it is about. */
export function aTorrent(changes: Partial<TorrentSnapshot> = {}): TorrentSnapshot {
  return {
    infoHash: anInfoHash(),
    name: 'Sintel',
    protocol: 'bittorrent',
    phase: { name: 'downloading', eta: null },
    policy: PUBLIC,
    addedAt: 1_700_000_000_000,
    completedAt: null,
    totalPieces: 100,
    havePieces: 10,
    fileCount: 1,
    totalBytes: 100_000,
    wantedBytes: 100_000,
    haveBytes: 10_000,
    downBytes: 10_000,
    upBytes: 0,
    downRate: 0,
    upRate: 0,
    limits: NO_LIMITS,
    peerCount: 0,
    swarm: {
      trackers: 1,
      trackersAnswered: 1,
      trackersFailed: 0,
      webSeeds: 0,
      connecting: 0,
      knownSeeds: null,
      knownLeeches: null,
      overlayPeers: null,
    },
    others: null,
    trouble: null,
    ...changes,
  }
}
