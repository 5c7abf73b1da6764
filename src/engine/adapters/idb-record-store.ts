import { openDB, type IDBPDatabase } from 'idb'
import type { RecordStore } from '../contracts/record-store.ts'
import type { ErrorIn } from '../model/errors.ts'
import { err, ok, type Result } from '../model/result.ts'
import { SECOND } from '../model/units.ts'
import type { Millis } from '../model/units.ts'
import { parseStoredSettings, parseTorrentRecords } from '../storage/parse-record.ts'
import { storageError } from './storage-error.ts'

export const RECORDS_DATABASE = 'chiral'

/** Grows with every change of `upgrade`. Version 1: `torrents` by info hash, `settings` as one. */
export const RECORDS_VERSION = 1

/** How long another tab may take to let go of an older version. */
const PATIENCE: Millis = 10 * SECOND

/** The one key of the store `settings`. */
const CHANGED = 'changed'

/**
 * Records in IndexedDB.
 *
 * `storage/locked` when another tab holds an older version for longer than `patience`;
 * `storage/io` when the database cannot be opened, as when a newer version of the app left it:
 * nothing in it is touched then. Once open, calls reject with what the browser threw.
 */
export async function makeIdbRecordStore(
  name: string = RECORDS_DATABASE,
  { patience = PATIENCE }: { readonly patience?: Millis } = {},
): Promise<Result<RecordStore, ErrorIn<'storage'>>> {
  let connection: Promise<IDBPDatabase> | null = null
  let closed = false

  /** Opens again what the browser, or a newer tab, took away. */
  const database = (): Promise<IDBPDatabase> => {
    if (closed) return Promise.reject(new Error('the record store is closed'))
    connection ??= openDatabase(name, () => {
      connection = null
    })
    return connection
  }

  const opened = await inTime(database(), patience)
  if (!opened.ok) return opened

  return ok({
    async torrents() {
      return parseTorrentRecords(await readAll(await database()))
    },

    async putTorrent(record) {
      await (await database()).put('torrents', record)
    },

    async removeTorrent(infoHash) {
      await (await database()).delete('torrents', infoHash)
    },

    async settings() {
      return parseStoredSettings(await (await database()).get('settings', CHANGED))
    },

    async putSettings(change) {
      const transaction = (await database()).transaction('settings', 'readwrite')
      const before = parseStoredSettings(await transaction.store.get(CHANGED))
      await transaction.store.put({ ...before, ...change }, CHANGED)
      await transaction.done
    },

    close() {
      closed = true
      connection?.then(
        (database) => database.close(),
        () => {},
      )
    },
  })
}

/** `onGone` is called when the connection can no longer be used. */
async function openDatabase(name: string, onGone: () => void): Promise<IDBPDatabase> {
  try {
    const database = await openDB(name, RECORDS_VERSION, {
      upgrade,
      // A newer version of the app waits for us in another tab.
      blocking(_mine, _theirs, event) {
        ;(event.target as IDBDatabase).close() // `versionchange` is fired at the connection
        onGone()
      },
      terminated: onGone,
    })
    return database
  } catch (thrown) {
    onGone()
    throw thrown
  }
}

/** Runs each step that a database of `version` has not seen. Steps are never changed, only added. */
function upgrade(database: IDBPDatabase, version: number): void {
  if (version < 1) {
    database.createObjectStore('torrents', { keyPath: 'infoHash' })
    database.createObjectStore('settings')
  }
}

/**
 * All at once; where that fails, one by one. Browsers keep large values in files of their own,
 * and one lost file fails the reading of all (Chromium: "Data lost due to missing file").
 */
async function readAll(database: IDBPDatabase): Promise<readonly unknown[]> {
  try {
    return (await database.getAll('torrents')) as readonly unknown[] // parsed by the caller
  } catch {
    const keys = await database.getAllKeys('torrents')
    return Promise.all(
      keys.map((key) => (database.get('torrents', key) as Promise<unknown>).catch(() => null)),
    )
  }
}

async function inTime(
  opening: Promise<IDBPDatabase>,
  patience: Millis,
): Promise<Result<void, ErrorIn<'storage'>>> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLate = new Promise<Result<void, ErrorIn<'storage'>>>((resolve) => {
    timer = setTimeout(() => resolve(err({ kind: 'storage/locked' })), patience)
  })
  const opened = opening.then(
    () => ok(),
    async (thrown: unknown) => err(await storageError(thrown, 0)),
  )
  const first = await Promise.race([opened, tooLate])
  clearTimeout(timer)
  if (!first.ok) void opening.then((late) => late.close()).catch(() => {})
  return first
}
