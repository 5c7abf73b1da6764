import type { TrackerLimits } from './tracker-limits.ts'

/**
 * The WebTorrent tracker protocol: JSON in WebSocket messages. Info hash, peer id and offer id
 * are 20 bytes, each written as one character from U+0000 to U+00FF ("binary strings").
 */
export type TrackerRequest = Announce | Answer | Scrape

/** A peer says that it is there, and may bring offers for others. */
export interface Announce {
  readonly action: 'announce'
  readonly infoHash: string
  readonly peerId: string
  readonly event: AnnounceEvent
  /** Bytes the peer still lacks; `null` when it does not know yet (no metainfo). */
  readonly left: number | null
  readonly offers: readonly Offer[]
}

/** A peer answers an offer that was forwarded to it. Also an `announce` on the wire. */
export interface Answer {
  readonly action: 'answer'
  readonly infoHash: string
  readonly peerId: string
  readonly toPeerId: string
  readonly offerId: string
  readonly sdp: string
}

export interface Scrape {
  readonly action: 'scrape'
  readonly infoHashes: readonly string[]
}

export interface Offer {
  readonly offerId: string
  readonly sdp: string
}

/** `update` is an announce without an event. BEP 21's `paused` is one too. */
export type AnnounceEvent = 'started' | 'stopped' | 'completed' | 'update'

export type Parsed =
  | { readonly ok: true; readonly request: TrackerRequest }
  | { readonly ok: false; readonly failure: Failure }

/** Why a message was not served, in words for the person who reads the client's log. */
export interface Failure {
  readonly action: 'announce' | 'scrape'
  /** Named when it is known: the stock client matches a failure to its torrent by it. */
  readonly infoHash: string | null
  readonly reason: string
}

/** Length of an info hash, a wire peer id and an offer id (BEP 3, WebTorrent). */
const ID_BYTES = 20

const EVENTS: ReadonlyMap<unknown, AnnounceEvent> = new Map([
  ['', 'update'],
  ['empty', 'update'],
  ['paused', 'update'],
  ['update', 'update'],
  ['started', 'started'],
  ['stopped', 'stopped'],
  ['completed', 'completed'],
])

/** Accepts exactly the protocol; members it does not know are ignored and never passed on. */
export function parseTrackerMessage(text: string, limits: TrackerLimits): Parsed {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    return failed('announce', null, 'The message is not JSON.')
  }
  if (!isRecord(message)) return failed('announce', null, 'The message is not a JSON object.')

  const action = own(message, 'action')
  if (action === 'announce') return parseAnnounce(message, limits)
  if (action === 'scrape') return parseScrape(message, limits)
  return failed('announce', null, 'The action must be "announce" or "scrape".')
}

function parseAnnounce(message: object, limits: TrackerLimits): Parsed {
  const infoHash = own(message, 'info_hash')
  if (!isId(infoHash))
    return failed('announce', null, 'The info_hash must be 20 binary characters.')
  const fail = (reason: string) => failed('announce', infoHash, reason)

  const peerId = own(message, 'peer_id')
  if (!isId(peerId)) return fail('The peer_id must be 20 binary characters.')

  const answer = own(message, 'answer')
  if (answer !== undefined && answer !== null) {
    const toPeerId = own(message, 'to_peer_id')
    if (!isId(toPeerId)) return fail('An answer needs to_peer_id, 20 binary characters.')
    const offerId = own(message, 'offer_id')
    if (!isId(offerId)) return fail('An answer needs offer_id, 20 binary characters.')
    const sdp = sdpOf(answer, 'answer', limits)
    if (sdp === null) return fail(descriptionRule('answer', limits))
    return served({ action: 'answer', infoHash, peerId, toPeerId, offerId, sdp })
  }

  const event = EVENTS.get(own(message, 'event') ?? '')
  if (event === undefined) return fail('The event must be started, stopped, completed or update.')

  // JSON has no Infinity: a client that does not know its metainfo yet sends null.
  const left = own(message, 'left') ?? null
  if (left !== null && (typeof left !== 'number' || left < 0)) {
    return fail('The left must be a number of bytes, or null.')
  }

  const offered = own(message, 'offers') ?? []
  if (!Array.isArray(offered)) return fail('The offers must be a list.')
  const offers: Offer[] = []
  for (const entry of offered.slice(0, limits.offersPerAnnounce) as unknown[]) {
    if (!isRecord(entry)) return fail('Each of the offers must be an object.')
    const offerId = own(entry, 'offer_id')
    if (!isId(offerId)) return fail('Each offer needs offer_id, 20 binary characters.')
    const sdp = sdpOf(own(entry, 'offer'), 'offer', limits)
    if (sdp === null) return fail(descriptionRule('offer', limits))
    offers.push({ offerId, sdp })
  }

  return served({ action: 'announce', infoHash, peerId, event, left, offers })
}

function parseScrape(message: object, limits: TrackerLimits): Parsed {
  const named = own(message, 'info_hash')
  const infoHashes: unknown[] = Array.isArray(named) ? named : [named]
  if (infoHashes.length === 0 || !infoHashes.every(isId)) {
    return failed('scrape', null, 'A scrape names each info_hash, 20 binary characters.')
  }
  if (infoHashes.length > limits.scrapeHashes) {
    return failed('scrape', null, `A scrape names at most ${limits.scrapeHashes} info hashes.`)
  }
  return served({ action: 'scrape', infoHashes })
}

/** The `sdp` of `{ type, sdp }`, or null. */
function sdpOf(value: unknown, type: 'offer' | 'answer', limits: TrackerLimits): string | null {
  if (!isRecord(value) || own(value, 'type') !== type) return null
  const sdp = own(value, 'sdp')
  return typeof sdp === 'string' && sdp !== '' && sdp.length <= limits.sdpBytes ? sdp : null
}

function descriptionRule(type: 'offer' | 'answer', limits: TrackerLimits): string {
  const size = `sdp of at most ${limits.sdpBytes} characters`
  return `Each ${type} must be an object with type "${type}" and an ${size}.`
}

/** Reads own members only, so neither `__proto__` nor `constructor` is ever seen. */
function own(record: object, key: string): unknown {
  return Object.hasOwn(record, key) ? Reflect.get(record, key) : undefined
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length === ID_BYTES && /^[\0-\xff]*$/.test(value)
}

function served(request: TrackerRequest): Parsed {
  return { ok: true, request }
}

function failed(action: Failure['action'], infoHash: string | null, reason: string): Parsed {
  return { ok: false, failure: { action, infoHash, reason } }
}
