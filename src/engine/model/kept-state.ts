import {
  emptyEngineState,
  type CreationSnapshot,
  type EngineChange,
  type EngineState,
} from './engine-state.ts'
import type { CreationId, InfoHash } from './ids.ts'
import { unreachable } from './result.ts'
import type { TorrentSnapshot } from './torrent.ts'

/**
 * The engine's state, kept up to date change by change: the truth in the worker, a mirror
 * wherever notices are listened to without Solid. A change costs the same in a list of ten
 * thousand torrents as in one of two.
 */
export interface KeptState {
  put(change: EngineChange): void
  replace(state: EngineState): void
  torrent(infoHash: InfoHash): TorrentSnapshot | undefined
  /** Oldest entry in this state first. */
  torrents(): readonly TorrentSnapshot[]
  /** Containers are fresh each time; the snapshots in them are those that were put. */
  current(): Omit<EngineState, 'revision'>
}

export function makeKeptState(): KeptState {
  const torrents = new Map<InfoHash, TorrentSnapshot>()
  const creating = new Map<CreationId, CreationSnapshot>()
  let { engine, storage, overlay } = emptyEngineState()

  return {
    put(change) {
      switch (change.type) {
        case 'engine':
          engine = change.engine
          return
        case 'storage':
          storage = change.storage
          return
        case 'overlay':
          overlay = change.overlay
          return
        case 'torrent':
          torrents.set(change.torrent.infoHash, change.torrent)
          return
        case 'torrent-removed':
          torrents.delete(change.infoHash)
          return
        case 'creation':
          creating.set(change.creation.id, change.creation)
          return
        case 'creation-ended':
          creating.delete(change.id)
          return
        default:
          return unreachable(change)
      }
    },

    replace(state) {
      engine = state.engine
      storage = state.storage
      overlay = state.overlay
      torrents.clear()
      creating.clear()
      for (const torrent of Object.values(state.torrents)) torrents.set(torrent.infoHash, torrent)
      for (const creation of Object.values(state.creating)) creating.set(creation.id, creation)
    },

    torrent: (infoHash) => torrents.get(infoHash),

    torrents: () => [...torrents.values()],

    current: () => ({
      engine,
      storage,
      overlay,
      torrents: Object.fromEntries(torrents),
      creating: Object.fromEntries(creating),
    }),
  }
}
