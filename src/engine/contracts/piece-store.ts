import type { ErrorIn } from '../model/errors.ts'
import type { FileIndex, InfoHash, PieceIndex } from '../model/ids.ts'
import type { Result } from '../model/result.ts'
import type { Bytes } from '../model/units.ts'
import type { TorrentPlace } from './record-store.ts'

/**
 * Holds the bytes of one torrent, addressed by piece.
 *
 * Every implementation passes `tests/contract/piece-store.contract.ts`; read that
 * file for the exact promises (short reads, rewrites, reads while writing).
 */
export interface PieceStore {
  /** What it was opened with. */
  readonly shape: StoreShape

  /**
   * Copies out `length` bytes that begin `offset` bytes into the piece; the reader owns them.
   * `null` when any of that range was never written, or is not there any more. A range outside the piece is a bug and throws.
   *
   * What an earlier visit left is readable as far as its files reach. A piece that visit did not
   * write, below one that it did, may read as zeros or as `null`: only its hash tells.
   *
   * Reads and writes of one piece happen one after the other, in the order they were asked for.
   */
  read(
    piece: PieceIndex,
    offset: Bytes,
    length: Bytes,
  ): Promise<Result<Uint8Array<ArrayBuffer> | null, ErrorIn<'storage'>>>

  /**
   * Writes a whole piece. Takes ownership of `bytes`: the caller must not touch them
   * afterwards. After an error the piece counts as never written, and the store is usable.
   * Bytes of another length than the piece's are a bug and throw.
   */
  write(
    piece: PieceIndex,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<Result<void, ErrorIn<'storage'>>>

  /** Resolves once everything written so far would survive a crash of the tab. */
  flush(): Promise<Result<void, ErrorIn<'storage'>>>

  /**
   * Pieces whose bytes may be here, one bit each, high bit first: as far as the files reach,
   * without reading any. A fresh array.
   */
  present(): Promise<Result<Uint8Array<ArrayBuffer>, ErrorIn<'storage'>>>

  /**
   * A finished file as the platform's `File`, without a copy in memory. Its name is the last
   * part of the path, its type one that no browser runs (`storage/inert-type.ts`).
   * The caller knows that all its pieces were written; `storage/io` when they plainly were not.
   *
   * It stays readable while other pieces are written, and after `close`; not after `destroy`, nor
   * after one of its own pieces is written again (Chromium: `NotReadableError`; ask for it again).
   * With a `watch` it may reject with its signal's reason.
   */
  file(index: FileIndex, watch?: Watch): Promise<Result<File, ErrorIn<'storage'>>>

  /** Gives up file handles but keeps the data. Safe to call twice; all else answers `storage/io` then. */
  close(): Promise<void>

  /** Closes, then deletes the data. */
  destroy(): Promise<Result<void, ErrorIn<'storage'>>>
}

/** Whoever waits for something long: hears how far it is, and may give it up. */
export interface Watch {
  readonly signal: AbortSignal
  readonly onProgress: (doneBytes: Bytes) => void
}

/** Where each byte of a torrent belongs. `FileLayout` of `storage/file-layout.ts` is made from it. */
export interface StoreShape {
  readonly pieceLength: Bytes
  readonly totalBytes: Bytes
  readonly files: ReadonlyArray<{
    readonly path: string
    readonly length: Bytes
    readonly offset: Bytes
  }>
}

/** What a store may want to know of its torrent beyond its shape. */
export interface StoreChoice {
  /** Where the bytes lie; left out, in the browser's own storage. */
  readonly place?: TorrentPlace
  /** Kept beside the bytes, so that they can be told apart when everything else is lost. */
  readonly metainfo?: Uint8Array<ArrayBuffer>
}

/** What lies on the disk of a torrent. */
export interface StoredTorrent {
  /** Lengths of its files, holes included. */
  readonly bytes: Bytes
  /** What `StoreChoice` gave when it was written; foreign bytes again. Null when it is not there. */
  readonly metainfo: Uint8Array<ArrayBuffer> | null
}

/** All stores of one device. At most one `PieceStore` per info hash is open at a time. */
export interface PieceStores {
  readonly kind: 'opfs' | 'memory'

  /**
   * Opens what is there, or makes room for a new torrent. `storage/locked` when already open. It
   * costs nothing: the disk is first touched when something is read or written, and only then it
   * is found out whether another worker holds the torrent (`storage/locked`, too).
   */
  open(
    infoHash: InfoHash,
    shape: StoreShape,
    choice?: StoreChoice,
  ): Promise<Result<PieceStore, ErrorIn<'storage'>>>

  /**
   * Deletes a torrent's data whether or not its shape is known. Nothing there is no error;
   * `storage/locked` while a store of it is open.
   */
  destroy(infoHash: InfoHash): Promise<Result<void, ErrorIn<'storage'>>>

  /** Info hashes that have data here. */
  list(): Promise<readonly InfoHash[]>

  /** What lies here of a torrent, open or not; null is nothing. */
  look(infoHash: InfoHash): Promise<StoredTorrent | null>

  /** Bytes in use and bytes the browser grants this origin in all. */
  estimate(): Promise<{ readonly usedBytes: Bytes; readonly quotaBytes: Bytes }>
}
