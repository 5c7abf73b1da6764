import type { InfoHash } from '../model/ids.ts'
import type { Settings } from '../model/settings.ts'
import { makeRateBucket, makeRateGate, type RateBucket, type RateGate } from './rate-limit.ts'

/** The limits of the settings, as gates for whatever moves bytes. */
export interface RateLimits {
  /** What one more peer of this torrent has to pass: its own limit, its torrent's, that of all. */
  forPeer(infoHash: InfoHash): PeerGates
  /** What belongs to no peer, such as a file by URL, passes the limit of all alone. */
  readonly down: RateGate
  /** Takes effect at once, also for those who wait. */
  apply(settings: Settings): void
}

export interface PeerGates {
  readonly down: RateGate
  readonly up: RateGate
  /** The peer is gone. */
  readonly release: () => void
}

interface Pair {
  readonly down: RateBucket
  readonly up: RateBucket
}

export function makeRateLimits(initial: Settings): RateLimits {
  let settings = initial
  const all = makePair()
  const torrents = new Map<InfoHash, Pair & { peers: number }>()
  const peers = new Set<Pair>()

  const setAll = ({ down, up }: Pair) => {
    down.setRate(settings.downLimit)
    up.setRate(settings.upLimit)
  }
  const setTorrent = ({ down, up }: Pair) => {
    down.setRate(settings.torrentDownLimit)
    up.setRate(settings.torrentUpLimit)
  }
  const setPeer = ({ down, up }: Pair) => {
    down.setRate(settings.peerDownLimit)
    up.setRate(settings.peerUpLimit)
  }
  setAll(all)

  const torrentOf = (infoHash: InfoHash) => {
    const known = torrents.get(infoHash)
    if (known !== undefined) return known
    const made = { ...makePair(), peers: 0 }
    setTorrent(made)
    torrents.set(infoHash, made)
    return made
  }

  return {
    forPeer(infoHash) {
      const torrent = torrentOf(infoHash)
      const peer = makePair()
      setPeer(peer)
      peers.add(peer)
      torrent.peers += 1
      return {
        down: makeRateGate([peer.down, torrent.down, all.down]),
        up: makeRateGate([peer.up, torrent.up, all.up]),
        release() {
          if (!peers.delete(peer)) return
          torrent.peers -= 1
          if (torrent.peers === 0) torrents.delete(infoHash)
        },
      }
    },
    down: makeRateGate([all.down]),
    apply(next) {
      settings = next
      setAll(all)
      for (const torrent of torrents.values()) setTorrent(torrent)
      for (const peer of peers) setPeer(peer)
    },
  }
}

function makePair(): Pair {
  return { down: makeRateBucket(), up: makeRateBucket() }
}
