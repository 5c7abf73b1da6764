import type { InfoHash } from '../model/ids.ts'
import type { Settings } from '../model/settings.ts'
import type { TorrentLimits } from '../model/torrent.ts'
import { makeRateBucket, makeRateGate, type RateBucket, type RateGate } from './rate-limit.ts'

/** The limits of the settings, as gates for whatever moves bytes. */
export interface RateLimits {
  /** What one more peer of this torrent has to pass: its own limit, its torrent's, that of all. */
  forPeer(infoHash: InfoHash): PeerGates
  /** What belongs to no peer, such as a file by URL: its torrent's limit, and that of all. */
  downOf(infoHash: InfoHash): RateGate
  /** A torrent's own limits, in the place of those of the settings where they are not null. */
  setTorrent(infoHash: InfoHash, limits: TorrentLimits): void
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
  const own = new Map<InfoHash, TorrentLimits>()
  const peers = new Set<Pair>()

  const setAll = ({ down, up }: Pair) => {
    down.setRate(settings.downLimit)
    up.setRate(settings.upLimit)
  }
  const setTorrent = (infoHash: InfoHash, { down, up }: Pair) => {
    const limits = own.get(infoHash)
    down.setRate(limits?.down ?? settings.torrentDownLimit)
    up.setRate(limits?.up ?? settings.torrentUpLimit)
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
    setTorrent(infoHash, made)
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

    downOf(infoHash) {
      return makeRateGate([torrentOf(infoHash).down, all.down])
    },

    setTorrent(infoHash, limits) {
      if (limits.down === null && limits.up === null) own.delete(infoHash)
      else own.set(infoHash, limits)
      const torrent = torrents.get(infoHash)
      if (torrent !== undefined) setTorrent(infoHash, torrent)
    },

    apply(next) {
      settings = next
      setAll(all)
      for (const [infoHash, torrent] of torrents) setTorrent(infoHash, torrent)
      for (const peer of peers) setPeer(peer)
    },
  }
}

function makePair(): Pair {
  return { down: makeRateBucket(), up: makeRateBucket() }
}
