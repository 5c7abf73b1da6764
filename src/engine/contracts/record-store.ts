import type { FileIndex, InfoHash } from '../model/ids.ts'
import type { Settings } from '../model/settings.ts'
import type { SwarmPolicy } from '../model/swarm-policy.ts'
import type { Bytes, Timestamp } from '../model/units.ts'

/**
 * What is remembered of a torrent between visits. The bytes of its files are in the
 * `PieceStore`; which pieces are good is found out by hashing them.
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
}

/** Where a torrent's bytes lie. */
export type TorrentPlace =
  /** In the browser's own storage, the `PieceStores`. */
  | { readonly kind: 'own' }
  /** In files the person picked, in the order of the metainfo: read where they lie, never written. */
  | { readonly kind: 'picked'; readonly files: readonly PickedFile[] }

/** A file outside the browser's storage, as it was when it was hashed. */
export interface PickedFile {
  readonly handle: FileSystemFileHandle
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

/** Small records that survive a reload. Every implementation passes its contract suite. */
export interface RecordStore {
  /** All torrents, oldest first. A record that cannot be read is left out and counted. */
  torrents(): Promise<{ readonly records: readonly TorrentRecord[]; readonly unreadable: number }>
  putTorrent(record: TorrentRecord): Promise<void>
  removeTorrent(infoHash: InfoHash): Promise<void>
  /** What was changed from the defaults. */
  settings(): Promise<Partial<Settings>>
  putSettings(change: Partial<Settings>): Promise<void>
  close(): void
}
