import * as v from 'valibot'
import { bytesOfHex, type PeerId, type SwarmId } from '../model/ids.ts'
import { HOUR, KIB, MINUTE, type Millis, type Timestamp } from '../model/units.ts'
import { hashesField, peerField, swarmField, timeField } from './foreign-fields.ts'
import type { EntryHash } from './log-entry.ts'
import { publicKeyOf, type Signer } from './peer-keys.ts'
import { bodyOf, isSignedBy, signBody, type Signed, type SignedKind } from './signed-bytes.ts'

/**
 * "These were the heads of the log at that time": the word of an admin that nothing it knew of is
 * held back. Whoever shows an old log has no young word for it.
 */
export type Attestation = Signed<AttestationFacts>

export interface AttestationFacts {
  /** As on the wire. Nobody may change them. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly swarm: SwarmId
  readonly author: PeerId
  /** In rising order, at least one. */
  readonly heads: readonly EntryHash[]
  readonly at: Timestamp
}

/** An older word says nothing about what was removed since. */
export const ATTESTATION_AGE: Millis = 24 * HOUR
/** How far another's clock may be ahead of ours. */
export const CLOCK_TOLERANCE: Millis = 5 * MINUTE
/** More branches than that are never open at once among people who talk. */
export const MAX_HEADS = 64

const ATTESTATION: SignedKind = { label: 'chiral-attest/1', maxLength: 4 * KIB }

const body = v.strictObject({
  v: v.literal(1),
  swarm: swarmField,
  author: peerField,
  heads: v.pipe(hashesField(MAX_HEADS), v.minLength(1)),
  at: timeField,
})

/** Signs what the log is now: `heads` are `MembershipLog.heads()`. */
export async function writeAttestation(
  signer: Signer,
  said: Pick<Attestation, 'swarm' | 'heads' | 'at'>,
): Promise<Attestation> {
  const bytes = await signBody(ATTESTATION, signer, {
    v: 1,
    swarm: bytesOfHex(said.swarm),
    author: publicKeyOf(signer.self),
    heads: said.heads.toSorted().map(bytesOfHex),
    at: said.at,
  })
  const attestation = readStoredAttestation(bytes)
  if (attestation === null) throw new Error('an attestation that nobody would read')
  return attestation
}

/** Foreign bytes as an attestation; null when they are none, or not signed by whom they name. */
export async function readAttestation(bytes: Uint8Array): Promise<Attestation | null> {
  const read = readStoredAttestation(bytes)
  return read !== null && (await isSignedBy(ATTESTATION, read.author, read.bytes)) ? read : null
}

/** Bytes of our own store: the signature was checked before they got there. */
export function readStoredAttestation(bytes: Uint8Array): Attestation | null {
  const parsed = v.safeParse(body, bodyOf(ATTESTATION, bytes))
  if (!parsed.success) return null
  const { swarm, author, heads, at } = parsed.output
  const facts: AttestationFacts = {
    bytes: new Uint8Array(bytes),
    swarm,
    author,
    heads: heads as EntryHash[], // hex of 32 bytes each
    at,
  }
  return facts as Attestation // signed: the caller's word
}

/** Whether it is young enough to be believed now. */
export function isFresh(attestation: Attestation, now: Timestamp): boolean {
  return attestation.at >= now - ATTESTATION_AGE && attestation.at <= now + CLOCK_TOLERANCE
}
