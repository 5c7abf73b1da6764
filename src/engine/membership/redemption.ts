import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { lengthValue } from '../keyed/length-value.ts'
import type { PeerId } from '../model/ids.ts'
import type { Bytes } from '../model/units.ts'
import type { InviteToken } from './invite-token.ts'
import { makeSigner, peerIdOfKey, publicKeyOf, verify, type Signer } from './peer-keys.ts'

/**
 * Whoever has an invite's link has its seed, and with it a key. The token names the key's public
 * half only, so that whoever is shown the token cannot use it.
 */
export const INVITE_SEED_LENGTH: Bytes = 16

/** The key of an invite's seed. */
export interface RedemptionKey {
  /** 32 bytes, for `TokenBody.key`. */
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly signer: Signer
}

/** On whose connection an invite is redeemed: a signature is worth nothing on another. */
export interface RedemptionContext {
  /** As the connection authenticated them. */
  readonly candidate: PeerId
  readonly asked: PeerId
  /** Fresh, of each side. */
  readonly candidateNonce: Uint8Array
  readonly askedNonce: Uint8Array
}

export async function redemptionKey(seed: Uint8Array): Promise<RedemptionKey> {
  if (seed.length !== INVITE_SEED_LENGTH) throw new Error('an invite has a seed of 16 bytes')
  const signer = await makeSigner(hmac(sha256, seed, new TextEncoder().encode('chiral-redeem/1')))
  return { publicKey: publicKeyOf(signer.self), signer }
}

/** Shows that the candidate has the link. 64 bytes. */
export async function signRedemption(
  seed: Uint8Array,
  token: InviteToken,
  context: RedemptionContext,
): Promise<Uint8Array<ArrayBuffer>> {
  const { signer } = await redemptionKey(seed)
  return signer.sign(redemptionOf(token, context))
}

/** Whether the candidate has the link of this token. Its time, bond and uses are asked elsewhere. */
export function checkRedemption(
  token: InviteToken,
  context: RedemptionContext,
  signature: Uint8Array,
): Promise<boolean> {
  return verify(peerIdOfKey(token.key), redemptionOf(token, context), signature)
}

/** The token's hash stands for all it says: swarm, issuer, uses. */
function redemptionOf(token: InviteToken, context: RedemptionContext): Uint8Array<ArrayBuffer> {
  return lengthValue(
    'chiral-redeem/1',
    sha256(token.encoded),
    publicKeyOf(context.candidate),
    publicKeyOf(context.asked),
    context.candidateNonce,
    context.askedNonce,
  )
}
