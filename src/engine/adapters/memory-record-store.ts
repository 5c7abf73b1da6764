import type { RecordError, RecordStore } from '../contracts/record-store.ts'
import type { ErrorIn } from '../model/errors.ts'
import { err, ok, type Result } from '../model/result.ts'
import { openPages, sealPage } from '../storage/journal-page.ts'
import { parseStoredSettings, parseTorrentRecords } from '../storage/parse-record.ts'

/** What a `makeMemoryRecordStore` remembers; a second store over it is a second visit. */
export interface RememberedRecords {
  readonly torrents: Map<string, unknown>
  readonly journal: Map<string, unknown>
  settings: unknown
  epoch: number
}

/** Records that are gone with the thread, for where nothing can be kept, and for tests. */
export function makeMemoryRecordStore(
  remembered: RememberedRecords = nothingRemembered(),
): RecordStore {
  remembered.epoch += 1
  const { epoch } = remembered

  const write = async (work: () => void): Promise<Result<void, RecordError>> => {
    if (remembered.epoch !== epoch) return err({ kind: 'engine/held-elsewhere' })
    work()
    return ok()
  }

  return {
    epoch,
    writable: true,
    lasting: false,

    async torrents() {
      return parseTorrentRecords(structuredClone([...remembered.torrents.values()]))
    },

    putTorrent: (record) =>
      write(() => void remembered.torrents.set(record.infoHash, structuredClone(record))),

    removeTorrent: (infoHash) =>
      write(() => {
        remembered.torrents.delete(infoHash)
        remembered.journal.delete(infoHash)
      }),

    async journal() {
      return openPages(structuredClone([...remembered.journal]))
    },

    putPage: (page) =>
      write(() => {
        remembered.journal.set(page.infoHash, structuredClone(sealPage(page, epoch)))
      }),

    async settings() {
      return structuredClone(parseStoredSettings(remembered.settings))
    },

    putSettings: (change) =>
      write(() => {
        const settings = parseStoredSettings(remembered.settings)
        remembered.settings = structuredClone({ ...settings, ...change })
      }),

    close() {},
  }
}

/**
 * Records in memory in place of those that cannot be opened: the data is still there, as orphans.
 * What another tab holds is not taken from it.
 */
export function orInMemory(
  opened: Result<RecordStore, ErrorIn<'storage'>>,
  onTrouble: (error: ErrorIn<'storage'>) => void,
): Result<RecordStore, ErrorIn<'storage'>> {
  if (opened.ok || opened.error.kind === 'storage/locked') return opened
  onTrouble(opened.error)
  return ok(makeMemoryRecordStore())
}

export function nothingRemembered(): RememberedRecords {
  return { torrents: new Map(), journal: new Map(), settings: {}, epoch: 0 }
}
