import type { Watch } from './contracts/piece-store.ts'
import type { Removal, TorrentPlace } from './contracts/record-store.ts'
import type { EngineError } from './model/errors.ts'
import type { FileIndex, InfoHash } from './model/ids.ts'
import type { Metainfo } from './model/metainfo.ts'
import { err, ok, type Result } from './model/result.ts'
import type {
  FileEntry,
  FilePriority,
  HandleToAsk,
  PeerSnapshot,
  TorrentLimits,
  TorrentSnapshot,
  TrackerSnapshot,
} from './model/torrent.ts'
import type { SwarmPolicy } from './model/swarm-policy.ts'
import type { Bytes } from './model/units.ts'
import type { Room } from './storage/room.ts'

/** One entry of the list, whichever protocol carries it. */
export interface Torrent {
  readonly infoHash: InfoHash
  snapshot(): TorrentSnapshot
  files(): readonly FileEntry[]
  peers(): readonly PeerSnapshot[]
  trackers(): readonly TrackerSnapshot[]
  /** A copy; empty before the metainfo is known. */
  bitfield(): Uint8Array<ArrayBuffer>
  /** What the person must allow before files outside the browser's storage can be used. */
  handles(): readonly HandleToAsk[]
  pause(): void
  /** Also retries what failed. */
  resume(): void
  /** Its metainfo, from elsewhere than its peers. Changes nothing when it is known already. */
  supply(metainfo: Metainfo): void
  /** All of its bytes lie there and are good: the person gave them (again). It goes on with them. */
  lieIn(place: TorrentPlace): void
  want(files: readonly FileIndex[]): Result<void, EngineError>
  /** From now on these files come first, last or as the others do. */
  prioritise(files: readonly FileIndex[], priority: FilePriority): Result<void, EngineError>
  /** Takes effect at once. */
  limit(limits: TorrentLimits): Result<void, EngineError>
  /** A finished file, once it is proved. Rejects with the reason of the watch's signal only. */
  export(file: FileIndex, watch?: Watch): Promise<Result<File, EngineError>>
  magnet(): string
  /** The `.torrent`; null before it is known, or where there is none. */
  metainfo(): Uint8Array<ArrayBuffer> | null
  /**
   * From now on peers are met as this says. Where it is another than before, every wire is cut before
   * this returns, and those who still may come back.
   */
  setPolicy(policy: SwarmPolicy): Result<void, EngineError>
  /** Takes up what changed in the settings. */
  settingsChanged(): void
  /** Rates, remaining time: what changes without an event. True when there is something new. */
  tick(): boolean
  /** Stops taking part and lets go of the files; the record and the data stay. */
  stop(): Promise<void>
  /** Stops, and remembers that it is removed: nothing is told of it until it is brought back. */
  setAside(removal: Removal): Promise<Result<void, EngineError>>
  /** Goes on as it was before it was set aside. */
  bringBack(): void
  /** There may be more room on the device than when it was paused for want of it. */
  roomChanged(room: Room): void
  /** Room that it still needs, while it is getting something. */
  missingBytes(): Bytes
  /** Stops, and forgets it: the record, and with `deleteData` the bytes. */
  remove(deleteData: boolean): Promise<Result<void, EngineError>>
}

/** The set of torrents: one for each info hash. */
export interface Torrents {
  get(infoHash: InfoHash): Result<Torrent, EngineError>
  has(infoHash: InfoHash): boolean
  all(): Iterable<Torrent>
  put(torrent: Torrent): void
  delete(infoHash: InfoHash): void
}

export function makeTorrents(): Torrents {
  const torrents = new Map<InfoHash, Torrent>()

  return {
    get(infoHash) {
      const torrent = torrents.get(infoHash)
      return torrent === undefined ? err({ kind: 'input/unknown-torrent' }) : ok(torrent)
    },
    has: (infoHash) => torrents.has(infoHash),
    all: () => torrents.values(),
    put: (torrent) => void torrents.set(torrent.infoHash, torrent),
    delete: (infoHash) => void torrents.delete(infoHash),
  }
}
