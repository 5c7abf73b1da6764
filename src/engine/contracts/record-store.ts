import type { EngineError, ErrorIn } from '../model/errors.ts'
import type { FileIndex, InfoHash } from '../model/ids.ts'
import type { Result } from '../model/result.ts'
import type { Settings } from '../model/settings.ts'
import type { SwarmPolicy } from '../model/swarm-policy.ts'
import type { TorrentLimits } from '../model/torrent.ts'
import type { Bytes, Timestamp } from '../model/units.ts'

/**
 * What is remembered of a torrent between visits. The bytes of its files are in the
 * `PieceStore`; which pieces are good is in its `JournalPage`.
 */
export interface TorrentRecord {
  readonly infoHash: InfoHash
  readonly protocol: 'bittorrent' | 'http'
  /** Before the metainfo is known: the magnet's `dn`. */
  readonly name: string | null
  /** The whole `.torrent`, once known. Foreign bytes: parsed again when read back. */
  readonly metainfo: Uint8Array<ArrayBuffer> | null
  readonly trackers: readonly string[]
  readonly webSeeds: readonly string[]
  readonly policy: SwarmPolicy
  /** Paths of the files that are wanted; null is all of them. */
  readonly wanted: readonly string[] | null
  /** Files the link named (BEP 53), until the metainfo that gives them paths is known. */
  readonly selected: readonly FileIndex[] | null
  /** Paths of files that come before or after the others. */
  readonly priorities: KeptPriorities
  readonly limits: TorrentLimits
  readonly paused: boolean
  readonly addedAt: Timestamp
  readonly completedAt: Timestamp | null
  readonly downBytes: Bytes
  readonly upBytes: Bytes
  /** For `http`: where the file is and how much of it is safely kept. */
  readonly http: HttpRecord | null
  readonly place: TorrentPlace
  /** A folder of the person's that finished files are also written to; null is none. */
  readonly deliverTo: FileSystemDirectoryHandle | null
  /** What was written there already. */
  readonly delivered: readonly DeliveredFile[]
  /** Removed, but not gone yet: it can be taken back until the engine starts anew. */
  readonly removal?: Removal
}

export interface KeptPriorities {
  readonly high: readonly string[]
  readonly low: readonly string[]
}

/** All files are as important as each other. */
export const NO_PRIORITIES: KeptPriorities = { high: [], low: [] }

export interface DeliveredFile {
  readonly file: FileIndex
  /** Names from the folder down to the file. */
  readonly names: readonly string[]
  /** `File.lastModified` once it was written. */
  readonly modifiedAt: Timestamp
}

export interface Removal {
  readonly at: Timestamp
  readonly deleteData: boolean
}

/** Where a torrent's bytes lie. */
export type TorrentPlace =
  /** In the browser's own storage, the `PieceStores`. */
  | { readonly kind: 'own' }
  /** In files the person picked: read where they lie, never written. */
  | PickedPlace

export interface PickedPlace {
  readonly kind: 'picked'
  /**
   * What was picked, and what the browser asks the person about: one handle for a folder, however
   * many files lie in it.
   */
  readonly roots: readonly (FileSystemFileHandle | FileSystemDirectoryHandle)[]
  /** In the order of the metainfo. */
  readonly files: readonly PickedFile[]
}

/** A file outside the browser's storage, as it was when it was hashed. */
export interface PickedFile {
  /** Which of the roots: the file itself, or a folder it lies in. */
  readonly root: number
  /** Names from that folder down to the file; none for a root that is the file. */
  readonly names: readonly string[]
  readonly length: Bytes
  /** `File.lastModified` then. */
  readonly modifiedAt: Timestamp
}

export interface HttpRecord {
  readonly url: string
  readonly length: Bytes | null
  readonly keptBytes: Bytes
  /** `ETag`, else `Last-Modified`, to continue only the same file (RFC 9110 §13.1.5). */
  readonly validator: string | null
}

/** Which pieces of a torrent were good and on the disk, as of one moment. One page a torrent. */
export interface JournalPage {
  readonly infoHash: InfoHash
  /** Grows by one with each page of the torrent. */
  readonly sequence: number
  /** Verified, written and flushed: one bit a piece, high bit first. */
  readonly pieces: Uint8Array<ArrayBuffer>
  /**
   * Pieces that were on order when this was written: any of them may have been written since, and
   * a crash leaves them to be looked at. Empty or as long as `pieces`; no bits after a clean end.
   */
  readonly pending: Uint8Array<ArrayBuffer>
}

/** Why something was not remembered. `engine/held-elsewhere`: a later engine has taken over. */
export type RecordError =
  ErrorIn<'storage'> | Extract<EngineError, { readonly kind: 'engine/held-elsewhere' }>

/**
 * Small records that survive a reload. Every implementation passes its contract suite.
 *
 * Who opens the records takes the fence: its `epoch` is larger than that of all who opened them
 * before, and what those write from then on is answered with `engine/held-elsewhere` and not
 * written. Each write is all or nothing, and on the disk when it is answered. Reading rejects with
 * what the browser threw.
 */
export interface RecordStore {
  /** From 1 on; 0 until a device that is full has room to take the fence. */
  readonly epoch: number
  /** False when a newer version of the app wrote what is here: writes answer `storage/newer`. */
  readonly writable: boolean
  /** False where everything is forgotten with the thread. */
  readonly lasting: boolean

  /**
   * All torrents, oldest first. A record that cannot be read is left out and counted; one whose
   * metainfo alone is lost comes without it.
   */
  torrents(): Promise<{ readonly records: readonly TorrentRecord[]; readonly unreadable: number }>
  putTorrent(record: TorrentRecord): Promise<Result<void, RecordError>>
  /** Its page of the journal goes with it. */
  removeTorrent(infoHash: InfoHash): Promise<Result<void, RecordError>>

  /** The last page of each torrent; null where one is there and is not what was written. */
  journal(): Promise<ReadonlyMap<InfoHash, JournalPage | null>>
  putPage(page: JournalPage): Promise<Result<void, RecordError>>

  /** What was changed from the defaults. */
  settings(): Promise<Partial<Settings>>
  putSettings(change: Partial<Settings>): Promise<Result<void, RecordError>>
  close(): void
}
