import type { PieceStores } from './contracts/piece-store.ts'
import type { ProtocolHandler } from './contracts/protocol-handler.ts'
import type { RecordStore } from './contracts/record-store.ts'
import type { Library } from './library.ts'
import type { StorageUsage } from './model/engine-state.ts'
import type { EngineError } from './model/errors.ts'
import type { InfoHash } from './model/ids.ts'
import { err, ok, type Result } from './model/result.ts'
import { measureUsage, readMetainfo } from './storage/orphans.ts'

export interface OrphanCallsDeps {
  readonly library: Library
  readonly stores: PieceStores
  readonly bitTorrent: ProtocolHandler
  readonly records: Pick<RecordStore, 'writable'>
  /** Something was deleted. */
  onRoom(): void
}

/** What a person may do about data that no torrent of the list claims. */
export interface OrphanCalls {
  /** Who uses the space. */
  usage(): Promise<StorageUsage>
  /** Brings back a torrent whose data is here and whose record is not. */
  adopt(infoHash: InfoHash): Promise<Result<void, EngineError>>
  /** Deletes data that is nobody's. */
  reclaim(infoHash: InfoHash): Promise<Result<void, EngineError>>
}

export function makeOrphanCalls(deps: OrphanCallsDeps): OrphanCalls {
  const { library, stores } = deps
  const { torrents } = library

  return {
    usage: () =>
      measureUsage(
        stores,
        (infoHash) => torrents.has(infoHash),
        (infoHash) => library.isLeaving(infoHash),
      ),

    async adopt(infoHash) {
      if (torrents.has(infoHash)) return err({ kind: 'input/duplicate', infoHash })
      if (!deps.records.writable) return err({ kind: 'storage/newer' })
      const stored = await stores.look(infoHash)
      const metainfo = await readMetainfo(infoHash, stored?.metainfo ?? null)
      if (stored === null || metainfo === null) return err({ kind: 'input/unknown-torrent' })
      const source = { from: 'metainfo', bytes: stored.metainfo! } as const
      const added = await deps.bitTorrent.download(source, {})
      return added.ok ? ok() : added
    },

    async reclaim(infoHash) {
      if (torrents.has(infoHash)) return err({ kind: 'input/duplicate', infoHash })
      const deleted = await stores.destroy(infoHash)
      deps.onRoom()
      return deleted
    },
  }
}
