import type { Log } from './contracts/log.ts'
import type { PieceStores } from './contracts/piece-store.ts'
import type {
  HttpRecord,
  JournalPage,
  RecordStore,
  TorrentRecord,
} from './contracts/record-store.ts'
import { toCause, type EngineError } from './model/errors.ts'
import type { InfoHash } from './model/ids.ts'
import { DEFAULT_SETTINGS, type Settings } from './model/settings.ts'
import { checkSettings } from './settings-check.ts'
import { readMetainfo } from './storage/orphans.ts'
import type { SwarmTorrentStart } from './swarm-torrent.ts'

export interface ReopenDeps {
  readonly records: RecordStore
  readonly stores: PieceStores
  readonly log: Log
  /** Something of what was kept cannot be read; the rest is there. */
  readonly onTrouble: (error: EngineError) => void
}

/** What an earlier visit left, ready to go on. */
export interface Reopened {
  readonly settings: Settings
  readonly torrents: ReadonlyArray<SwarmTorrentStart | ReopenedUrl>
}

export interface ReopenedUrl {
  readonly record: TorrentRecord & { readonly http: HttpRecord }
}

/**
 * Reads back what was kept. Whatever part of it the browser lost or garbled, the others come back:
 * a torrent without its page is hashed, one without its metainfo asks the folder of its data, then
 * peers. Removals that nobody took back are carried out.
 */
export async function reopen({ records, stores, log, onTrouble }: ReopenDeps): Promise<Reopened> {
  const orElse = async <Value>(reading: Promise<Value>, otherwise: Value): Promise<Value> => {
    try {
      return await reading
    } catch (thrown) {
      onTrouble({ kind: 'storage/io', cause: toCause(thrown) })
      return otherwise
    }
  }
  const [kept, stored, journal, listed] = await Promise.all([
    orElse(records.torrents(), { records: [], unreadable: 0 }),
    orElse(records.settings(), {}),
    orElse(records.journal(), new Map<InfoHash, JournalPage | null>()),
    stores.list(),
  ])
  if (!records.writable) onTrouble({ kind: 'storage/newer' })
  if (kept.unreadable > 0) log.warn('records that cannot be read', { unreadable: kept.unreadable })
  const changed = checkSettings(stored)
  const there = new Set(listed)

  const start = async (record: TorrentRecord): Promise<SwarmTorrentStart | ReopenedUrl | null> => {
    const { infoHash, removal, place } = record
    if (removal !== undefined && records.writable) {
      await purge(record)
      return null
    }
    const gone = place.kind === 'own' && !there.has(infoHash)
    return startOf(record, { stores, page: journal.get(infoHash) ?? null, gone })
  }

  const purge = async ({ infoHash, removal }: TorrentRecord): Promise<void> => {
    const removed = await records.removeTorrent(infoHash)
    const deleted = removal?.deleteData === true ? await stores.destroy(infoHash) : removed
    if (!removed.ok || !deleted.ok) log.warn('a removed torrent is still there', { infoHash })
  }

  const starts = await Promise.all(kept.records.map(start))
  return {
    settings: { ...DEFAULT_SETTINGS, ...(changed.ok ? changed.value : {}) },
    torrents: starts.filter((one) => one !== null),
  }
}

interface Found {
  readonly stores: PieceStores
  readonly page: JournalPage | null
  readonly gone: boolean
}

/** What a torrent begins with, from its record. */
export async function startOf(
  record: TorrentRecord,
  { stores, page, gone }: Found,
): Promise<SwarmTorrentStart | ReopenedUrl> {
  const { http } = record
  if (http !== null) return { record: { ...record, http: gone ? { ...http, keptBytes: 0 } : http } }
  const { infoHash } = record
  const noted = await readMetainfo(infoHash, record.metainfo)
  if (noted !== null) return { record, metainfo: noted, known: null, page, gone }
  // The copy beside the data; without it the record still names a torrent, and peers are asked.
  const copy = gone ? null : ((await stores.look(infoHash))?.metainfo ?? null)
  const metainfo = await readMetainfo(infoHash, copy)
  return { record: { ...record, metainfo: null }, metainfo, known: null, page, gone }
}
