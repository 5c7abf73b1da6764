import { silentLog, type Log } from '../contracts/log.ts'
import type { PieceStores } from '../contracts/piece-store.ts'
import { toCause } from '../model/errors.ts'
import { makeMemoryPieceStores } from './memory-piece-store.ts'
import { makeOpfsPieceStores } from './opfs-piece-store.ts'
import { storageError } from './storage-error.ts'

/**
 * The best stores there are in this worker: the origin private file system where it can be used,
 * else memory. Firefox has none in a private window (`SecurityError`); Chromium's incognito has
 * one that lasts as long as the window. Asks once, at the start; never rejects.
 */
export async function probeStorage(log: Log = silentLog): Promise<PieceStores> {
  try {
    const root = await navigator.storage.getDirectory()
    // A name of its own: another tab may be probing at the same moment.
    const name = `probe-${crypto.randomUUID()}`
    try {
      await openAndClose(await root.getFileHandle(name, { create: true }))
    } finally {
      await root.removeEntry(name).catch(() => {})
    }
    return makeOpfsPieceStores()
  } catch (thrown) {
    // A full disk is a working one: what is kept there must not seem lost.
    const { kind } = await storageError(thrown, 0)
    if (kind === 'storage/full') return makeOpfsPieceStores()
    log.warn('files are kept in memory only', { cause: toCause(thrown) })
    return makeMemoryPieceStores()
  }
}

async function openAndClose(file: FileSystemFileHandle): Promise<void> {
  const handle = await file.createSyncAccessHandle()
  try {
    // Early versions of the interface answered a promise here; those are of no use.
    if (typeof handle.getSize() !== 'number') throw new Error('the handle is not synchronous')
  } finally {
    handle.close()
  }
}
