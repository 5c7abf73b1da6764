import type { SessionDescription } from '../model/rtc-state.ts'
import { bytesOfHex, hexOf, isInfoHash, type InfoHash, type WirePeerId } from '../model/ids.ts'
import { SECOND, type Bytes, type Millis } from '../model/units.ts'

/**
 * The words of a web tracker, as stock WebTorrent speaks them: JSON over WebSocket, info hash and
 * wire peer id as strings of 20 characters, one for each byte. What comes in is foreign: it is
 * bounded, looked at field by field, and anything else is left out.
 */

/** Longest frame we read; an honest one carries one SDP of 1–3 KiB. */
export const MAX_FRAME_LENGTH: Bytes = 64 * 1024
/** Foreign text that may be shown, cut to this. */
const MAX_TEXT_LENGTH = 300
const MAX_OFFER_ID_LENGTH = 80
/** No tracker may make us announce more often, or forget us for longer. */
const SHORTEST_INTERVAL: Millis = 30 * SECOND
const LONGEST_INTERVAL: Millis = 1800 * SECOND

export type TrackerMessage =
  | {
      readonly type: 'announced'
      readonly infoHash: InfoHash
      readonly interval: Millis
      readonly seeds: number | null
      readonly leeches: number | null
      readonly warning: string | null
    }
  | { readonly type: 'refused'; readonly infoHash: InfoHash | null; readonly reason: string }
  | {
      readonly type: 'offer'
      readonly infoHash: InfoHash
      readonly peer: WirePeerId
      readonly offerId: string
      readonly description: SessionDescription
    }
  | {
      readonly type: 'answer'
      readonly infoHash: InfoHash
      readonly peer: WirePeerId
      readonly offerId: string
      readonly description: SessionDescription
    }

export interface AnnounceParts {
  readonly infoHash: InfoHash
  readonly peer: WirePeerId
  readonly uploaded: Bytes
  readonly downloaded: Bytes
  readonly left: Bytes
  readonly event: 'started' | 'completed' | 'stopped' | null
  readonly offers: ReadonlyArray<{ readonly id: string; readonly description: SessionDescription }>
}

export function announceFrame(parts: AnnounceParts): string {
  return JSON.stringify({
    action: 'announce',
    info_hash: binary(parts.infoHash),
    peer_id: binary(parts.peer),
    uploaded: parts.uploaded,
    downloaded: parts.downloaded,
    left: parts.left,
    ...(parts.event === null ? {} : { event: parts.event }),
    ...(parts.event === 'stopped'
      ? {}
      : {
          numwant: parts.offers.length,
          offers: parts.offers.map(({ id, description }) => ({ offer_id: id, offer: description })),
        }),
  })
}

export function answerFrame(parts: {
  readonly infoHash: InfoHash
  readonly peer: WirePeerId
  readonly to: WirePeerId
  readonly offerId: string
  readonly description: SessionDescription
}): string {
  return JSON.stringify({
    action: 'announce',
    info_hash: binary(parts.infoHash),
    peer_id: binary(parts.peer),
    to_peer_id: binary(parts.to),
    offer_id: parts.offerId,
    answer: parts.description,
  })
}

/** Null for whatever is not a message of ours to read. */
export function readTrackerMessage(frame: unknown): TrackerMessage | null {
  if (typeof frame !== 'string' || frame.length > MAX_FRAME_LENGTH) return null
  const fields = parseObject(frame)
  if (fields === null) return null
  const infoHash = hexOfBinary(fields['info_hash'])

  const reason = fields['failure reason']
  if (typeof reason === 'string') {
    const known = infoHash !== null && isInfoHash(infoHash) ? infoHash : null
    return { type: 'refused', infoHash: known, reason: shortened(reason) }
  }
  if (fields['action'] !== 'announce') return null
  if (infoHash === null || !isInfoHash(infoHash)) return null

  const offer = description(fields['offer'], 'offer')
  const answer = description(fields['answer'], 'answer')
  if (offer !== null || answer !== null) {
    const peer = hexOfBinary(fields['peer_id'])
    const offerId = fields['offer_id']
    if (peer === null || typeof offerId !== 'string') return null
    if (offerId.length > MAX_OFFER_ID_LENGTH) return null
    // 40 hex digits: what a wire peer id is, whoever chose it.
    const common = { infoHash, peer: peer as WirePeerId, offerId }
    if (offer !== null) return { type: 'offer', ...common, description: offer }
    if (answer !== null) return { type: 'answer', ...common, description: answer }
  }

  if (typeof fields['interval'] !== 'number') return null
  const warning = fields['warning message']
  return {
    type: 'announced',
    infoHash,
    interval: clamp(fields['interval'] * SECOND, SHORTEST_INTERVAL, LONGEST_INTERVAL),
    seeds: count(fields['complete']),
    leeches: count(fields['incomplete']),
    warning: typeof warning === 'string' ? shortened(warning) : null,
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    return { ...value }
  } catch {
    return null
  }
}

function description(value: unknown, type: 'offer' | 'answer'): SessionDescription | null {
  if (typeof value !== 'object' || value === null) return null
  if (!('sdp' in value) || typeof value.sdp !== 'string') return null
  if ('type' in value && value.type !== type) return null
  return { type, sdp: value.sdp }
}

function count(value: unknown): number | null {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) return null
  return value
}

function clamp(value: number, low: number, high: number): number {
  return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : low
}

function shortened(text: string): string {
  return text.length <= MAX_TEXT_LENGTH ? text : `${text.slice(0, MAX_TEXT_LENGTH - 1)}…`
}

function binary(hex: string): string {
  return String.fromCharCode(...bytesOfHex(hex))
}

/** The hex of 20 characters below U+0100; null for anything else. */
function hexOfBinary(text: unknown): string | null {
  if (typeof text !== 'string' || text.length !== 20) return null
  const codes = Array.from(text, (letter) => letter.charCodeAt(0))
  return codes.every((code) => code < 256) ? hexOf(Uint8Array.from(codes)) : null
}
