import { readBackup, writeBackup } from './backup.ts'
import type { PieceStores } from './contracts/piece-store.ts'
import type { RecordStore } from './contracts/record-store.ts'
import type { Library } from './library.ts'
import type { BackupReport } from './model/engine-state.ts'
import type { EngineError } from './model/errors.ts'
import type { InfoHash } from './model/ids.ts'
import { ok, type Result } from './model/result.ts'
import type { Settings } from './model/settings.ts'
import { startOf } from './reopen.ts'

export interface BackupCallsDeps {
  readonly library: Library
  readonly records: RecordStore
  readonly stores: PieceStores
  readonly pageHost: string
  configure(change: Partial<Settings>): Promise<Result<Settings, EngineError>>
  /** Ends a look at what is inside a torrent, so that the torrent itself may join. */
  endResolve(infoHash: InfoHash): Promise<void>
}

/** Taking everything along, and bringing it back. */
export interface BackupCalls {
  /** Torrents and settings as one file, without data. */
  exportBackup(): Promise<Uint8Array<ArrayBuffer>>
  /** Adds what is not in the list yet, as it was; its bytes are looked for here, or fetched. */
  importBackup(bytes: Uint8Array): Promise<Result<BackupReport, EngineError>>
}

export function makeBackupCalls(deps: BackupCallsDeps): BackupCalls {
  const { library, records, stores } = deps
  const { torrents } = library

  return {
    async exportBackup() {
      const kept = await records.torrents()
      return writeBackup({
        settings: await records.settings(),
        torrents: kept.records.filter(({ infoHash }) => torrents.has(infoHash)),
      })
    },

    async importBackup(bytes) {
      const read = await readBackup(bytes, deps.pageHost)
      if (!read.ok) return read
      const { settings, torrents: found, unreadable } = read.value
      const changed = await deps.configure(settings)
      if (!changed.ok) return changed
      let added = 0
      for (const record of found) {
        const { infoHash } = record
        if (torrents.has(infoHash)) continue
        if (library.restore(infoHash)) {
          added += 1
          continue
        }
        await deps.endResolve(infoHash)
        library.keep(record)
        const start = await startOf(record, { stores, page: null, gone: false })
        if (torrents.has(infoHash)) continue // added meanwhile
        library.reopened(start)
        added += 1
      }
      await library.written()
      return ok({ added, present: found.length - added, unreadable })
    },
  }
}
