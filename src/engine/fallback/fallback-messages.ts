import * as v from 'valibot'
import { bytesOfHex, infoHashOfDigest } from '../model/ids.ts'
import {
  MAX_CONTENT_ID,
  MAX_FALLBACK_REASON,
  MAX_JOB_NAME,
  type BtFallbackAck,
  type BtFallbackRefusal,
  type BtFallbackRequest,
} from '../model/private-job.ts'
import { KIB, type Bytes } from '../model/units.ts'
import { frame } from '../overlay/frames.ts'
import { decodeStrict, encodeStrict } from '../strict-cbor.ts'

/** Longest frame of either message: an invite's link has about one KiB. */
export const MAX_FALLBACK_LENGTH: Bytes = 8 * KIB
/** Longest invite that is taken, in UTF-16 units. */
const MAX_INVITE_LENGTH = 4096

const REFUSALS = [
  'missing-job-id-or-variant-id',
  'unknown-job-or-variant',
  'security-denied',
  'backend-disabled',
  'internal-error',
] as const satisfies readonly BtFallbackRefusal[]

const request = v.strictObject({
  type: v.literal('request'),
  // What is missing is refused by name, not as a frame that says nothing.
  jobId: v.optional(v.pipe(v.string(), v.maxLength(MAX_JOB_NAME)), ''),
  variantId: v.optional(v.pipe(v.string(), v.maxLength(MAX_JOB_NAME)), ''),
  contentId: v.pipe(v.string(), v.maxLength(MAX_CONTENT_ID)),
  reason: v.pipe(v.string(), v.maxLength(MAX_FALLBACK_REASON)),
})

const ack = v.variant('accepted', [
  v.strictObject({
    type: v.literal('ack'),
    accepted: v.literal(true),
    infoHash: v.pipe(
      v.instance(Uint8Array),
      v.check((bytes) => bytes.length === 20),
    ),
    invite: v.nullable(v.pipe(v.string(), v.maxLength(MAX_INVITE_LENGTH))),
  }),
  v.strictObject({
    type: v.literal('ack'),
    accepted: v.literal(false),
    reason: v.picklist(REFUSALS),
  }),
])

/** The request as one frame. */
export function requestFrame(said: BtFallbackRequest): Uint8Array<ArrayBuffer> {
  const { jobId, variantId, contentId, reason } = said
  return frame(encodeStrict({ type: 'request', jobId, variantId, contentId, reason }))
}

/** What a frame asks; its job or variant is empty where it names none. Null when it asks nothing. */
export function readRequest(bytes: Uint8Array): BtFallbackRequest | null {
  const parsed = v.safeParse(request, decodeStrict(bytes, MAX_FALLBACK_LENGTH))
  if (!parsed.success) return null
  const { jobId, variantId, contentId, reason } = parsed.output
  return { jobId, variantId, contentId, reason }
}

/** The answer as one frame. */
export function ackFrame(said: BtFallbackAck): Uint8Array<ArrayBuffer> {
  const answer = said.accepted
    ? { accepted: true, infoHash: bytesOfHex(said.infoHash), invite: said.invite }
    : { accepted: false, reason: said.reason }
  return frame(encodeStrict({ type: 'ack', ...answer }))
}

/** What a frame answers; null when it answers nothing. */
export function readAck(bytes: Uint8Array): BtFallbackAck | null {
  const parsed = v.safeParse(ack, decodeStrict(bytes, MAX_FALLBACK_LENGTH))
  if (!parsed.success) return null
  const said = parsed.output
  if (!said.accepted) return { accepted: false, reason: said.reason }
  return { accepted: true, infoHash: infoHashOfDigest(said.infoHash), invite: said.invite }
}
