import type { PeerId } from '../model/ids.ts'
import type { Bytes } from '../model/units.ts'

/**
 * This browser in the overlay: a libp2p peer with one key. It dials what it is told to and keeps
 * nothing alive by itself; relays are redialled by whoever holds it.
 */
export interface OverlayNode {
  readonly self: PeerId
  /** Where others reach it now, as multiaddrs; empty without a reservation. */
  addresses(): readonly string[]

  /**
   * Connects to a relay and takes a reservation. `address` is a multiaddr that ends in the relay's
   * peer id. Rejects with what went wrong on the way, or `signal.reason`.
   */
  reserve(address: string, signal: AbortSignal): Promise<void>
  /** Relays whose reservation holds. */
  reservedAt(): readonly PeerId[]

  /** Says under this key (32 bytes, a SHA-256) that we are a provider, with our addresses. */
  provide(key: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void>
  /** Says it no more. What others keep runs out by itself. */
  unprovide(key: Uint8Array<ArrayBuffer>): Promise<void>
  /** Who says it provides the key. Hints: anybody may say so, and many are gone. */
  providersOf(key: Uint8Array<ArrayBuffer>, signal: AbortSignal): AsyncIterable<FoundPeer>

  /** Dials the peer unless a connection is there. Rejects when it cannot be reached or does not speak it. */
  open(peer: FoundPeer, protocol: string, signal: AbortSignal): Promise<OverlayStream>
  /** From now on streams of this protocol are handed over; whoever takes one closes it. */
  handle(protocol: string, take: (stream: OverlayStream) => void): Promise<void>

  /** Every peer that a connection leads to, relays included. */
  connections(): readonly OverlayConnection[]
  /** What identify told of a peer; foreign text. */
  clientOf(peer: PeerId): Promise<string | null>
  hangUp(peer: PeerId): Promise<void>
  stop(): Promise<void>
}

export interface OverlayNodeSpec {
  /** Of the Ed25519 key, 32 bytes. */
  readonly seed: Uint8Array
  /** Reservations wanted at once. */
  readonly relays: number
  /** Said to others with `AGENT`. */
  readonly comment: string
  /**
   * Whether any peer may connect by libp2p's own WebRTC. It answers whoever asks with the addresses of
   * this browser, and knows of no member and no policy.
   */
  readonly webRtc: boolean
  /** For libp2p's own WebRTC connections. */
  iceServers(): readonly { readonly urls: readonly string[] }[]
  /** The judge of every address before it is dialled, whoever named it. */
  mayDial(address: string): boolean
  /** Addresses, reservations or connections are others now. */
  onChange(): void
}

export interface FoundPeer {
  readonly peerId: PeerId
  /** Multiaddrs as they were told; foreign text. */
  readonly addresses: readonly string[]
}

export interface OverlayConnection {
  readonly peerId: PeerId
  readonly path: 'direct' | 'relayed'
}

/** One protocol's channel to an authenticated peer. */
export interface OverlayStream {
  /** Proved by Noise. */
  readonly peerId: PeerId
  readonly path: 'direct' | 'relayed'
  /** What the relay carries on the whole connection, both ways; null when it says no limit. */
  readonly limit: Bytes | null
  /** Resolves when there is room for more. Rejects when the stream is closed. Copies nothing. */
  send(bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** What comes before it is set waits, up to 4 MiB. */
  onbytes: ((bytes: Uint8Array) => void) | null
  /** What was sent before still goes out. Safe to call twice. */
  close(): void
  /** At once. Safe to call twice. */
  abort(reason: string): void
  /** Resolves when it is closed, by whomever and however. */
  readonly closed: Promise<void>
}
