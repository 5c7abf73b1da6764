import type { CheckName, CheckResult } from '../../engine/model/doctor.ts'
import type {
  BackupReport,
  EngineChange,
  EngineState,
  IdentitySnapshot,
  OverlayPeerSnapshot,
  StorageUsage,
} from '../../engine/model/engine-state.ts'
import type { EngineError } from '../../engine/model/errors.ts'
import type { CallId, CreationId, FileIndex, InfoHash } from '../../engine/model/ids.ts'
import type {
  BtFallbackAck,
  BtFallbackRequest,
  CandidateProblem,
  PrivateJob,
  PrivateTorrentModeOptions,
  SourceCandidate,
} from '../../engine/model/private-job.ts'
import type {
  AllowOptions,
  InviteOptions,
  InviteSnapshot,
  MemberSnapshot,
} from '../../engine/model/private-swarm.ts'
import type { Result } from '../../engine/model/result.ts'
import type { Settings } from '../../engine/model/settings.ts'
import type { SwarmPolicy } from '../../engine/model/swarm-policy.ts'
import type {
  AddOptions,
  FileEntry,
  FilePriority,
  HandleToAsk,
  PeerSnapshot,
  SeedFile,
  Seeded,
  SeedOptions,
  TorrentLimits,
  TorrentPreview,
  TorrentSnapshot,
  TorrentSource,
  TrackerSnapshot,
} from '../../engine/model/torrent.ts'
import type { Bytes } from '../../engine/model/units.ts'
import type { EngineId } from './tabs.ts'

/**
 * Every question a page may put to the engine. One line per call; the request,
 * the reply, the worker's answers and the page's `call()` all derive from
 * this table, so a new line does not compile until all four know it.
 */
export interface EngineCalls {
  'state.sync': { args: null; value: EngineState }

  /** Reads text a person typed or pasted, or a `.torrent`, and says what is inside. Abortable. */
  'torrent.preview': { args: { source: TorrentSource | string }; value: TorrentPreview }
  'torrent.add': { args: { source: TorrentSource | string; options: AddOptions }; value: InfoHash }
  /** Answers when the torrent seeds. Progress is in `EngineState.creating[id]`. Abortable. */
  'torrent.seed': {
    args: { id: CreationId; files: readonly SeedFile[]; options: SeedOptions }
    value: Seeded
  }
  'torrent.pause': { args: { infoHash: InfoHash }; value: null }
  'torrent.resume': { args: { infoHash: InfoHash }; value: null }
  /** With `undo` it leaves the list at once and goes for good ten seconds later. */
  'torrent.remove': {
    args: { infoHash: InfoHash; deleteData: boolean; undo?: boolean }
    value: null
  }
  /** Takes a removal back, within the ten seconds; `input/unknown-torrent` after them. */
  'torrent.restore': { args: { infoHash: InfoHash }; value: null }
  /** From now on these files are wanted and no others. */
  'torrent.want': { args: { infoHash: InfoHash; files: readonly FileIndex[] }; value: null }
  /** Of the wanted files, these come first, last, or as the others do. */
  'torrent.prioritise': {
    args: { infoHash: InfoHash; files: readonly FileIndex[]; priority: FilePriority }
    value: null
  }
  /** What it may move; null leaves it to the settings. */
  'torrent.limit': { args: { infoHash: InfoHash; limits: TorrentLimits }; value: null }
  'torrent.set-policy': { args: { infoHash: InfoHash; policy: SwarmPolicy }; value: null }

  /** A link that lets others into a private swarm. Whoever may admit members may make one. */
  'swarm.invite': { args: { infoHash: InfoHash; options: InviteOptions }; value: string }
  /** Invites we made that are not over, newest first. */
  'swarm.invites': { args: { infoHash: InfoHash }; value: readonly InviteSnapshot[] }
  'swarm.members': { args: { infoHash: InfoHash }; value: readonly MemberSnapshot[] }
  'swarm.allow': {
    args: { infoHash: InfoHash; peerId: string; as: AllowOptions }
    value: null
  }
  /** A member by peer id, or an invite by its id. Live wires are cut at once. */
  'swarm.revoke': { args: { infoHash: InfoHash; peerIdOrInvite: string }; value: null }
  /** For a swarm that is locked: tries this passphrase. */
  'swarm.unlock': { args: { infoHash: InfoHash; passphrase: string }; value: null }

  /** Whether private swarms can be taken part in here. */
  'backend.supported': { args: null; value: boolean }
  /** Joins a variant of a job as a private torrent. */
  'backend.prepare': {
    args: { job: PrivateJob; variantId: string; options: PrivateTorrentModeOptions }
    value: InfoHash
  }
  /** The same for an info hash or a magnet URI. */
  'backend.fetch': {
    args: { content: string; options: PrivateTorrentModeOptions }
    value: InfoHash
  }
  /** These peers, and members of the swarms in it, may ask for the job from now on. */
  'backend.offer': { args: { job: PrivateJob; to: readonly string[] }; value: null }
  'backend.withdraw': { args: { jobId: string }; value: null }
  /** Asks a peer for a job of its own. Abortable. */
  'backend.ask': { args: { peerId: string; request: BtFallbackRequest }; value: BtFallbackAck }
  /** Where content can be had from, as far as the policy takes it; left out, that of new torrents. */
  'backend.candidates': {
    args: { content: TorrentSource | string; policy: SwarmPolicy | null }
    value: readonly SourceCandidate[]
  }
  /** Null when it may be used. */
  'backend.validate': {
    args: { candidate: SourceCandidate; policy: SwarmPolicy | null }
    value: CandidateProblem | null
  }

  /** Null when it is not in the list: for whoever cannot wait for the notice. */
  'torrent.snapshot': { args: { infoHash: InfoHash }; value: TorrentSnapshot | null }
  'torrent.files': { args: { infoHash: InfoHash }; value: readonly FileEntry[] }
  'torrent.peers': { args: { infoHash: InfoHash }; value: readonly PeerSnapshot[] }
  'torrent.trackers': { args: { infoHash: InfoHash }; value: readonly TrackerSnapshot[] }
  'torrent.bitfield': { args: { infoHash: InfoHash }; value: Uint8Array<ArrayBuffer> }
  /**
   * A finished file; `input/unknown-file` when there is none or it is not finished. What was not
   * proved in this session is hashed first: tells how many bytes of it are. Abortable.
   */
  'torrent.export': { args: { infoHash: InfoHash; file: FileIndex }; value: File }
  'torrent.magnet': { args: { infoHash: InfoHash }; value: string }
  /** The `.torrent`; null before it is known, and for a plain file by URL. */
  'torrent.metainfo': { args: { infoHash: InfoHash }; value: Uint8Array<ArrayBuffer> | null }

  'settings.get': { args: null; value: Settings }
  'settings.change': { args: { change: Partial<Settings> }; value: Settings }

  /** What the page must ask the person's permission for before `torrent.resume` can work. */
  'torrent.handles': { args: { infoHash: InfoHash }; value: readonly HandleToAsk[] }

  'storage.usage': { args: null; value: StorageUsage }
  /** Brings back a torrent whose data is here and whose record is not; its pieces are checked. */
  'storage.adopt': { args: { infoHash: InfoHash }; value: null }
  /** Deletes the data of a torrent that is not in the list. */
  'storage.reclaim': { args: { infoHash: InfoHash }; value: null }
  /** Torrents and settings as one file, without data. */
  'backup.export': { args: null; value: Uint8Array<ArrayBuffer> }
  'backup.import': { args: { bytes: Uint8Array<ArrayBuffer> }; value: BackupReport }

  /** Who this browser is in the overlay; made when there is none. */
  'identity.get': { args: null; value: IdentitySnapshot }
  /** Blank takes the name away. */
  'identity.rename': { args: { name: string }; value: IdentitySnapshot }
  /** The key as a file, sealed by the passphrase. Takes about a second. */
  'identity.export': { args: { passphrase: string }; value: Uint8Array<ArrayBuffer> }
  /** Puts it in the place of this one, and connects anew. */
  'identity.import': {
    args: { bytes: Uint8Array<ArrayBuffer>; passphrase: string }
    value: IdentitySnapshot
  }
  /** Forgets the key for good and makes another. */
  'identity.forget': { args: null; value: IdentitySnapshot }
  /** Chiral peers that are connected now, relays not among them. */
  'overlay.peers': { args: null; value: readonly OverlayPeerSnapshot[] }
  /** Looks at one part of the way to others. Abortable; answers within half a minute. */
  'doctor.check': { args: { name: CheckName }; value: CheckResult }
  /** What was found, as text without any address or peer id. */
  'doctor.report': { args: { results: readonly CheckResult[] }; value: string }

  'storage.grant': { args: { persisted: boolean }; value: null }
  /** The network or the device may just have come back: what was lost is looked for at once. */
  'engine.wake': { args: null; value: null }
  'engine.stop': { args: null; value: null }
}

export type CallName = keyof EngineCalls
export type ArgsOf<N extends CallName> = EngineCalls[N]['args']
export type ValueOf<N extends CallName> = EngineCalls[N]['value']

/** `Request` is the union of all requests, `Request<'torrent.add'>` is one of them. */
export type Request<N extends CallName = CallName> = {
  [K in N]: {
    readonly type: 'request'
    readonly id: CallId
    readonly call: K
    readonly args: ArgsOf<K>
  }
}[N]

/** Exactly one of these answers every request. */
export type Reply =
  | { readonly type: 'reply'; readonly id: CallId; readonly result: Result<unknown, EngineError> }
  | { readonly type: 'cancelled'; readonly id: CallId }

/** How far a request is that takes long, before its answer; of few calls, and not often. */
export interface Progress {
  readonly type: 'progress'
  readonly id: CallId
  readonly doneBytes: Bytes
}

/** Page to worker. */
export type ToEngine =
  | {
      readonly type: 'init'
      readonly build: string
      readonly config: EngineConfig
      readonly rtcPort: MessagePort
    }
  | Request
  | { readonly type: 'cancel'; readonly id: CallId }
  /** Asks for a sign of life: `alive`, from the very task that reads it. */
  | { readonly type: 'ping' }

/**
 * Worker to page. `ready` or `unable` answers `init`, and `state-replaced` follows `ready`.
 * Replies answer a request; notices are news nobody asked for.
 */
export type FromEngine =
  | { readonly type: 'ready'; readonly build: string; readonly engine: EngineId }
  | { readonly type: 'unable'; readonly error: EngineError }
  /** To the page that started it: how many other tabs it serves from now on. */
  | { readonly type: 'tabs'; readonly count: number }
  /** Answers `ping`. */
  | { readonly type: 'alive' }
  | Reply
  | Progress
  | Notice

export type Notice =
  | { readonly type: 'state-replaced'; readonly state: EngineState }
  | {
      readonly type: 'state-changed'
      readonly revision: number
      readonly changes: readonly EngineChange[]
    }
  | { readonly type: 'trouble'; readonly infoHash: InfoHash | null; readonly error: EngineError }

export interface EngineConfig {
  /** The web tracker of the relay that served the page, `ws(s)://host/announce`. */
  readonly ownTracker: string
  /** Origin and host of the page: the only private address a foreign link may point to. */
  readonly pageHost: string
  /** Keeps everything in memory though there is a disk: for tests and measurements. */
  readonly storage?: 'memory'
}
