import type { Failure, Offer } from './tracker-messages.ts'

/** How many peers of a swarm have everything, and how many do not. */
export interface SwarmCounts {
  readonly complete: number
  readonly incomplete: number
}

/** Counts, and when to announce again (seconds on the wire). */
export function announceReply(infoHash: string, counts: SwarmCounts, intervalMs: number): string {
  return JSON.stringify({
    action: 'announce',
    info_hash: infoHash,
    interval: Math.ceil(intervalMs / 1000),
    complete: counts.complete,
    incomplete: counts.incomplete,
  })
}

/** `downloaded` is a lower bound, as in the stock tracker: nobody counts what was finished. */
export function scrapeReply(
  swarms: ReadonlyArray<readonly [infoHash: string, counts: SwarmCounts]>,
  intervalMs: number,
): string {
  const files = new Map(
    swarms.map(([infoHash, { complete, incomplete }]) => [
      infoHash,
      { complete, incomplete, downloaded: complete },
    ]),
  )
  return JSON.stringify({
    action: 'scrape',
    files: Object.fromEntries(files),
    flags: { min_request_interval: Math.ceil(intervalMs / 1000) },
  })
}

export function forwardedOffer(infoHash: string, fromPeerId: string, offer: Offer): string {
  return JSON.stringify({
    action: 'announce',
    info_hash: infoHash,
    peer_id: fromPeerId,
    offer_id: offer.offerId,
    offer: { type: 'offer', sdp: offer.sdp },
  })
}

export function forwardedAnswer(
  infoHash: string,
  fromPeerId: string,
  offerId: string,
  sdp: string,
): string {
  return JSON.stringify({
    action: 'announce',
    info_hash: infoHash,
    peer_id: fromPeerId,
    offer_id: offerId,
    answer: { type: 'answer', sdp },
  })
}

/** Without `action` the stock client would drop the connection and stay away for minutes. */
export function failureReply(failure: Failure): string {
  return JSON.stringify({
    action: failure.action,
    ...(failure.infoHash === null ? {} : { info_hash: failure.infoHash }),
    'failure reason': failure.reason,
  })
}
