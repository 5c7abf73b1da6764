import type { Bytes } from '../model/units.ts'
import type { HandlePool, PooledFile } from './opfs-handles.ts'
import { isNotFound } from './storage-error.ts'

/** The metainfo of a torrent lies under this name beside its files. */
export const METAINFO_FILE = 'metainfo'

/** The open handle of this file holds the folder: the browser gives nobody a second one. */
const LOCK_FILE = 'lock'

/** The files of one torrent, held by whoever opened the folder until it is closed. */
export interface OpfsFolder {
  /** Made when it is first used. */
  file(name: string): PooledFile

  /** How long the file was when the folder was opened; 0 when it was not there. */
  foundBytes(name: string): Promise<Bytes>

  /** The file as it is now, from the disk; null when it is not there. */
  snapshot(name: string): Promise<File | null>

  /** Brings what was written to the disk. */
  flush(): Promise<void>

  /** Flushes and closes all files, then lets go of the folder. */
  close(): Promise<void>
}

/**
 * Rejects with `NoModificationAllowedError` while this or another worker has it open, and with
 * `NotFoundError` when it is not there and not to be made.
 */
export async function openOpfsFolder(
  parent: FileSystemDirectoryHandle,
  name: string,
  pool: HandlePool,
  { create }: { readonly create: boolean },
): Promise<OpfsFolder> {
  const folder = await parent.getDirectoryHandle(name, { create })
  const lock = await takeLock(folder)
  const found = await namesIn(folder).catch((thrown: unknown) => {
    lock.close()
    throw thrown
  })

  const files = new Map<string, PooledFile>()
  const foundBytes = new Map<string, Bytes>()

  const fileOf = (name: string): PooledFile => {
    const known = files.get(name)
    if (known !== undefined) return known

    const file = pool.file(async () => {
      const entry = await folder.getFileHandle(name, { create: true })
      const handle = await entry.createSyncAccessHandle()
      // Only the first time: later it has what was written since.
      if (!foundBytes.has(name)) foundBytes.set(name, handle.getSize())
      return handle
    })
    files.set(name, file)
    return file
  }

  return {
    file: fileOf,

    async foundBytes(name) {
      if (!found.has(name)) return 0
      if (!foundBytes.has(name)) await fileOf(name).size()
      return foundBytes.get(name) ?? 0
    },

    async snapshot(name) {
      // Chromium's `File` is void once the file's time of change moves, and some systems move it
      // only when the file is closed. Reading it again afterwards changes nothing.
      await files.get(name)?.flush()
      await files.get(name)?.close()
      try {
        return await (await folder.getFileHandle(name)).getFile()
      } catch (thrown) {
        if (isNotFound(thrown)) return null
        throw thrown
      }
    },

    async flush() {
      for (const file of files.values()) await file.flush()
    },

    async close() {
      for (const file of files.values()) await file.close()
      lock.close()
    },
  }
}

/** Lengths of the files of a folder that may be in use, by name; null when it is not there. */
export async function lengthsIn(
  parent: FileSystemDirectoryHandle,
  name: string,
): Promise<ReadonlyMap<string, Bytes> | null> {
  try {
    const folder = await parent.getDirectoryHandle(name)
    const lengths = new Map<string, Bytes>()
    for await (const entry of folder.values()) {
      if (entry instanceof FileSystemFileHandle) {
        lengths.set(entry.name, (await entry.getFile()).size)
      }
    }
    return lengths
  } catch (thrown) {
    if (isNotFound(thrown)) return null
    throw thrown
  }
}

/** Deletes a folder and all in it. Rejects as `openOpfsFolder` does; nothing there is no error. */
export async function removeOpfsFolder(
  parent: FileSystemDirectoryHandle,
  name: string,
): Promise<void> {
  try {
    const folder = await parent.getDirectoryHandle(name)
    // Asked first: a browser that finds an open file half-way may have deleted the others.
    const lock = await takeLock(folder)
    lock.close()
    await parent.removeEntry(name, { recursive: true })
  } catch (thrown) {
    if (!isNotFound(thrown)) throw thrown
  }
}

async function takeLock(folder: FileSystemDirectoryHandle): Promise<FileSystemSyncAccessHandle> {
  const file = await folder.getFileHandle(LOCK_FILE, { create: true })
  return file.createSyncAccessHandle()
}

async function namesIn(folder: FileSystemDirectoryHandle): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  for await (const name of folder.keys()) names.add(name)
  return names
}
