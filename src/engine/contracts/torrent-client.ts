import type { Duplex } from 'streamx'
import type { EngineError, ErrorIn } from '../model/errors.ts'
import type { InfoHash, PeerId, PieceIndex, WirePeerId } from '../model/ids.ts'
import type { Metainfo } from '../model/metainfo.ts'
import type { PeerSource } from '../model/swarm-policy.ts'
import type { OthersHold, PeerSnapshot } from '../model/torrent.ts'
import type { Bytes, BytesPerSecond } from '../model/units.ts'
import type { PieceStore } from './piece-store.ts'

/**
 * Speaks the peer wire protocol for many torrents: requests, verifies, writes, serves. It finds
 * no peers by itself; they are handed to it as `PeerLink`s.
 */
export interface TorrentClient {
  /** What we call ourselves in handshakes and to trackers. */
  readonly wirePeerId: WirePeerId

  /** Starts taking part in a swarm. At most once per info hash until `leave()` has resolved. */
  join(spec: JoinSpec, events: SwarmEvents): JoinedTorrent

  /** Leaves every swarm and frees what the client holds. */
  stop(): Promise<void>
}

export interface JoinSpec {
  readonly infoHash: InfoHash
  /** Null while only the info hash is known: then peers are asked for it (BEP 9). */
  readonly metainfo: Metainfo | null
  readonly private: boolean
  /** Peers served at once. */
  readonly uploadSlots: number
  /**
   * Asked once, as soon as the metainfo is known: where the bytes go and what is already good.
   * Null ends the matter there: the metainfo was all that was wanted.
   */
  plan(metainfo: Metainfo): Promise<JoinPlan | null>
}

export interface JoinPlan {
  /** Stays the caller's: the client neither closes nor destroys it. */
  readonly store: PieceStore
  /** Pieces known to be good, one bit each, high bit first. */
  readonly known: Uint8Array<ArrayBuffer>
  /** Pieces that may be stored, to be hashed before anything is asked for; null is all others. */
  readonly look: Uint8Array<ArrayBuffer> | null
  /** Pieces to get. */
  readonly wanted: Uint8Array<ArrayBuffer>
  /** Which of them come first, as `JoinedTorrent.prioritise` has it. */
  readonly levels: Uint8Array<ArrayBuffer>
}

/** What a swarm tells. Called from the client's own tasks; must not throw. */
export interface SwarmEvents {
  metainfo(metainfo: Metainfo): void
  /** While stored pieces are hashed: how many were looked at. */
  checked(pieces: number): void
  /** Everything stored was looked at; `have` is the bitfield. Requests begin now. */
  ready(have: Uint8Array): void
  /** A piece was received, its hash was right, and it is written. */
  verified(piece: PieceIndex): void
  /** A piece could not be kept. The client stops asking for more until it is left and joined again. */
  storageFailed(error: ErrorIn<'storage'>): void
  /** The torrent itself is unusable, e.g. its metadata makes no sense. */
  failed(error: EngineError): void
  /** A web seed did not give a piece: its status, or null when it did not answer. Tried again later. */
  webSeedFailed(url: string, status: number | null): void
  /** A peer came or went. */
  peersChanged(): void
}

export interface JoinedTorrent {
  /** Takes over a link. False, and the link is closed, when it is of no use any more. */
  addPeer(link: PeerLink): boolean
  /** BEP 19. The URL was judged before. */
  addWebSeed(url: string): void
  /** From now on these pieces are wanted and no others. */
  want(pieces: Uint8Array): void
  /** Pieces of level 0 are asked for first, of level 2 last; one number a piece. */
  prioritise(levels: Uint8Array): void
  /** A piece that was good is not there any more: peers are told, and it is asked for again. */
  lose(piece: PieceIndex): void
  /** Pieces on order now, one bit each: any of them may be written next. A fresh array. */
  ordered(): Uint8Array<ArrayBuffer>
  setUploadSlots(slots: number): void
  peers(): readonly PeerSnapshot[]
  totals(): SwarmTotals
  /** What the connected peers say they have; null until what is stored has been looked at. */
  others(): OthersHold | null
  /** Leaves the swarm: closes all links, then resolves. The store may be closed after that. */
  leave(): Promise<void>
}

export interface SwarmTotals {
  readonly peerCount: number
  readonly downRate: BytesPerSecond
  readonly upRate: BytesPerSecond
  /** Payload since `join`, and its rates: no handshakes, no requests. */
  readonly downBytes: Bytes
  readonly upBytes: Bytes
}

/**
 * One peer's road for wire bytes. Framing guard, limits, counts and back-pressure live in it;
 * what comes out of it is whole frames. `swarm/peer-link.ts` makes it.
 */
export interface PeerLink extends Duplex {
  /** Unique among the links of one torrent. */
  readonly id: string
  /** Links begin open: WebTorrent then speaks at once. */
  readonly connected: true
  readonly source: PeerSource
  readonly path: 'direct' | 'relayed'
  /** Proved libp2p identity; null for strangers. */
  readonly identity: PeerId | null
  /** What a relay still carries of this link, both ways; null for a direct one. */
  readonly relayedBytesLeft: Bytes | null
  /** Tells the guard what the metainfo says about sizes. */
  know(geometry: WireGeometry): void
  /** Tells the guard our numbers for extensions (BEP 10), so that it knows what arrives. */
  nameExtensions(names: Readonly<Record<number, string>>): void
  /** Closes the link and remembers the peer as one not to meet again. */
  ban(reason: string): void
}

/** Sizes every frame is checked against. */
export interface WireGeometry {
  readonly pieceCount: number
  readonly pieceLength: Bytes
  readonly lastPieceLength: Bytes
}
