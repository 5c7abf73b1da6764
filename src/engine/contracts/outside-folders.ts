import type { ErrorIn } from '../model/errors.ts'
import type { Result } from '../model/result.ts'
import type { Timestamp } from '../model/units.ts'

/** Writes into folders of the person's, outside the browser's storage. */
export interface OutsideFolders {
  /** `storage/permission` when the browser wants to ask the person first. */
  mayWrite(root: FileSystemDirectoryHandle): Promise<Result<void, ErrorIn<'storage'>>>

  /**
   * Writes a file below the folder, whole or not at all. `names` are safe on every system; what
   * lies there already under the last of them is left alone, and the file gets a name beside it.
   * Rejects with `signal.reason` only; nothing half-made is left then, nor after an error.
   */
  put(
    root: FileSystemDirectoryHandle,
    names: readonly string[],
    content: File,
    signal: AbortSignal,
  ): Promise<Result<PutFile, ErrorIn<'storage'>>>
}

/** Where a file lies now. */
export interface PutFile {
  readonly names: readonly string[]
  readonly modifiedAt: Timestamp
}
