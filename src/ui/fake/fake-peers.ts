import type { PeerId, WirePeerId } from '../../engine/model/ids.ts'
import type { PeerSnapshot, TorrentSnapshot, TrackerSnapshot } from '../../engine/model/torrent.ts'

export function fakePeers(torrent: TorrentSnapshot): PeerSnapshot[] {
  const clients = ['Chiral 0.1', 'WebTorrent 3.0', null]
  return Array.from({ length: torrent.peerCount }, (_, at) => ({
    id: `${at}`,
    // Fixtures: the ids of peers that do not exist.
    wirePeerId: 'ab'.repeat(20) as WirePeerId,
    identity: at === 0 ? ('12D3KooWFakePeer' as PeerId) : null,
    client: clients[at % clients.length] ?? null,
    source: at === 2 ? ('web-seed' as const) : ('tracker' as const),
    path: at === 2 ? ('http' as const) : ('direct' as const),
    relayedBytesLeft: null,
    downRate: torrent.downRate / torrent.peerCount,
    upRate: torrent.upRate / torrent.peerCount,
    downBytes: torrent.downBytes / torrent.peerCount,
    upBytes: torrent.upBytes / torrent.peerCount,
    verifiedBytes: torrent.downBytes / torrent.peerCount,
    progress: at === 1 ? 0.62 : 1,
    choking: false,
    choked: false,
  }))
}

export function fakeTrackers(torrent: TorrentSnapshot, now: number): TrackerSnapshot[] {
  if (torrent.protocol === 'http') return []
  const answered: TrackerSnapshot = {
    url: 'wss://relay.example/announce',
    state: 'answered',
    lastAnswerAt: now - 41_000,
    nextAnnounceAt: now + 79_000,
    seeds: torrent.swarm.knownSeeds,
    leeches: torrent.swarm.knownLeeches,
    warning: null,
    error: null,
  }
  if (torrent.swarm.trackers < 2) return [answered]
  const url = 'wss://tracker.example/announce'
  return [
    answered,
    {
      url,
      state: 'failed',
      lastAnswerAt: null,
      nextAnnounceAt: now + 20_000,
      seeds: null,
      leeches: null,
      warning: null,
      error: { kind: 'swarm/tracker', url, reason: 'unreachable', message: '' },
    },
  ]
}
