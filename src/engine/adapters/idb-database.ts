import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { ErrorIn } from '../model/errors.ts'
import { err, ok, type Result } from '../model/result.ts'
import type { Millis } from '../model/units.ts'
import { storageError } from './storage-error.ts'

/**
 * Grows with every change of `upgrade`.
 *
 * 1: `torrents` by info hash, `settings` as one.
 * 2: the metainfo beside its record, so that a pause does not write megabytes again; `journal`
 *    by info hash; the fence in `engine`.
 * 3: limits and priorities in the records, which version 2 would write without them again. The
 *    stores stay as they are.
 */
export const RECORDS_VERSION = 3

/** What is stored is foreign until it was parsed, whoever wrote it. */
export interface RecordsSchema extends DBSchema {
  torrents: { key: string; value: unknown }
  /** The whole `.torrent` by info hash. */
  metainfo: { key: string; value: unknown }
  /** A `SealedPage` by its info hash. */
  journal: { key: string; value: unknown }
  /** What was changed from the defaults, as `changed`. */
  settings: { key: string; value: unknown }
  /** The fence, as `epoch`. */
  engine: { key: string; value: unknown }
}

export type RecordsDatabase = IDBPDatabase<RecordsSchema>

/** A connection that opens itself again when the browser, or a newer tab, took it away. */
export interface LastingDatabase {
  get(): Promise<RecordsDatabase>
  /** False when a newer version of the app left the database: it is read as it is. */
  readonly writable: boolean
  close(): void
}

/**
 * `storage/locked` when another tab holds an older version for longer than `patience`;
 * `storage/io` when the database cannot be opened.
 */
export async function openRecords(
  name: string,
  patience: Millis,
): Promise<Result<LastingDatabase, ErrorIn<'storage'>>> {
  let connection: Promise<RecordsDatabase> | null = null
  let closed = false
  let version: number | undefined = RECORDS_VERSION

  const get = (): Promise<RecordsDatabase> => {
    if (closed) return Promise.reject(new Error('the record store is closed'))
    connection ??= connect(name, version, () => {
      connection = null
    })
    return connection
  }

  let opened = await inTime(get(), patience)
  if (!opened.ok && opened.error.kind === 'storage/newer') {
    version = undefined // whatever is there
    opened = await inTime(get(), patience)
  }
  if (!opened.ok) return opened

  return ok({
    get,
    writable: version !== undefined,
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
async function connect(
  name: string,
  version: number | undefined,
  onGone: () => void,
): Promise<RecordsDatabase> {
  try {
    return await openDB<RecordsSchema>(name, version, {
      upgrade: (database, before) => {
        if (version !== undefined) upgrade(database, before)
      },
      // A newer version of the app waits for us in another tab.
      blocking(_mine, _theirs, event) {
        ;(event.target as IDBDatabase).close() // `versionchange` is fired at the connection
        onGone()
      },
      terminated: onGone,
    })
  } catch (thrown) {
    onGone()
    throw thrown
  }
}

/**
 * Runs each step that a database of `version` has not seen, in one transaction of the browser's:
 * all of them or none. Steps are never changed, only added, and touch no record: one whose
 * bytes the browser lost would fail the step, and with it the database, for ever.
 */
function upgrade(database: RecordsDatabase, version: number): void {
  if (version < 1) {
    // The keys of all stores are given with each value, but for `torrents`.
    database.createObjectStore('torrents', { keyPath: 'infoHash' })
    database.createObjectStore('settings')
  }
  if (version < 2) {
    database.createObjectStore('metainfo')
    database.createObjectStore('journal')
    database.createObjectStore('engine')
  }
}

async function inTime(
  opening: Promise<RecordsDatabase>,
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
