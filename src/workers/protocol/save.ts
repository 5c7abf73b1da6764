import type { EngineError } from '../../engine/model/errors.ts'
import type { FileIndex } from '../../engine/model/ids.ts'
import type { Result } from '../../engine/model/result.ts'
import type { Bytes } from '../../engine/model/units.ts'

/**
 * The save door: the page tells a worker what to write and where, and hands it the finished files
 * one by one as it asks for them. Bytes go from the files to the disk, past the page and past the
 * engine. One worker for each saving, ended by the page.
 */

export interface SaveEntry {
  readonly file: FileIndex
  /** As the torrent has it: foreign text, made safe by the worker. */
  readonly path: string
  readonly length: Bytes
}

/** Where it goes, and in which form. */
export type SaveTarget =
  /** One archive, into a file the person chose. */
  | { readonly kind: 'zip-file'; readonly handle: FileSystemFileHandle }
  /** One archive, to the service worker that will hold the other end of this port. */
  | { readonly kind: 'zip-feed'; readonly port: MessagePort; readonly alive: string }
  /** The files and their folders, into a folder the person chose. */
  | { readonly kind: 'folder'; readonly handle: FileSystemDirectoryHandle }

/** Page to save worker. */
export type ToSaver =
  | { readonly type: 'save'; readonly entries: readonly SaveEntry[]; readonly target: SaveTarget }
  /** Answers `wants`. */
  | { readonly type: 'file'; readonly file: FileIndex; readonly result: Result<File, EngineError> }
  | { readonly type: 'cancel' }

/** Save worker to page. The last one is `done` or `cancelled`; nothing half-made is left then. */
export type FromSaver =
  | { readonly type: 'wants'; readonly file: FileIndex }
  /** How long the archive of a feed will be: the page may offer it to the service worker now. */
  | { readonly type: 'measured'; readonly length: Bytes }
  /** The service worker has the feed's other end: the page may ask for the download now. */
  | { readonly type: 'feed-ready' }
  | { readonly type: 'progress'; readonly doneBytes: Bytes }
  /** From time to time while the service worker has a feed: the page keeps it alive. */
  | { readonly type: 'keep-alive' }
  | { readonly type: 'done'; readonly result: Result<null, EngineError> }
  /** By `cancel`, or in the browser's own list of downloads. */
  | { readonly type: 'cancelled' }

/** Service worker to save worker: first `ready`, then one `pull` for each `bytes`. */
export type ToFeed =
  { readonly type: 'ready' } | { readonly type: 'pull' } | { readonly type: 'cancel' }

/** Save worker to service worker. */
export type FromFeed =
  | { readonly type: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'end' }
  | { readonly type: 'failed' }

/** Page to service worker; `alive` asks nothing and is an event, which is what keeps it. */
export type ToServiceWorker = DownloadOffer | { readonly type: 'alive' }

/** With the feed's port: a download the page will ask for in a moment. */
export interface DownloadOffer {
  readonly type: 'download'
  /** Names it in the address. */
  readonly id: string
  /** Under which the browser saves it. */
  readonly name: string
  readonly length: Bytes
}

/** Below the service worker's scope: `saved/<id>` is a download, `saved/alive` answers nothing. */
export const SAVED_PATH = 'saved/'
