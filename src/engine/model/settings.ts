import type { SwarmPolicy } from './swarm-policy.ts'
import { PUBLIC } from './swarm-policy.ts'
import type { BytesPerSecond } from './units.ts'

/** What a person may change while the engine runs. Every field is live. */
export interface Settings {
  /** All torrents together; null is no limit. */
  readonly downLimit: BytesPerSecond | null
  readonly upLimit: BytesPerSecond | null
  /** Each torrent alone. */
  readonly torrentDownLimit: BytesPerSecond | null
  readonly torrentUpLimit: BytesPerSecond | null
  /** Each peer alone. */
  readonly peerDownLimit: BytesPerSecond | null
  readonly peerUpLimit: BytesPerSecond | null
  /** Live RTCPeerConnections, all torrents together. 1 to 256. */
  readonly maxConnections: number
  /** Peers served at once, per torrent. 1 to 64. */
  readonly uploadSlots: number
  /** Web trackers (`ws:`, `wss:`) a new torrent announces to; null is the relay that served the page. */
  readonly trackers: readonly string[] | null
  /**
   * Relays of the overlay: origins (`https://relay.example`) or WebSocket multiaddrs. Null is the
   * relay that served the page; none turns the overlay off.
   */
  readonly relays: readonly string[] | null
  /** While there is none, the STUN of the relays above is used. */
  readonly iceServers: readonly IceServer[]
  /** Policy of new torrents. */
  readonly defaultPolicy: SwarmPolicy
  /** Public torrents take no part in anything, and none can be added. */
  readonly privateOnly: boolean
  /** In private swarms no address of ours is told to members: relays of TURN or the overlay carry all. */
  readonly hideAddress: boolean
  /** Keeps the screen on while something moves and a tab of ours is in front. */
  readonly keepAwake: boolean
}

export interface IceServer {
  readonly urls: readonly string[]
  readonly username?: string
  readonly credential?: string
}

/**
 * No third party is named by default: no STUN, no foreign tracker. 64 connections is what
 * one renderer carries with ease; Chromium refuses at about 500.
 */
export const DEFAULT_SETTINGS: Settings = {
  downLimit: null,
  upLimit: null,
  torrentDownLimit: null,
  torrentUpLimit: null,
  peerDownLimit: null,
  peerUpLimit: null,
  maxConnections: 64,
  uploadSlots: 10,
  trackers: null,
  relays: null,
  iceServers: [],
  defaultPolicy: PUBLIC,
  privateOnly: false,
  hideAddress: false,
  keepAwake: false,
}
