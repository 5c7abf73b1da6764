import type { IDBPTransaction, StoreNames } from 'idb'
import type { RecordError, RecordStore, TorrentRecord } from '../contracts/record-store.ts'
import type { ErrorIn } from '../model/errors.ts'
import type { InfoHash } from '../model/ids.ts'
import { err, ok, type Result } from '../model/result.ts'
import { SECOND } from '../model/units.ts'
import type { Millis } from '../model/units.ts'
import { openPages, sealPage } from '../storage/journal-page.ts'
import { parseStoredSettings, parseTorrentRecords } from '../storage/parse-record.ts'
import {
  openRecords,
  type LastingDatabase,
  type RecordsDatabase,
  type RecordsSchema,
} from './idb-database.ts'
import { storageError } from './storage-error.ts'

export const RECORDS_DATABASE = 'chiral'

/** How long another tab may take to let go of an older version. */
const PATIENCE: Millis = 10 * SECOND

/** The one key of the store `settings`. */
const CHANGED = 'changed'
/** The one key of the store `engine`. */
const EPOCH = 'epoch'

type Table = StoreNames<RecordsSchema>
type Writing = IDBPTransaction<RecordsSchema, Table[], 'readwrite'>

/**
 * Records in IndexedDB.
 *
 * `storage/locked` when another tab holds an older version for longer than `patience`;
 * `storage/io` when the database cannot be opened. One that a newer version of the app left is
 * read as far as it is understood, and not touched.
 */
export async function makeIdbRecordStore(
  name: string = RECORDS_DATABASE,
  { patience = PATIENCE }: { readonly patience?: Millis } = {},
): Promise<Result<RecordStore, ErrorIn<'storage'>>> {
  const opened = await openRecords(name, patience)
  if (!opened.ok) return opened
  const database = opened.value
  const fenced = database.writable ? await takeFence(database) : ok(0)
  // On a full device the list is still shown; the first write that finds room takes the fence.
  if (!fenced.ok && fenced.error.kind !== 'storage/full') {
    database.close()
    return fenced
  }
  return ok(makeStore(database, fenced.ok ? fenced.value : null))
}

function makeStore(database: LastingDatabase, taken: number | null): RecordStore {
  const { writable } = database
  let epoch = taken
  /** The metainfo that is known to lie beside each record. */
  const metainfos = new Map<InfoHash, TorrentRecord['metainfo']>()

  /** All of `work` in one transaction that ends with nothing where a later engine took over. */
  const write = async (
    tables: Table[],
    work: (transaction: Writing, epoch: number) => Promise<unknown>,
  ): Promise<Result<void, RecordError>> => {
    if (!writable) return err({ kind: 'storage/newer' })
    try {
      const transaction = (await database.get()).transaction([...tables, 'engine'], 'readwrite', {
        durability: 'strict',
      })
      const done = transaction.done.catch((thrown: unknown) => thrown)
      const engine = transaction.objectStore('engine')
      const holder = await engine.get(EPOCH)
      const mine = epoch ?? after(holder)
      if (holder !== mine) {
        // Nothing: the site's data was cleared while we run, and nobody came since.
        if (epoch === null || holder === undefined) await engine.put(mine, EPOCH)
        else {
          transaction.abort()
          await done
          return err({ kind: 'engine/held-elsewhere' })
        }
      }
      await work(transaction, mine)
      const failed = await done
      if (failed !== undefined) return err(await storageError(failed, 0))
      epoch = mine
      return ok()
    } catch (thrown) {
      return err(await storageError(thrown, 0))
    }
  }

  return {
    get epoch() {
      return epoch ?? 0
    },
    writable,
    lasting: true,

    async torrents() {
      const connection = await database.get()
      const [records, beside] = await Promise.all([
        readAll(connection, 'torrents'),
        readAll(connection, 'metainfo'),
      ])
      const found = new Map(beside)
      const parsed = parseTorrentRecords(
        records.map(([key, stored]) => withMetainfo(stored, found.get(key))),
      )
      for (const { infoHash, metainfo } of parsed.records) {
        if (metainfo !== null && metainfo === found.get(infoHash)) metainfos.set(infoHash, metainfo)
      }
      return parsed
    },

    async putTorrent({ metainfo, ...record }) {
      const { infoHash } = record
      const written = await write(['torrents', 'metainfo'], (transaction) => {
        const work: Promise<unknown>[] = [transaction.objectStore('torrents').put(record)]
        const beside = transaction.objectStore('metainfo')
        if (metainfo === null) work.push(beside.delete(infoHash))
        else if (metainfos.get(infoHash) !== metainfo) work.push(beside.put(metainfo, infoHash))
        return Promise.all(work)
      })
      if (written.ok) metainfos.set(infoHash, metainfo)
      return written
    },

    async removeTorrent(infoHash) {
      metainfos.delete(infoHash)
      return write(['torrents', 'metainfo', 'journal'], (transaction) =>
        Promise.all([
          transaction.objectStore('torrents').delete(infoHash),
          transaction.objectStore('metainfo').delete(infoHash),
          transaction.objectStore('journal').delete(infoHash),
        ]),
      )
    },

    async journal() {
      return openPages(await readAll(await database.get(), 'journal'))
    },

    putPage: (page) =>
      write(['journal'], (transaction, epoch) =>
        transaction.objectStore('journal').put(sealPage(page, epoch), page.infoHash),
      ),

    async settings() {
      const connection = await database.get()
      if (!connection.objectStoreNames.contains('settings')) return {}
      return parseStoredSettings(await connection.get('settings', CHANGED))
    },

    putSettings: (change) =>
      write(['settings'], async (transaction) => {
        const store = transaction.objectStore('settings')
        const before = parseStoredSettings(await store.get(CHANGED))
        await store.put({ ...before, ...change }, CHANGED)
      }),

    close: () => database.close(),
  }
}

/** One more than whoever came before, who can write nothing from now on. */
async function takeFence(database: LastingDatabase): Promise<Result<number, ErrorIn<'storage'>>> {
  try {
    const transaction = (await database.get()).transaction('engine', 'readwrite', {
      durability: 'strict',
    })
    const epoch = after(await transaction.store.get(EPOCH))
    await transaction.store.put(epoch, EPOCH)
    await transaction.done
    return ok(epoch)
  } catch (thrown) {
    return err(await storageError(thrown, 0))
  }
}

function after(epoch: unknown): number {
  return typeof epoch === 'number' && Number.isSafeInteger(epoch) ? epoch + 1 : 1
}

/** Version 1 kept the metainfo in the record, and so does a record that was not written since. */
function withMetainfo(stored: unknown, beside: unknown): unknown {
  if (typeof stored !== 'object' || stored === null) return stored
  return 'metainfo' in stored ? stored : { ...stored, metainfo: beside ?? null }
}

/**
 * All at once; where that fails, one by one. Browsers keep large values in files of their own,
 * and one lost file fails the reading of all (Chromium: "Data lost due to missing file").
 * A value that is lost is null.
 */
async function readAll(
  database: RecordsDatabase,
  table: Table,
): Promise<ReadonlyArray<readonly [string, unknown]>> {
  if (!database.objectStoreNames.contains(table)) return [] // of another version
  try {
    const store = database.transaction(table).store
    const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()])
    return keys.map((key, at) => [key, values[at]])
  } catch {
    const keys = await database.getAllKeys(table)
    return Promise.all(
      keys.map(
        async (key) => [key, await database.get(table, key).catch(() => null)] as const, // lost
      ),
    )
  }
}
