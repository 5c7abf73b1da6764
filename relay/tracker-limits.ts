/** What one stranger may cost. Every figure is per connection unless it says otherwise. */
export interface TrackerLimits {
  readonly frameBytes: number
  readonly sdpBytes: number
  readonly offersPerAnnounce: number
  readonly swarms: number
  readonly openOffers: number
  readonly offerLifetime: number
  readonly scrapeHashes: number
  readonly messages: number
  readonly messageWindow: number
  readonly malformedMessages: number
  readonly unsentBytes: number
  readonly connections: number
  readonly memberships: number
  readonly announceInterval: number
  readonly memberLifetime: number
  readonly heartbeat: number
  readonly probeTimeout: number
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const KIB = 1024

/** All times in milliseconds. Tests narrow single figures; nobody else does. */
export const TRACKER_LIMITS: TrackerLimits = {
  /** An announce with ten offers of a browser with several networks stays below 40 KiB. */
  frameBytes: 64 * KIB,
  /** One data channel's SDP without trickling is 1–3 KiB in Chromium and Firefox. */
  sdpBytes: 16 * KIB,
  /** Stock WebTorrent makes 5 (`bittorrent-tracker` 11, `_generateOffers`). */
  offersPerAnnounce: 20,
  /** Torrents one page is in at once. WebTorrent's pages share one socket for all of theirs. */
  swarms: 128,
  /** Offers that may still be answered; the oldest is forgotten first. */
  openOffers: 1024,
  /** Stock WebTorrent drops its end of an offer after 50 s (`OFFER_TIMEOUT`). */
  offerLifetime: MINUTE,
  /** As many as a connection may have swarms. */
  scrapeHashes: 128,
  /** A page that starts 128 torrents and answers one offer in each of 72 is let through at once. */
  messages: 200,
  messageWindow: 10 * SECOND,
  /** An honest client with a bug stays connected and is told; a fuzzer is not served for ever. */
  malformedMessages: 64,
  /** A peer that reads slower than it is written to gets no more offers past a quarter of this. */
  unsentBytes: 1024 * KIB,
  /** For the whole relay. */
  connections: 20_000,
  /** Peers in swarms, for the whole relay. */
  memberships: 500_000,
  /** Announces come every two minutes, as with the stock WebSocket tracker. */
  announceInterval: 2 * MINUTE,
  /** Three announces missed: the page is frozen although its browser still answers pings. */
  memberLifetime: 6 * MINUTE,
  heartbeat: 30 * SECOND,
  /** How long a connection may take to prove that it still is there when its peer id is claimed. */
  probeTimeout: 3 * SECOND,
}
