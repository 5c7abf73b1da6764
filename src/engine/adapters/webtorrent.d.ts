/**
 * The part of WebTorrent 3.0.21 and bittorrent-protocol 5 that this house touches. Members with
 * a leading underscore are private there: the version is pinned, and the swarm tests fail when
 * one of them changes its meaning.
 */
declare module 'webtorrent' {
  import type { EventEmitter } from 'events'
  import type { Duplex } from 'streamx'
  import type Wire from 'bittorrent-protocol'

  export interface ChunkStore {
    readonly chunkLength: number
    put(index: number, chunk: Uint8Array, done: (error?: Error | null) => void): void
    get(
      index: number,
      options: { offset?: number; length?: number } | null,
      done: (error: Error | null, chunk?: Uint8Array) => void,
    ): void
    close(done: (error?: Error | null) => void): void
    destroy(done: (error?: Error | null) => void): void
  }

  export interface TorrentOptions {
    store?: new (pieceLength: number) => ChunkStore
    storeCacheSlots?: number
    private?: boolean
    deselect?: boolean
    uploads?: number
    announce?: string[]
    urlList?: string[]
  }

  export interface Peer {
    readonly id: string
    readonly wire: Wire | null
    destroy(error?: Error): void
  }

  export interface Torrent extends EventEmitter {
    readonly infoHash: string
    readonly destroyed: boolean
    readonly ready: boolean
    readonly metadata: Uint8Array | null
    readonly torrentFile: Uint8Array
    readonly wires: readonly Wire[]
    readonly pieces: ReadonlyArray<unknown>
    readonly pieceLength: number
    readonly bitfield: { get(index: number): boolean; readonly buffer: Uint8Array }
    addPeer(peer: Duplex, source?: string): boolean
    addWebSeed(connection: Wire): void
    removePeer(id: string): void
    select(from: number, to: number, priority?: number): void
    deselect(from: number, to: number): void
    _select(
      from: number,
      to: number,
      priority: number,
      notify: undefined,
      isStreamSelection: boolean,
    ): void
    _deselect(from: number, to: number, isStreamSelection: boolean): void
    readonly _selections: {
      sort(compare: (one: { from: number }, other: { from: number }) => number): void
      clear(): void
    }
    destroy(options?: { destroyStore?: boolean }, done?: (error?: Error | null) => void): void
    readonly _peers: Map<string, Peer> | null
    _rechokeNumSlots: number
    _verifyPieces: (done: (error: Error | null) => void) => void
    _markVerified(index: number): void
    _markUnverified(index: number): void
    _checkDone: () => void
    _gcSelections(): void
    _updateWireInterest: (wire: Wire) => void
    _update: () => void
    _updateWireWrapper(): void
    _updateWire: (wire: Wire) => void
    _request: (wire: Wire, piece: number, hotswap: boolean) => boolean
    _debug: (...details: unknown[]) => void
  }

  export default class WebTorrent extends EventEmitter {
    constructor(options: {
      peerId?: string
      tracker: false
      dht: false
      lsd: false
      utPex: false
      natUpnp: false
      natPmp: false
      webSeeds: false
      secure: 0
    })
    readonly peerId: string
    add(torrentId: string | Uint8Array, options: TorrentOptions): Torrent
    destroy(done?: (error?: Error | null) => void): void
  }
}

declare module 'bittorrent-protocol' {
  import { Duplex } from 'streamx'

  export interface WireRequest {
    readonly piece: number
    readonly offset: number
    readonly length: number
  }

  export interface UtMetadata {
    setMetadata: (metadata: Uint8Array) => Promise<boolean>
  }

  export default class Wire extends Duplex {
    constructor(type?: string | null, secure?: number)
    readonly type: string
    readonly destroyed: boolean
    readonly peerId: string | null
    readonly amInterested: boolean
    readonly amChoking: boolean
    readonly peerChoking: boolean
    readonly hasFast: boolean
    readonly isSeeder?: boolean
    readonly downloaded: number
    readonly uploaded: number
    readonly requests: readonly WireRequest[]
    readonly peerRequests: readonly WireRequest[]
    peerPieces: {
      readonly buffer: Uint8Array
      get(index: number): boolean
      set(index: number, value: boolean): void
    }
    readonly peerExtendedHandshake: { v?: unknown }
    readonly extendedHandshake: Record<string, unknown>
    readonly extendedMapping: Readonly<Record<number, string>>
    readonly ut_metadata?: UtMetadata
    readonly lt_donthave?: {
      donthave(index: number): void
      on(event: 'donthave', on: (piece: number) => void): void
    }
    downloadSpeed: (bytes?: number) => number
    uploadSpeed(): number
    use(extension: new (wire: Wire) => object): void
    setKeepAlive(enable: boolean): void
    handshake(infoHash: string, peerId: string, extensions?: { fast?: boolean }): void
    bitfield(bits: Uint8Array): void
    have(index: number): void
    interested(): void
    uninterested(): void
    choke(): void
    unchoke(): void
    reject(index: number, offset: number, length: number): void
    destroy(error?: Error): this
    _debug: (...details: unknown[]) => void
    _onRequest: (index: number, offset: number, length: number) => void
  }
}

declare module 'lt_donthave' {
  import type Wire from 'bittorrent-protocol'

  export default function ltDontHave(): new (wire: Wire) => object
}
