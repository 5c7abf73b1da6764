import type { EnginePhase, StorageUsage } from '../../engine/model/engine-state.ts'
import type { EngineError } from '../../engine/model/errors.ts'
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
import type { Settings } from '../../engine/model/settings.ts'
import type { PeerSource, SwarmPolicy } from '../../engine/model/swarm-policy.ts'
import type {
  AddOptions,
  FileEntry,
  FilePriority,
  PeerSnapshot,
  SeedOptions,
  TorrentLimits,
  TorrentSnapshot,
  TorrentSource,
  TrackerSnapshot,
} from '../../engine/model/torrent.ts'
import type { Bytes } from '../../engine/model/units.ts'

/**
 * `window.chiral`: the engine for the console, for pages that embed this one, and for tests.
 * Promises reject with an `Error` whose `cause` is an `EngineError`. Info hashes are 40 hex digits.
 * What is handed out is the caller's own: changing it changes nothing here.
 */
export interface Chiral {
  /** Resolves when the engine runs, which may be when another tab closes; rejects when it cannot. */
  readonly ready: Promise<void>

  /**
   * Takes a magnet URI, an info hash, a URL, or a `.torrent`, and answers with the info hash (for
   * the URL of a plain file, with a stable id that looks like one). Adding what is there already
   * answers the same and changes nothing.
   */
  add(source: string | Uint8Array | File, options?: AddOptions): Promise<string>
  /** Answers when the torrent seeds. A file from a folder picker keeps its place in the folder. */
  seed(files: readonly File[], options?: SeedOptions): Promise<SeededTorrent>
  list(): TorrentSnapshot[]
  get(infoHash: string): TorrentSnapshot | undefined
  files(infoHash: string): Promise<FileEntry[]>
  peers(infoHash: string): Promise<PeerSnapshot[]>
  trackers(infoHash: string): Promise<TrackerSnapshot[]>
  /** A finished file, by its path in the torrent. */
  read(infoHash: string, path: string): Promise<File>
  /** An address that plays while it downloads. Throws. */
  mediaUrl(infoHash: string, path: string): string
  pause(infoHash: string): Promise<void>
  resume(infoHash: string): Promise<void>
  /** Keeps the data unless told otherwise. With `undo` it can be taken back for ten seconds. */
  remove(
    infoHash: string,
    options?: { readonly deleteData?: boolean; readonly undo?: boolean },
  ): Promise<void>
  /** Takes a removal with `undo` back. */
  restore(infoHash: string): Promise<void>
  /** From now on these files are wanted and no others. */
  select(infoHash: string, paths: readonly string[]): Promise<void>
  /** Of the wanted files, these come first (`high`), last (`low`), or as the others do. */
  setPriority(infoHash: string, paths: readonly string[], priority: FilePriority): Promise<void>
  /** What this torrent may move, in bytes per second; null leaves it to the settings. */
  setLimits(infoHash: string, limits: TorrentLimits): Promise<void>

  /** Who we are in the overlay; made when first asked for. */
  readonly identity: Promise<Identity>
  /** Who uses the space of this device, and data whose torrent is not in the list. */
  usage(): Promise<StorageUsage>
  /** Brings back the torrent of such data. */
  adopt(infoHash: string): Promise<void>
  /** Deletes such data. */
  reclaim(infoHash: string): Promise<void>
  settings(): Promise<Settings>
  configure(change: Partial<Settings>): Promise<Settings>
  /** Takes effect on the running torrent. */
  setPolicy(infoHash: string, policy: SwarmPolicy): Promise<void>

  /** A link that lets others into a private swarm. */
  invite(infoHash: string, options?: InviteOptions): Promise<string>
  /** Invites made here that are not over. */
  invites(infoHash: string): Promise<InviteSnapshot[]>
  members(infoHash: string): Promise<MemberSnapshot[]>
  /** Lets a peer in by its id, or changes its role. */
  allow(infoHash: string, peerId: string, as?: AllowOptions): Promise<void>
  /** Cuts a member's wires and turns it away from now on; or takes an invite back, by its id. */
  revoke(infoHash: string, peerIdOrInvite: string): Promise<void>
  /** Tries a passphrase where one is asked for. */
  unlock(infoHash: string, passphrase: string): Promise<void>

  /** Private torrents for programs that know content by jobs and variants. */
  readonly backend: ChiralBackend

  ledger(): Promise<LedgerEntry[]>

  /** Returns the function that stops listening. */
  on<Name extends keyof ChiralEvents>(
    event: Name,
    listener: (detail: ChiralEvents[Name]) => void,
  ): () => void
}

/**
 * For programs whose own way to some content may fail, and that fall back to BitTorrent among peers
 * they trust. Whatever is joined here is private. `options` are judged before anything is done, and
 * contradictions refused with `policy/contradiction`.
 */
export interface ChiralBackend {
  isSupported(): Promise<boolean>
  /** Joins a variant's torrent and answers with its info hash; what is there and private is as good. */
  preparePrivateTorrent(
    job: PrivateJob,
    variantId: string,
    options?: PrivateTorrentModeOptions,
  ): Promise<string>
  /** Joins it; what is got is in `list()` from then on. */
  fetchByInfoHash(infoHashOrMagnet: string, options?: PrivateTorrentModeOptions): Promise<string>
  /** From now on these peers, and members of the swarms in it, may ask for the job. Until the tab ends. */
  offerJob(job: PrivateJob, to: readonly string[]): Promise<void>
  withdrawJob(jobId: string): Promise<void>
  /** Asks a peer to prepare a job of its own. A refusal is an answer; no answer is a rejection. */
  requestBtFallback(peerId: string, request: BtFallbackRequest): Promise<BtFallbackAck>
  /**
   * Where content can be had from: of a source, or of the content or job that a text names. Only
   * candidates whose provenance the policy takes; left out, that of new torrents. Asks no network.
   */
  findCandidates(content: TorrentSource | string, policy?: SwarmPolicy): Promise<SourceCandidate[]>
  /** Null when it may be used now, else why not. */
  validateCandidate(
    candidate: SourceCandidate,
    policy?: SwarmPolicy,
  ): Promise<CandidateProblem | null>
}

/** What a listener of `on` is given. */
export interface ChiralEvents {
  torrent: TorrentSnapshot
  removed: { readonly infoHash: string }
  trouble: { readonly infoHash: string | null; readonly error: EngineError }
  'payment-required': LedgerEntry
  engine: EnginePhase
}

export interface SeededTorrent {
  readonly infoHash: string
  readonly magnet: string
  readonly torrentFile: Uint8Array
}

export interface Identity {
  readonly peerId: string
  readonly addresses: string[]
}

/** Verified bytes given to and taken from one peer. */
export interface LedgerEntry {
  readonly peerId: string
  readonly source: PeerSource
  readonly givenBytes: Bytes
  readonly takenBytes: Bytes
}
