import type { EngineError } from './errors.ts'
import type { FileIndex, InfoHash, PeerId, WirePeerId } from './ids.ts'
import type { InvitePreview, PrivacySnapshot, SwarmDoor } from './private-swarm.ts'
import type { PeerSource, SwarmPolicy } from './swarm-policy.ts'
import type { Bytes, BytesPerSecond, Millis, Timestamp } from './units.ts'

/**
 * Where a torrent is in its life. The transitions are in `torrent-machine.ts`.
 *
 *   resolving → checking → downloading ⇄ seeding     (ActivePhase)
 *   any of those ⇄ paused, remembering which
 *   anything → failed, remembering where from; retried → back there
 */
export type TorrentPhase =
  | ActivePhase
  | { readonly name: 'paused'; readonly from: ActivePhase; readonly why: PauseReason }
  | { readonly name: 'failed'; readonly from: ActivePhase; readonly error: EngineError }

/** A full disk pauses; it does not fail. `policy`: only private torrents may run now. */
export type PauseReason = 'person' | 'storage' | 'queue' | 'goal' | 'metered' | 'policy'

export type ActivePhase =
  | { readonly name: 'resolving' } // magnet without its info dictionary yet (BEP 9)
  | { readonly name: 'checking'; readonly checkedPieces: number }
  | { readonly name: 'downloading'; readonly eta: Millis | null }
  | { readonly name: 'seeding' }

/** Everything a list needs to show one torrent. Immutable; a newer one replaces it whole. */
export interface TorrentSnapshot {
  readonly infoHash: InfoHash
  /** The metainfo's name; before it is known the magnet's `dn`, else the info hash. */
  readonly name: string
  /** Which handler carries it: pieces with hashes from a swarm, or one plain file by URL. */
  readonly protocol: 'bittorrent' | 'http'
  readonly phase: TorrentPhase
  readonly policy: SwarmPolicy
  /** Who may take part, and where we stand; left out of public torrents. */
  readonly privacy?: PrivacySnapshot
  readonly addedAt: Timestamp
  readonly completedAt: Timestamp | null
  /** 0 until the metainfo is known. */
  readonly totalPieces: number
  readonly havePieces: number
  readonly fileCount: number
  /** The person's folder that its files lie in or are written to; left out when there is none. */
  readonly folder?: string
  /** Length of everything in the torrent; `wantedBytes` leaves out what was not ticked. */
  readonly totalBytes: Bytes
  readonly wantedBytes: Bytes
  /** Verified bytes of what is wanted. */
  readonly haveBytes: Bytes
  /** Payload moved since it was added. */
  readonly downBytes: Bytes
  readonly upBytes: Bytes
  readonly downRate: BytesPerSecond
  readonly upRate: BytesPerSecond
  /** Its own. */
  readonly limits: TorrentLimits
  /** Peers whose wire is open. */
  readonly peerCount: number
  readonly swarm: SwarmFacts
  /** Places it was told of that its policy keeps silent about; left out when there are none. */
  readonly unused?: UnusedContacts
  /** What the connected peers hold of what is here; null before the metainfo is known. */
  readonly others: OthersHold | null
  /** The last thing that went wrong and did not stop the torrent, or what stopped it. */
  readonly trouble: EngineError | null
}

/** What would be left in the swarm if this device went now: the *safe to close* meter. */
export interface OthersHold {
  /** Connected peers that have everything. */
  readonly complete: number
  /** Bytes that are here and that no connected peer has. */
  readonly onlyHere: Bytes
}

/** What was measured about the search for peers: the state sentence is made from these. */
export interface SwarmFacts {
  readonly trackers: number
  readonly trackersAnswered: number
  readonly trackersFailed: number
  readonly webSeeds: number
  /** Connections being made. */
  readonly connecting: number
  /** What the trackers said, the largest of them; null before the first answer. */
  readonly knownSeeds: number | null
  readonly knownLeeches: number | null
  /** Peers the overlay told of; null before it answered, and where it is not asked. */
  readonly overlayPeers: number | null
}

/** How many places a link or a metainfo names that are not used, because the torrent is private. */
export interface UnusedContacts {
  readonly trackers: number
  readonly webSeeds: number
  /** Further places to fetch from, or peers to dial, that a link names. */
  readonly others: number
}

/** What a person gives us to download. */
export type TorrentSource =
  | { readonly from: 'magnet'; readonly uri: string }
  | { readonly from: 'metainfo'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly from: 'info-hash'; readonly infoHash: InfoHash }
  /** An http(s) URL: of a `.torrent`, or of one plain file. */
  | { readonly from: 'url'; readonly url: string }
  /** The fragment of an invite's link, `i=…`, or the whole link. */
  | { readonly from: 'invite'; readonly link: string }

/** How a torrent is added. What is left out takes the default of the settings. */
export interface AddOptions {
  /** `[]` means none; left out, those of the source and the settings' default. */
  readonly trackers?: readonly string[]
  readonly webSeeds?: readonly string[]
  readonly policy?: SwarmPolicy
  readonly passphrase?: string
  /** Only these files; left out, all. */
  readonly paths?: readonly string[]
  readonly paused?: boolean
  /** Finished files are also written into this folder of the person's. */
  readonly deliverTo?: FileSystemDirectoryHandle
}

export interface SeedOptions {
  readonly name?: string
  readonly trackers?: readonly string[]
  readonly policy?: SwarmPolicy
  /** Of a private torrent; left out, `members`, or `passphrase` where one is given. */
  readonly door?: SwarmDoor
  readonly passphrase?: string
  /** A power of two, 16 KiB to 16 MiB; left out, chosen by the total length. */
  readonly pieceLength?: Bytes
  readonly comment?: string
}

/** A file to seed, with its place in the tree (`/` between parts, no leading one). */
export interface SeedFile {
  readonly path: string
  readonly file: File
  /**
   * What the person picked: this file, or the folder that `path` begins with. With a handle for
   * each file they are seeded from where they lie; else they are copied.
   */
  readonly handle?: FileSystemFileHandle | FileSystemDirectoryHandle
}

/** A handle that a browser asks the person about, once in each visit or for ever. */
export interface HandleToAsk {
  readonly handle: FileSystemFileHandle | FileSystemDirectoryHandle
  readonly mode: 'read' | 'readwrite'
}

export interface Seeded {
  readonly infoHash: InfoHash
  readonly magnet: string
  readonly torrentFile: Uint8Array<ArrayBuffer>
}

/** What is inside a source, before anything of it is downloaded. */
export interface TorrentPreview {
  readonly infoHash: InfoHash
  readonly name: string
  readonly protocol: 'bittorrent' | 'http'
  readonly files: ReadonlyArray<{ readonly path: string; readonly length: Bytes }>
  readonly totalBytes: Bytes
  readonly pieceLength: Bytes
  readonly trackers: readonly string[]
  readonly webSeeds: readonly string[]
  readonly comment: string | null
  /** Files the link names (BEP 53 `so=`); null means all. */
  readonly selected: readonly FileIndex[] | null
  /** As it was looked at, and will be added unless the person chooses otherwise. */
  readonly policy?: SwarmPolicy
  /** What of the link or metainfo would not be used; left out when all of it would. */
  readonly unused?: UnusedContacts
  /** Where it is an invite: who invites, and for how long. Its files are known inside only. */
  readonly invite?: InvitePreview
  /** Already in the list. */
  readonly present: boolean
  /** What to add so that nothing is fetched twice; keeps trackers, web seeds and selection. */
  readonly source: TorrentSource
  readonly options: AddOptions
}

export interface PeerSnapshot {
  /** Unique among the torrent's peers while the wire lives. */
  readonly id: string
  readonly wirePeerId: WirePeerId | null
  /** Proved libp2p identity; null for strangers. */
  readonly identity: PeerId | null
  /** The client's name from its wire peer id or extended handshake; foreign text. */
  readonly client: string | null
  readonly source: PeerSource
  readonly path: 'direct' | 'relayed' | 'http'
  /** What a relay still carries of this wire, both ways; null unless relayed. */
  readonly relayedBytesLeft: Bytes | null
  readonly downRate: BytesPerSecond
  readonly upRate: BytesPerSecond
  readonly downBytes: Bytes
  readonly upBytes: Bytes
  /** Bytes from this peer that were part of a piece whose hash was right. */
  readonly verifiedBytes: Bytes
  /** How much of the torrent the peer has, 0 to 1. */
  readonly progress: number
  readonly choking: boolean
  readonly choked: boolean
}

/** Of the wanted files those with a high priority come first, those with a low one last. */
export type FilePriority = 'high' | 'normal' | 'low'

/** What one torrent may move; null leaves it to the settings. */
export interface TorrentLimits {
  readonly down: BytesPerSecond | null
  readonly up: BytesPerSecond | null
}

export const NO_LIMITS: TorrentLimits = { down: null, up: null }

export interface FileEntry {
  readonly index: FileIndex
  readonly path: string
  readonly length: Bytes
  readonly haveBytes: Bytes
  readonly wanted: boolean
  readonly priority: FilePriority
}

/** One tracker of one torrent, and the last thing it said. */
export interface TrackerSnapshot {
  readonly url: string
  readonly state: 'connecting' | 'answered' | 'failed'
  readonly lastAnswerAt: Timestamp | null
  readonly nextAnnounceAt: Timestamp | null
  readonly seeds: number | null
  readonly leeches: number | null
  /** The tracker's own warning; foreign text. */
  readonly warning: string | null
  readonly error: EngineError | null
}
