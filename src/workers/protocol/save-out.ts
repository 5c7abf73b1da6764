import type { EngineError } from '../../engine/model/errors.ts'
import type { InfoHash } from '../../engine/model/ids.ts'
import type { Result } from '../../engine/model/result.ts'
import type { Bytes } from '../../engine/model/units.ts'
import type { SaveEntry, SaveTarget } from './save.ts'

/** A place the person chose. */
export type SavePlace =
  | Extract<SaveTarget, { kind: 'zip-file' | 'folder' }>
  /** The browser's own downloads. */
  | { readonly kind: 'download' }

export interface SaveOrder {
  readonly infoHash: InfoHash
  /** Finished files, in the order they are written. */
  readonly entries: readonly SaveEntry[]
  /** What an archive is called, without `.zip`. Foreign text. */
  readonly name: string
}

/** The way out of the browser for more than one file, as the UI sees it. */
export interface SaveOut {
  /** Whether this browser lets a page write into a folder the person chooses. */
  readonly folders: boolean

  /**
   * Asks where, in the task of a click: browsers open their chooser for nothing else. Null when
   * nothing was chosen. A browser without a chooser for files answers `download` at once.
   */
  choose(form: 'zip' | 'folder', name: string): Promise<SavePlace | null>

  /**
   * Writes the files there. For a download it answers when the browser has all of it, which may be
   * before it is on the disk. Rejects with `signal.reason` only, once nothing half-made is left;
   * null when it was cancelled in the browser's own list of downloads.
   */
  save(
    order: SaveOrder,
    place: SavePlace,
    options: SaveOptions,
  ): Promise<Result<void, EngineError> | null>
}

export interface SaveOptions {
  readonly signal: AbortSignal
  /** What is written, of all files together. */
  readonly onProgress: (doneBytes: Bytes) => void
  /** A file is read and proved before it leaves: so much of it, where that takes a while. */
  readonly onChecking?: (entry: SaveEntry, doneBytes: Bytes) => void
}
