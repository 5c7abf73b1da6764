import type { EngineState } from '../../engine/model/engine-state.ts'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import type { Bytes } from '../../engine/model/units.ts'

/** What closing this device would take away from the others, of one torrent. */
export type Closing =
  | { readonly name: 'safe'; readonly complete: number }
  | { readonly name: 'only-here'; readonly bytes: Bytes; readonly peers: number }

/**
 * Null where nobody would lose anything: nothing is here, it is not shared, or it is itself still
 * coming from those who have it.
 */
export function closingOf(torrent: TorrentSnapshot): Closing | null {
  const { others, phase, haveBytes, peerCount } = torrent
  if (others === null || haveBytes === 0 || torrent.protocol !== 'bittorrent') return null
  if (phase.name !== 'seeding' && phase.name !== 'downloading') return null
  if (others.onlyHere > 0) {
    if (phase.name === 'downloading' && peerCount === 0) return null
    return { name: 'only-here', bytes: others.onlyHere, peers: peerCount }
  }
  return phase.name === 'seeding' ? { name: 'safe', complete: others.complete } : null
}

/** The same for all that is shared; null when nothing is. */
export function closingOfAll(
  engine: Pick<EngineState, 'torrents'>,
): { readonly torrents: number; readonly bytes: Bytes } | null {
  const all = Object.values(engine.torrents)
    .map(closingOf)
    .filter((closing) => closing !== null)
  if (all.length === 0) return null
  const unsafe = all.filter((closing) => closing.name === 'only-here')
  return {
    torrents: unsafe.length,
    bytes: unsafe.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

/**
 * Whether leaving now would cut somebody off: files are being made into a torrent, or a peer is
 * being sent what only this device has. A download only goes on later.
 */
export function leavingMatters(engine: Pick<EngineState, 'torrents' | 'creating'>): boolean {
  if (Object.keys(engine.creating).length > 0) return true
  return Object.values(engine.torrents).some((torrent) => {
    const closing = closingOf(torrent)
    return closing?.name === 'only-here' && closing.peers > 0 && torrent.upRate > 0
  })
}
