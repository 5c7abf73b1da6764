import { enterFolder, freeName, writeInto } from '../../engine/adapters/outside-folder.ts'
import { zipStream, type ZipEntry } from '../../engine/adapters/zip-stream.ts'
import { safeFilePaths } from '../../engine/file-names.ts'
import type { EngineError } from '../../engine/model/errors.ts'
import type { FileIndex } from '../../engine/model/ids.ts'
import type { Result } from '../../engine/model/result.ts'
import type { Bytes } from '../../engine/model/units.ts'
import type { SaveEntry } from '../protocol/save.ts'
import { gathered } from './gather-bytes.ts'

export interface SaveScope {
  readonly signal: AbortSignal
  /** A finished file, from the engine. */
  readonly ask: (file: FileIndex) => Promise<Result<File, EngineError>>
  readonly onBytes: (more: Bytes) => void
}

/** A failure with a name, on its way through streams that can only throw. */
export class SaveFailure extends Error {
  readonly error: EngineError

  constructor(error: EngineError) {
    super(error.kind)
    this.error = error
  }
}

/** The files as entries of an archive, under names that are safe and unique everywhere. */
export function zipEntriesOf(
  entries: readonly SaveEntry[],
  { ask }: SaveScope,
): readonly ZipEntry[] {
  const paths = safeFilePaths(entries.map(({ path }) => path))
  return entries.map(({ file, length }, index) => ({
    path: paths[index]!,
    length,
    open: () => opened(ask, file, length),
  }))
}

/**
 * Writes the archive into a file the person chose. Rejects with what went wrong; the file is as it
 * was before then, or gone where the browser can remove it.
 */
export async function saveZipFile(
  entries: readonly ZipEntry[],
  handle: FileSystemFileHandle,
  { signal, onBytes }: SaveScope,
): Promise<void> {
  const writable = await handle.createWritable()
  try {
    // Aborts the writable when it fails.
    await gathered(zipStream(entries), onBytes).pipeTo(writable, { signal })
  } catch (thrown) {
    await removeIfEmpty(handle)
    throw thrown
  }
}

/**
 * Writes the files into a folder the person chose, under a name of their own: what lies there is
 * never replaced. A file is whole or not there; those that were whole when it failed stay.
 */
export async function saveIntoFolder(
  entries: readonly SaveEntry[],
  root: FileSystemDirectoryHandle,
  { ask, onBytes, signal }: SaveScope,
): Promise<void> {
  const freeNames = new Map<string, string>()
  const freeNameOf = async (top: string) => {
    const known = freeNames.get(top) ?? (await freeName(root, top))
    freeNames.set(top, known)
    return known
  }

  const paths = safeFilePaths(entries.map(({ path }) => path))
  for (const [index, { file, length }] of entries.entries()) {
    const [top = '', ...below] = paths[index]!.split('/')
    const parts = [await freeNameOf(top), ...below]
    const name = parts.pop()!
    const content = await opened(ask, file, length)
    await writeInto(await enterFolder(root, parts), name, content, { signal, onBytes })
  }
}

async function opened(ask: SaveScope['ask'], file: FileIndex, length: Bytes): Promise<File> {
  const asked = await ask(file)
  if (!asked.ok) throw new SaveFailure(asked.error)
  if (asked.value.size !== length) throw new SaveFailure({ kind: 'input/unknown-file' })
  return asked.value
}

/** The chooser made the file before anything was written. */
async function removeIfEmpty(handle: FileSystemFileHandle): Promise<void> {
  try {
    // Chromium's, not in the standard yet.
    const { remove } = handle as { remove?: () => Promise<void> }
    if (remove !== undefined && (await handle.getFile()).size === 0) await remove.call(handle)
  } catch {
    // It stays, empty.
  }
}
