import { equalBytes } from '@noble/curves/utils.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { lengthValue } from '../keyed/length-value.ts'
import { bytesOfHex, type InfoHash, type PeerId, type SwarmId } from '../model/ids.ts'
import type { Bytes } from '../model/units.ts'
import type { EntryHash } from './log-entry.ts'
import { publicKeyOf } from './peer-keys.ts'

/** Of a secret, drawn at random for each epoch: an old one says nothing of a later one. */
export const SECRET_LENGTH: Bytes = 32

/** What the log says of a secret, so that all know which is meant and nobody can guess it. */
export function commitmentOf(secret: Uint8Array): Uint8Array<ArrayBuffer> {
  const label = new TextEncoder().encode('chiral-secret/1')
  return new Uint8Array(sha256.create().update(label).update(secret).digest())
}

/** Whether this is the secret that was committed to. */
export function isSecretOf(commitment: Uint8Array, secret: Uint8Array): boolean {
  return secret.length === SECRET_LENGTH && equalBytes(commitmentOf(secret), commitment)
}

/** Under what members find each other in the DHT. Whoever has no secret of the epoch cannot compute it. */
export function lookupKey(
  secret: Uint8Array,
  infoHash: InfoHash,
  epoch: EntryHash,
): Uint8Array<ArrayBuffer> {
  const mac = hmac.create(sha256, secret)
  return new Uint8Array(mac.update(bytesOfHex(infoHash)).update(bytesOfHex(epoch)).digest())
}

/** What a proof is bound to: to be of use nowhere else, to nobody else, at no other time. */
export interface ProofContext {
  /** Who proves: each side's proof differs, so that none can be sent back. */
  readonly role: 'dialler' | 'listener'
  readonly swarm: SwarmId
  /** As the connection authenticated them. */
  readonly dialler: PeerId
  readonly listener: PeerId
  /** Fresh, of each side. */
  readonly diallerNonce: Uint8Array
  readonly listenerNonce: Uint8Array
}

/** Proves that we have the secret, without telling it. 32 bytes. */
export function proofOf(secret: Uint8Array, context: ProofContext): Uint8Array<ArrayBuffer> {
  const said = lengthValue(
    'chiral-proof/1',
    context.role,
    bytesOfHex(context.swarm),
    publicKeyOf(context.dialler),
    publicKeyOf(context.listener),
    context.diallerNonce,
    context.listenerNonce,
  )
  return new Uint8Array(hmac(sha256, secret, said))
}

/** Whether a proof is that of somebody who has the secret. */
export function isProof(secret: Uint8Array, context: ProofContext, proof: Uint8Array): boolean {
  return equalBytes(proofOf(secret, context), proof)
}
