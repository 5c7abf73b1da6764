/**
 * The overlay's names on the wire: protocol ids, what identify says, and where a relay tells
 * about itself. The only file of `src` that `relay/` knows.
 */

/** Kademlia of all Chiral networks. Browsers are clients on it, relays are servers. */
export const KAD_PROTOCOL = '/chiral/kad/1.0.0'
/** Offers, answers and candidates for one torrent, in a Noise-authenticated stream. */
export const SIGNAL_PROTOCOL = '/chiral/signal/1.0.0'
/** The peer wire protocol over a stream, where no direct path exists. */
export const WIRE_PROTOCOL = '/chiral/wire/1.0.0'

/** Chiral nodes take no other shape than `chiral/<version>`, whatever stands behind it. */
export const AGENT = 'chiral/2.0.0'

/** Before the 20 bytes of an info hash; the SHA-256 of both is the provider key. */
export const PROVIDER_KEY_PREFIX = '/chiral/bt/'

/** Answers 200 while the relay is up; browsers slow down sockets that fail, but not requests. */
export const HEALTH_PATH = '/healthz'
/** Answers `RelayFacts` as JSON. */
export const RELAY_FACTS_PATH = '/relay.json'

/** What a relay says of itself at `RELAY_FACTS_PATH`. */
export interface RelayFacts {
  /** Ed25519, `12D3Koo…`. */
  readonly peerId: string
  /** Multiaddrs ending in `/p2p/<peerId>`; the page dials its own origin if none fits. */
  readonly addresses: readonly string[]
  /** `stun:host:port` of its binding responder; left out without one. */
  readonly stun?: string
}
