/**
 * The overlay's names on the wire: protocol ids, what identify says, and where a relay tells
 * about itself. The only file of `src` that `relay/` knows.
 */

/** Kademlia of all Chiral networks. Browsers are clients on it, relays are servers. */
export const KAD_PROTOCOL = '/chiral/kad/1.0.0'
/** Who may take part in a private swarm, between those who know of it. */
export const SWARM_PROTOCOL = '/chiral/swarm/1.0.0'
/** Offers, answers and candidates for one torrent, in a Noise-authenticated stream. */
export const SIGNAL_PROTOCOL = '/chiral/signal/1.0.0'
/** The peer wire protocol over a stream, where no direct path exists. */
export const WIRE_PROTOCOL = '/chiral/wire/1.0.0'
/** A peer asks another to prepare a private torrent, where other ways to some content failed. */
export const FALLBACK_PROTOCOL = '/chiral/bt-fallback/1.0.0'

/** Chiral nodes take no other shape than `chiral/<version>`, whatever stands behind it. */
export const AGENT = 'chiral/2.0.0'

/** Before the 20 bytes of an info hash; the SHA-256 of both is the provider key. */
export const PROVIDER_KEY_PREFIX = '/chiral/bt/'

/** Answers `RelayFacts` as JSON while the relay is up. */
export const RELAY_FACTS_PATH = '/relay.json'

/** Where a relay counts how often invites are used, by `POST`. */
export const REDEMPTIONS_PATH = '/redemptions'

/** Answers 200 while the relay is up. */
export const HEALTH_PATH = '/healthz'

/** What a relay says of itself at `RELAY_FACTS_PATH`, as far as a page of another version must know. */
export interface RelayFacts {
  /** Ed25519, `12D3Koo…`. */
  readonly peerId: string
  /** UDP port of its STUN on the same host; null without one. */
  readonly stun: { readonly port: number } | null
}
