import type { RtcConfig } from '../contracts/rtc.ts'
import type { InfoHash, PeerId, WirePeerId } from '../model/ids.ts'
import type { PeerSource, SwarmPolicy } from '../model/swarm-policy.ts'
import type { Bytes } from '../model/units.ts'
import type { WireChannel } from '../swarm/wire-channel.ts'

/** A road to a peer whose identity is proved, ready for the wire. Whoever takes it closes it. */
export interface OverlayRoad {
  readonly channel: WireChannel
  readonly path: 'direct' | 'relayed'
  readonly identity: PeerId
  readonly source: Extract<PeerSource, 'overlay' | 'invite'>
  /** What it calls itself on the wire; told by the identity, so that one peer is met once. */
  readonly wirePeerId: WirePeerId
  close(): void
}

/** One torrent's wish for peers from the overlay, and its say about each. */
export interface OverlaySearch {
  readonly infoHash: InfoHash
  /** Decides how peers are met, and whether only members are. */
  readonly policy: SwarmPolicy
  /** Whether others may find us for it. A look at what is inside only looks. */
  readonly provide: boolean
  /** How a direct path may be made, as of now; null where none may (`rtcConfigFor`). */
  rtcConfig(): RtcConfig | null
  /** Something is left to get. Who has everything waits to be found. */
  wants(): boolean
  /** How many more peers are welcome. */
  room(): number
  /** How the peer is linked now. */
  linked(peer: { readonly identity: PeerId }): 'direct' | 'relayed' | null
  /** Every peer that is linked and proved who it is. */
  identities(): readonly LinkedIdentity[]
  /** Peers linked by a direct path, whoever told of them. */
  direct(): number
  /** False for whoever is here already by as good a path, or is banned. */
  accepts(peer: Pick<OverlayRoad, 'identity' | 'wirePeerId' | 'path'>): boolean
  onRoad(road: OverlayRoad): void
  /** Who may take part is another now: links to all others are cut at once. */
  onlyWith(admits: (identity: PeerId) => boolean): void
  onChange(): void
}

export interface LinkedIdentity {
  readonly identity: PeerId
  readonly path: 'direct' | 'relayed'
  /** Payload, as long as this link lasts. */
  readonly downBytes: Bytes
  readonly upBytes: Bytes
}

/** A search that is going on. */
export interface OverlayPart {
  /** Peers the overlay told of; null before it answered. */
  readonly known: number | null
  /** Roads being made. */
  readonly connecting: number
  /** Nobody is left to get anything from: looks again soon. */
  hungry(): void
  leave(): void
}
