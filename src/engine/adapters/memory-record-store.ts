import type { RecordStore } from '../contracts/record-store.ts'
import { parseStoredSettings, parseTorrentRecords } from '../storage/parse-record.ts'

/** What a `makeMemoryRecordStore` remembers; a second store over it is a second visit. */
export interface RememberedRecords {
  readonly torrents: Map<string, unknown>
  settings: unknown
}

/** Records that are gone with the thread, for where nothing can be kept, and for tests. */
export function makeMemoryRecordStore(
  remembered: RememberedRecords = { torrents: new Map(), settings: {} },
): RecordStore {
  return {
    async torrents() {
      return parseTorrentRecords(structuredClone([...remembered.torrents.values()]))
    },

    async putTorrent(record) {
      remembered.torrents.set(record.infoHash, structuredClone(record))
    },

    async removeTorrent(infoHash) {
      remembered.torrents.delete(infoHash)
    },

    async settings() {
      return structuredClone(parseStoredSettings(remembered.settings))
    },

    async putSettings(change) {
      const settings = parseStoredSettings(remembered.settings)
      remembered.settings = structuredClone({ ...settings, ...change })
    },

    close() {},
  }
}
