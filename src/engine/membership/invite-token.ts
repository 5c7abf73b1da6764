import { sha256 } from '@noble/hashes/sha2.js'
import * as v from 'valibot'
import { lengthValue } from '../keyed/length-value.ts'
import type { ErrorIn, InviteProblem } from '../model/errors.ts'
import { bytesOfHex, hexOf, type InfoHash, type PeerId, type SwarmId } from '../model/ids.ts'
import { err, ok, type Result } from '../model/result.ts'
import { HOUR, KIB, type Bytes, type Millis, type Timestamp } from '../model/units.ts'
import { parseRelayAddress } from '../overlay/relay-address.ts'
import { CLOCK_TOLERANCE } from './attestation.ts'
import {
  bytesField,
  countField,
  infoHashField,
  nameField,
  peerField,
  swarmField,
  timeField,
} from './foreign-fields.ts'
import { KEY_LENGTH, publicKeyOf, type Signer } from './peer-keys.ts'
import { MAX_MEMBER_NAME } from './plain-name.ts'
import { bodyOf, isSignedBy, signBody, type Signed, type SignedKind } from './signed-bytes.ts'

/** What an invite says of itself. */
export interface TokenBody {
  readonly swarm: SwarmId
  readonly infoHash: InfoHash
  /** `TOKEN_NONCE_LENGTH` random bytes: no two tokens are one. */
  readonly nonce: Uint8Array
  /** Public half of the key whose seed is in the link beside the token (`redemption.ts`). */
  readonly key: Uint8Array
  /** Admins who can let in, besides the issuer; at most `MAX_ASK`. */
  readonly ask: readonly PeerId[]
  readonly notBefore: Timestamp
  /** At most `MAX_INVITE_AGE` later. */
  readonly expiresAt: Timestamp
  /** 1 to `MAX_USES`. */
  readonly uses: number
  /** The one peer that may use it. */
  readonly bound: PeerId | null
  /** Where admins can be met, as `parseRelayAddress` reads it; at most `MAX_RELAYS`. */
  readonly relays: readonly string[]
  /** The one place that counts the uses. */
  readonly counter: 'relay' | 'issuer'
  /** Of the torrent; foreign text once it is read. */
  readonly name: string
  readonly bytes: Bytes
  /** What the issuer is called. */
  readonly from: string | null
}

/** A token whose issuer signed it. That the issuer may admit is for the log to say. */
export type InviteToken = Signed<TokenFacts>

export interface TokenFacts extends TokenBody {
  readonly issuer: PeerId
  /** As in the link and on the wire. Nobody may change them. */
  readonly encoded: Uint8Array<ArrayBuffer>
}

export const TOKEN_NONCE_LENGTH: Bytes = 16
export const MAX_ASK = 4
export const MAX_RELAYS = 3
export const MAX_RELAY_LENGTH = 256
export const MAX_USES = 1000
export const MAX_INVITE_AGE: Millis = 30 * 24 * HOUR
export const DEFAULT_INVITE_AGE: Millis = 72 * HOUR
export const MAX_TORRENT_NAME = 120

const TOKEN: SignedKind = { label: 'chiral-invite/1', maxLength: 2 * KIB }
const VERSION = 1

/** Signs an invite; `input/invite` `options` when nobody would read it. */
export async function writeToken(
  signer: Signer,
  body: TokenBody,
): Promise<Result<InviteToken, ErrorIn<'input'>>> {
  // A list, not a map: the names of the fields would make the QR code a third larger.
  const encoded = await signBody(TOKEN, signer, [
    VERSION,
    bytesOfHex(body.swarm),
    bytesOfHex(body.infoHash),
    body.nonce,
    publicKeyOf(signer.self),
    body.key,
    body.ask.map(publicKeyOf),
    body.notBefore,
    body.expiresAt,
    body.uses,
    body.bound && publicKeyOf(body.bound),
    body.relays,
    body.counter,
    body.name,
    body.bytes,
    body.from,
  ])
  const token = parseToken(encoded)
  return token === null ? problem('options') : ok(token)
}

/** Foreign bytes as an invite: `newer`, `format` or `signature` when they are none to us. */
export async function readToken(bytes: Uint8Array): Promise<Result<InviteToken, ErrorIn<'input'>>> {
  const token = parseToken(bytes)
  if (token === null) return problem(isNewer(bytes) ? 'newer' : 'format')
  return (await isSignedBy(TOKEN, token.issuer, token.encoded)) ? ok(token) : problem('signature')
}

/**
 * What a token is counted, revoked and remembered by: 64 hex digits that tell nothing about it, and
 * that no other issuer can give a token of its own.
 */
export function tokenIdOf(token: InviteToken): string {
  return hexOf(
    sha256(
      lengthValue(
        'chiral-token/1',
        bytesOfHex(token.swarm),
        publicKeyOf(token.issuer),
        token.nonce,
      ),
    ),
  )
}

/** Why this peer may not use it now, as far as the token tells; null when it may. */
export function tokenProblem(
  token: InviteToken,
  candidate: PeerId,
  now: Timestamp,
): Extract<InviteProblem, 'bound' | 'not-yet' | 'expired'> | null {
  if (token.bound !== null && token.bound !== candidate) return 'bound'
  if (now < token.notBefore - CLOCK_TOLERANCE) return 'not-yet'
  return now >= token.expiresAt ? 'expired' : null
}

export const relaysField = v.pipe(
  v.array(
    v.pipe(
      v.string(),
      v.maxLength(MAX_RELAY_LENGTH),
      v.check((text) => parseRelayAddress(text) !== null),
    ),
  ),
  v.maxLength(MAX_RELAYS),
)

const body = v.pipe(
  v.strictTuple([
    v.literal(VERSION),
    swarmField,
    infoHashField,
    bytesField(TOKEN_NONCE_LENGTH),
    peerField,
    bytesField(KEY_LENGTH),
    v.pipe(v.array(peerField), v.maxLength(MAX_ASK)),
    timeField,
    timeField,
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_USES)),
    v.nullable(peerField),
    relaysField,
    v.picklist(['relay', 'issuer']),
    nameField(MAX_TORRENT_NAME),
    countField,
    v.nullable(nameField(MAX_MEMBER_NAME)),
  ]),
  v.check((fields) => fields[8] > fields[7] && fields[8] - fields[7] <= MAX_INVITE_AGE),
)

function parseToken(bytes: Uint8Array): InviteToken | null {
  const parsed = v.safeParse(body, bodyOf(TOKEN, bytes))
  if (!parsed.success) return null
  const [, swarm, infoHash, nonce, issuer, key, ask, notBefore, expiresAt, uses] = parsed.output
  const [bound, relays, counter, name, length, from] = parsed.output.slice(10) as Tail
  const facts: TokenFacts = {
    ...{ swarm, infoHash, nonce, issuer, key, ask, notBefore, expiresAt, uses },
    ...{ bound, relays, counter, name, bytes: length, from },
    encoded: new Uint8Array(bytes),
  }
  return facts as InviteToken // signed: the caller's word
}

/** A slice of a tuple forgets what it was. */
type Tail = [
  bound: PeerId | null,
  relays: string[],
  counter: 'relay' | 'issuer',
  name: string,
  bytes: Bytes,
  from: string | null,
]

function isNewer(bytes: Uint8Array): boolean {
  const head = v.safeParse(v.looseTuple([countField]), bodyOf(TOKEN, bytes))
  return head.success && head.output[0] > VERSION
}

function problem(reason: InviteProblem): Result<never, ErrorIn<'input'>> {
  return err({ kind: 'input/invite', reason })
}
