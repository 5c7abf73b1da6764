import * as v from 'valibot'
import { KIB, MIB, type Bytes } from '../model/units.ts'
import { frame } from '../overlay/frames.ts'
import type { Language } from '../overlay/talk.ts'
import { decodeStrict, encodeStrict } from '../strict-cbor.ts'

/**
 * What is said on `/chiral/swarm/1.0.0`, by two peers of whom at least one is inside a private
 * swarm. The stream is authenticated; that a peer id is who it says needs no proof here.
 */
export type SwarmMessage =
  /** First of each side. The tag shows that it knows the swarm, and names it to nobody who does not. */
  | { readonly type: 'hello'; readonly nonce: Bytes16; readonly tag: Bytes32 }
  /**
   * I am a member; the proof is of the newest secret I have, null without one. Which secret that is
   * goes unsaid: whoever has none must not learn from it that somebody was removed.
   */
  | { readonly type: 'member'; readonly proof: Bytes32 | null }
  /** I have an invite, and the link it came in. */
  | {
      readonly type: 'redeem'
      readonly token: AnyBytes
      readonly signature: AnyBytes
      readonly name: string | null
    }
  /** I have the key of the link. */
  | { readonly type: 'key'; readonly proof: Bytes32 }
  /** A step of the exchange about a passphrase. */
  | { readonly type: 'pake'; readonly step: AnyBytes }
  /** You are let in. */
  | { readonly type: 'welcome' }
  /** What nothing in my log builds on; none when I do not show it yet. */
  | { readonly type: 'have'; readonly heads: readonly Bytes32[] }
  | { readonly type: 'entries'; readonly entries: readonly AnyBytes[] }
  | { readonly type: 'attested'; readonly attestation: AnyBytes }
  | { readonly type: 'secret'; readonly epoch: Bytes32; readonly secret: Bytes32 }
  /** All that I show you for now. */
  | { readonly type: 'done' }
  /** All that I show you, and whether I let you in. */
  | { readonly type: 'end'; readonly admits: boolean }
  | { readonly type: 'refuse'; readonly reason: SwarmRefusal }
  | { readonly type: 'close' }

type AnyBytes = Uint8Array<ArrayBuffer>
type Bytes16 = Uint8Array<ArrayBuffer>
type Bytes32 = Uint8Array<ArrayBuffer>

export type SwarmRefusal = (typeof REFUSALS)[number]

const REFUSALS = [
  /** No swarm that you and I know of, or none that you may know of. */
  'unknown',
  /** Not now; ask again. */
  'later',
  'malformed',
  /** The invite: over, used up, taken back, meant for another, or not by one who may invite. */
  'expired',
  'used',
  'revoked',
  'bound',
  /** I cannot let anybody in; an admin can. */
  'not-admin',
  /** You were removed. */
  'removed',
  /** The key, or the passphrase, is another one. */
  'wrong',
] as const

export const NONCE_LENGTH: Bytes = 16
/** Signed things are small; this is what a frame of the overlay may have. */
const MAX_FRAME: Bytes = 16 * KIB
/** Entries of one message, so that a frame stays below its limit. */
export const ENTRIES_AT_ONCE = 12
/** A whole log, twice. */
const MAX_HEARD: Bytes = 8 * MIB
const MAX_ENTRY: Bytes = 2 * KIB
const MAX_HEADS = 64

const sized = (length: Bytes) =>
  v.pipe(
    v.instance(Uint8Array),
    v.check((bytes) => bytes.length === length),
    v.transform((bytes) => new Uint8Array(bytes)),
  )
const upTo = (length: Bytes) =>
  v.pipe(
    v.instance(Uint8Array),
    v.check((bytes) => bytes.length > 0 && bytes.length <= length),
    v.transform((bytes) => new Uint8Array(bytes)),
  )
const hash = sized(32)

const message = v.variant('type', [
  v.strictObject({ type: v.literal('hello'), nonce: sized(NONCE_LENGTH), tag: hash }),
  v.strictObject({ type: v.literal('member'), proof: v.nullable(hash) }),
  v.strictObject({
    type: v.literal('redeem'),
    token: upTo(4 * KIB),
    signature: sized(64),
    name: v.nullable(v.pipe(v.string(), v.maxLength(64))),
  }),
  v.strictObject({ type: v.literal('key'), proof: hash }),
  v.strictObject({ type: v.literal('pake'), step: upTo(KIB) }),
  v.strictObject({ type: v.literal('welcome') }),
  v.strictObject({ type: v.literal('have'), heads: v.pipe(v.array(hash), v.maxLength(MAX_HEADS)) }),
  v.strictObject({
    type: v.literal('entries'),
    entries: v.pipe(v.array(upTo(MAX_ENTRY)), v.minLength(1), v.maxLength(ENTRIES_AT_ONCE)),
  }),
  v.strictObject({ type: v.literal('attested'), attestation: upTo(4 * KIB) }),
  v.strictObject({ type: v.literal('secret'), epoch: hash, secret: hash }),
  v.strictObject({ type: v.literal('done') }),
  v.strictObject({ type: v.literal('end'), admits: v.boolean() }),
  v.strictObject({ type: v.literal('refuse'), reason: v.picklist(REFUSALS) }),
  v.strictObject({ type: v.literal('close') }),
])

/** What a frame says; null when it says nothing we know. */
export function readSwarmMessage(bytes: Uint8Array): SwarmMessage | null {
  const parsed = v.safeParse(message, decodeStrict(bytes, MAX_FRAME))
  return parsed.success ? parsed.output : null
}

export const SWARM_LANGUAGE: Language<SwarmMessage> = {
  read: readSwarmMessage,
  write: (said) => frame(encodeStrict(said)),
  maxFrame: MAX_FRAME,
  maxHeard: MAX_HEARD,
  malformed: { type: 'refuse', reason: 'malformed' },
  close: { type: 'close' },
}
