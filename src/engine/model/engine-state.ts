import type { EngineError } from './errors.ts'
import type { CreationId, InfoHash, PeerId } from './ids.ts'
import type { TorrentSnapshot } from './torrent.ts'
import type { Bytes, Timestamp } from './units.ts'

/** The whole truth about the engine that a page may show. Written only by the worker. */
export interface EngineState {
  /** Grows by one with every published change set. A gap means the reader must resync. */
  readonly revision: number
  readonly engine: EnginePhase
  readonly storage: StorageSnapshot
  readonly overlay: OverlaySnapshot
  readonly torrents: Readonly<Record<InfoHash, TorrentSnapshot>>
  readonly creating: Readonly<Record<CreationId, CreationSnapshot>>
}

export type EnginePhase =
  | { readonly name: 'starting' }
  /** Another tab of this origin holds the engine; ours starts when that one goes. */
  | { readonly name: 'waiting' }
  | { readonly name: 'running' }
  | { readonly name: 'stopping' }
  | { readonly name: 'failed'; readonly error: EngineError }

export interface StorageSnapshot {
  /** `memory` where the browser or window has no OPFS: nothing survives a reload there. */
  readonly kind: 'opfs' | 'memory'
  readonly usedBytes: Bytes
  readonly quotaBytes: Bytes
  /** The browser promised not to evict it. */
  readonly persisted: boolean
  /** False where the list itself is gone with the engine, though the files may stay. */
  readonly remembers: boolean
  /** Some tab has asked the browser for that since this engine started. */
  readonly asked: boolean
}

/** Who uses the space, largest first: the view to free some. */
export interface StorageUsage {
  readonly torrents: ReadonlyArray<{ readonly infoHash: InfoHash; readonly bytes: Bytes }>
  /** Data of torrents that are not in the list, as a crash or a lost database leaves it. */
  readonly orphans: readonly OrphanSnapshot[]
}

export interface OrphanSnapshot {
  readonly infoHash: InfoHash
  /** What it was called; null when even that is lost, and it can only be deleted. */
  readonly name: string | null
  readonly bytes: Bytes
}

/** What an imported backup changed. */
export interface BackupReport {
  readonly added: number
  /** Torrents that were in the list already. */
  readonly present: number
  /** Entries that could not be read. */
  readonly unreadable: number
}

export type OverlaySnapshot =
  | { readonly name: 'off' }
  | {
      readonly name: 'connecting'
      readonly relay: string
      readonly attempt: number
      readonly relays: readonly RelaySnapshot[]
    }
  | {
      readonly name: 'reserved'
      readonly self: PeerId
      readonly relay: PeerId
      /** Chiral peers connected to at this moment, relays not counted. */
      readonly peers: number
      readonly relays: readonly RelaySnapshot[]
    }
  | {
      readonly name: 'lost'
      readonly error: EngineError
      readonly retryAt: number
      readonly relays: readonly RelaySnapshot[]
    }

/** One relay of the settings, as this page knows it. */
export interface RelaySnapshot {
  /** As in the settings: an origin or a multiaddr. */
  readonly address: string
  /** Null until it said who it is. */
  readonly peerId: PeerId | null
  readonly state: 'connecting' | 'reserved' | 'lost'
  readonly error: EngineError | null
  /** When it is tried again; null unless lost. */
  readonly retryAt: Timestamp | null
  /** When it came into this state. */
  readonly since: Timestamp
  /** When it last answered a question; null when it never did. */
  readonly answeredAt: Timestamp | null
  /** `stun:host:port`; null when it has none, and until it said so. */
  readonly stun: string | null
}

/** A Chiral peer that a connection of the overlay leads to. */
export interface OverlayPeerSnapshot {
  readonly peerId: PeerId
  /** Three words of the peer id, to be read aloud. */
  readonly words: PeerWords
  /** What identify said; foreign text. */
  readonly client: string | null
  readonly path: 'direct' | 'relayed'
  /** Torrents with a link to this peer. */
  readonly torrents: readonly InfoHash[]
  /** Wire bytes that went through a relay, both ways. */
  readonly relayedBytes: Bytes
  /** What relays still carry of the wires that are open, both ways; null when there is none. */
  readonly relayedBytesLeft: Bytes | null
  /** Payload of the wires that are open now, whichever way it took. */
  readonly downBytes: Bytes
  readonly upBytes: Bytes
}

export type PeerWords = readonly [string, string, string]

/** Who this browser is in the overlay. */
export interface IdentitySnapshot {
  readonly peerId: PeerId
  readonly words: PeerWords
  /** What the person calls themselves: told in their invites, and to whoever lets them in. */
  readonly name: string | null
  readonly createdAt: Timestamp
  /** Where the overlay reaches it now; empty without a reservation. */
  readonly addresses: readonly string[]
}

/** Files on their way to becoming a torrent: they have no info hash yet. */
export interface CreationSnapshot {
  readonly id: CreationId
  readonly name: string
  readonly step: 'hashing' | 'copying'
  readonly doneBytes: Bytes
  readonly totalBytes: Bytes
}

export type EngineChange =
  | { readonly type: 'engine'; readonly engine: EnginePhase }
  | { readonly type: 'storage'; readonly storage: StorageSnapshot }
  | { readonly type: 'overlay'; readonly overlay: OverlaySnapshot }
  | { readonly type: 'torrent'; readonly torrent: TorrentSnapshot }
  | { readonly type: 'torrent-removed'; readonly infoHash: InfoHash }
  | { readonly type: 'creation'; readonly creation: CreationSnapshot }
  | { readonly type: 'creation-ended'; readonly id: CreationId }

/** Every relay of the settings; none while the overlay is off. */
export function relaysOf(overlay: OverlaySnapshot): readonly RelaySnapshot[] {
  return overlay.name === 'off' ? [] : overlay.relays
}

/** A fresh value each time: a Solid store writes into the object it is given. */
export function emptyEngineState(): EngineState {
  return {
    revision: 0,
    engine: { name: 'starting' },
    storage: {
      kind: 'opfs',
      usedBytes: 0,
      quotaBytes: 0,
      remembers: true,
      persisted: false,
      asked: false,
    },
    overlay: { name: 'off' },
    torrents: {},
    creating: {},
  }
}
