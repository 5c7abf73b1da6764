import type { OutsideFolders } from '../contracts/outside-folders.ts'
import type { ErrorIn } from '../model/errors.ts'
import { safeFileName } from '../file-names.ts'
import { err, ok } from '../model/result.ts'
import type { Bytes } from '../model/units.ts'
import { isNotFound, storageError } from './storage-error.ts'

/** Written at once: the browser copies it without this thread, so it is only how often we look up. */
const PART: Bytes = 16 * 2 ** 20

/** Folders of the File System Access API, in a worker. */
export function makeOutsideFolders(): OutsideFolders {
  return {
    async mayWrite(root) {
      // TypeScript's library does not have the WICG draft; a browser without it asks nobody.
      const { queryPermission } = root as {
        queryPermission?: (wanted: { mode: 'readwrite' }) => Promise<PermissionState>
      }
      const answer = (await queryPermission?.call(root, { mode: 'readwrite' })) ?? 'granted'
      return answer === 'granted' ? ok() : err({ kind: 'storage/permission', name: root.name })
    },

    async put(root, names, content, signal) {
      try {
        const folder = await enterFolder(root, names.slice(0, -1))
        const name = await nameFor(folder, names.at(-1)!, content.size)
        await writeInto(folder, name, content, { signal, onBytes: () => undefined })
        const { lastModified } = await (await folder.getFileHandle(name)).getFile()
        return ok({ names: [...names.slice(0, -1), name], modifiedAt: lastModified })
      } catch (thrown) {
        signal.throwIfAborted()
        return err(await outsideError(thrown, root, content.size))
      }
    },
  }
}

/** What a browser threw about a folder of the person's. */
export async function outsideError(
  thrown: unknown,
  root: FileSystemHandle,
  needed: Bytes,
): Promise<ErrorIn<'storage'>> {
  const name = thrown instanceof DOMException ? thrown.name : ''
  if (name === 'NotAllowedError') return { kind: 'storage/permission', name: root.name }
  if (name === 'NotFoundError') return { kind: 'storage/source-missing', name: root.name }
  return storageError(thrown, needed)
}

/** `name (2)` where there is a `name` already. */
export async function freeName(folder: FileSystemDirectoryHandle, name: string): Promise<string> {
  const dot = name.lastIndexOf('.')
  const stem = dot > 0 ? name.slice(0, dot) : name
  const extension = dot > 0 ? name.slice(dot) : ''
  let candidate = name
  for (let number = 2; (await lengthOf(folder, candidate)) !== null; number++) {
    candidate = safeFileName(`${stem} (${number})${extension}`)
  }
  return candidate
}

/** An empty file is what a crash between making and writing left: it is taken over. */
async function nameFor(
  folder: FileSystemDirectoryHandle,
  name: string,
  length: Bytes,
): Promise<string> {
  const there = await lengthOf(folder, name)
  return there === 0 && length > 0 ? name : freeName(folder, name)
}

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
