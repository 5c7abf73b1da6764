import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import { fractionOf } from '../format/percent.ts'

/** How far a torrent is, 0 to 1; null while nobody knows how much there is. */
export function progressOf(torrent: TorrentSnapshot): number | null {
  const { phase } = torrent
  if (phase.name === 'resolving') return null
  if (phase.name === 'checking') return fractionOf(phase.checkedPieces, torrent.totalPieces)
  return fractionOf(torrent.haveBytes, torrent.wantedBytes)
}

/** One hue for what comes, its mirror for what goes; everything else is neutral. */
export function toneOf(torrent: TorrentSnapshot): 'down' | 'up' | 'rest' | 'bad' {
  switch (torrent.phase.name) {
    case 'downloading':
      return 'down'
    case 'seeding':
      return torrent.protocol === 'http' ? 'rest' : 'up'
    case 'failed':
      return 'bad'
    case 'resolving':
    case 'checking':
    case 'paused':
      return 'rest'
  }
}
