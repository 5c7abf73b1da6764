import type { EngineError } from './model/errors.ts'
import type { InfoHash } from './model/ids.ts'
import type { Result } from './model/result.ts'
import { SECOND, type Millis } from './model/units.ts'
import type { Torrent } from './torrents.ts'

/** How long a removal can be taken back. */
export const UNDO_TIME: Millis = 10 * SECOND

/** Torrents that left the list and can still come back. What is left at the end goes at the next start. */
export interface Removals {
  /** The torrent is out of the list; in `UNDO_TIME` it is gone for good. */
  add(torrent: Torrent, deleteData: boolean): Promise<Result<void, EngineError>>
  has(infoHash: InfoHash): boolean
  /** Goes on as it was; the caller puts it into the list. Null when it is too late. */
  takeBack(infoHash: InfoHash): Torrent | null
  /** A new torrent takes its place: neither its record nor its data are its own any more. */
  drop(infoHash: InfoHash): void
  stop(): void
}

export interface RemovalsDeps {
  /** The last of a torrent was removed, well or not. */
  readonly onPurged: (torrent: Torrent, purged: Result<void, EngineError>) => void
}

export function makeRemovals({ onPurged }: RemovalsDeps): Removals {
  const pending = new Map<
    InfoHash,
    { readonly torrent: Torrent; readonly timer: ReturnType<typeof setTimeout> }
  >()

  const take = (infoHash: InfoHash): Torrent | null => {
    const found = pending.get(infoHash)
    if (found === undefined) return null
    clearTimeout(found.timer)
    pending.delete(infoHash)
    return found.torrent
  }

  return {
    async add(torrent, deleteData) {
      const { infoHash } = torrent
      const purge = async () => {
        pending.delete(infoHash)
        onPurged(torrent, await torrent.remove(deleteData))
      }
      pending.set(infoHash, { torrent, timer: setTimeout(() => void purge(), UNDO_TIME) })
      return torrent.setAside({ at: Date.now(), deleteData })
    },

    has: (infoHash) => pending.has(infoHash),

    takeBack(infoHash) {
      const torrent = take(infoHash)
      torrent?.bringBack()
      return torrent
    },

    drop: (infoHash) => void take(infoHash),

    stop() {
      for (const infoHash of [...pending.keys()]) take(infoHash)
    },
  }
}
