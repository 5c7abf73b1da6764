import type { Bytes } from '../model/units.ts'
import { isNotFound } from './storage-error.ts'

/** Written at once: the browser copies it without this thread, so it is only how often we look up. */
const PART: Bytes = 16 * 2 ** 20

export interface WriteProgress {
  readonly signal: AbortSignal
  /** How many more bytes are written. */
  readonly onBytes: (more: Bytes) => void
}

/**
 * Writes a file into a folder outside the browser's storage: whole, or not at all. What was there
 * under this name is replaced once all is written. Rejects with what the browser threw, or with
 * `signal.reason`; nothing half-made is left then.
 */
export async function writeInto(
  folder: FileSystemDirectoryHandle,
  name: string,
  content: Blob,
  { signal, onBytes }: WriteProgress,
): Promise<void> {
  signal.throwIfAborted()
  const before = await lengthOf(folder, name)
  const handle = await folder.getFileHandle(name, { create: true })
  try {
    // Chromium writes into a file beside it and swaps them at `close`.
    const writable = await handle.createWritable()
    try {
      for (let at = 0; at < content.size; at += PART) {
        signal.throwIfAborted()
        const part = content.slice(at, at + PART)
        await writable.write(part)
        onBytes(part.size)
      }
      await writable.close()
    } catch (thrown) {
      await writable.abort().catch(() => undefined) // it may be what failed
      throw thrown
    }
  } catch (thrown) {
    if (before === null) await folder.removeEntry(name).catch(() => undefined)
    throw thrown
  }
}

/** The folder under these names, made where it is missing. */
export async function enterFolder(
  root: FileSystemDirectoryHandle,
  names: readonly string[],
): Promise<FileSystemDirectoryHandle> {
  let folder = root
  for (const name of names) folder = await folder.getDirectoryHandle(name, { create: true })
  return folder
}

/** The length of a file, `'folder'` for one of those, null where nothing has this name. */
export async function lengthOf(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<Bytes | 'folder' | null> {
  try {
    return (await (await folder.getFileHandle(name)).getFile()).size
  } catch (thrown) {
    if (isNotFound(thrown)) return null
    if (thrown instanceof DOMException && thrown.name === 'TypeMismatchError') return 'folder'
    throw thrown
  }
}
