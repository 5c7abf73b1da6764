/** What one stranger may cost the overlay. All times in milliseconds, all sizes in bytes. */
export interface OverlayLimits {
  readonly connections: number
  readonly connectionsPerAddress: number
  readonly connectionsPerPeer: number
  readonly pending: number
  readonly pendingPerAddress: number
  readonly newConnections: number
  readonly newConnectionWindow: number
  readonly upgradeTimeout: number
  readonly pingInterval: number
  readonly roundTripInterval: number
  readonly reservations: number
  readonly reservationsPerAddress: number
  readonly reservationLifetime: number
  readonly circuits: number
  readonly circuitsFromPeer: number
  readonly circuitsToPeer: number
  readonly circuitBytes: number
  readonly circuitDuration: number
  readonly circuitBacklog: number
  readonly circuitSetUpTimeout: number
  readonly circuitMessageBytes: number
  readonly streamWindow: number
  readonly streamsPerConnection: number
  readonly kadStreams: number
  readonly kadMessageBytes: number
  readonly providers: number
  readonly providersPerKey: number
  readonly providersPerPeer: number
  readonly providersTold: number
  readonly providerLifetime: number
  readonly peers: number
  readonly peerBytes: number
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const KIB = 1024
const MIB = 1024 * KIB

/** Tests narrow single figures; nobody else does. */
export const OVERLAY_LIMITS: OverlayLimits = {
  /** For the whole relay. Measured: below 200 KiB each, reservation included. */
  connections: 4096,
  /** Many people may share one address; the same figure as for the tracker. */
  connectionsPerAddress: 512,
  /** One, and another while the first is not known to be dead yet. */
  connectionsPerPeer: 3,
  /** Sockets whose other side has not proved who it is. */
  pending: 1024,
  /** A whole class opens the page at once; a stranger's idle sockets stay a nuisance. */
  pendingPerAddress: 64,
  /** New connections of one address: as many at once, and again in each window. */
  newConnections: 120,
  newConnectionWindow: MINUTE,
  /** A browser on a slow phone needs about two seconds for Noise. */
  upgradeTimeout: 10 * SECOND,
  /** Below the minute after which proxies give up on a quiet connection. */
  pingInterval: 30 * SECOND,
  roundTripInterval: 5 * MINUTE,

  reservations: 4096,
  reservationsPerAddress: 256,
  /** Clients refresh five minutes before the end, while they are connected. */
  reservationLifetime: 30 * MINUTE,

  /** For the whole relay; two yamux windows and twice the backlog each, if all of them stall. */
  circuits: 1024,
  /** A page that starts dials its peers through the relay first, several at once. */
  circuitsFromPeer: 32,
  circuitsToPeer: 64,
  /** Both directions together. A WebRTC handshake takes 30 KiB; pieces are for direct paths. */
  circuitBytes: 8 * MIB,
  circuitDuration: 10 * MINUTE,
  /** Read from one side and not yet written to the other, past which reading stops. */
  circuitBacklog: 128 * KIB,
  /** For the peer that is called to answer. */
  circuitSetUpTimeout: 15 * SECOND,
  /** A request or answer that sets a circuit up. The specification's own figure. */
  circuitMessageBytes: 4 * KIB,

  /** What a peer may send on a stream before somebody reads it. Yamux knows no less than 256 KiB. */
  streamWindow: 512 * KIB,
  streamsPerConnection: 256,
  kadStreams: 16,
  /** What rust-libp2p takes. */
  kadMessageBytes: 16 * KIB,

  /** Provider records: in all, of one key, and of one peer. A page has one for each torrent. */
  providers: 100_000,
  providersPerKey: 256,
  providersPerPeer: 1024,
  /** In one answer, which has to fit into `kadMessageBytes` with their addresses. */
  providersTold: 16,
  /** Must end before addresses do, which is an hour: a provider without any fails the whole key. */
  providerLifetime: 30 * MINUTE,
  /** What is remembered of each peer, and of how many. */
  peers: 20_000,
  peerBytes: 8 * KIB,
}
