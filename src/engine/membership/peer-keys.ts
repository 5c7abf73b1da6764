import { ed25519, ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { base58btc } from 'multiformats/bases/base58'
import { joined } from '../keyed/length-value.ts'
import { bytesOfHex, hexOf, isPeerId, type PeerId } from '../model/ids.ts'
import type { Bytes } from '../model/units.ts'

/** Signs as one identity. */
export interface Signer {
  readonly self: PeerId
  /** 64 bytes (RFC 8032 §5.1.6), of the caller. */
  sign(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>>
}

export const KEY_LENGTH: Bytes = 32
export const SIGNATURE_LENGTH: Bytes = 64

/** The Ed25519 key that 32 bytes stand for. The seed is copied. */
export async function makeSigner(seed: Uint8Array): Promise<Signer> {
  if (seed.length !== KEY_LENGTH) throw new Error('the seed of an Ed25519 key has 32 bytes')
  const secret = new Uint8Array(seed)
  const self = peerIdOfKey(ed25519.getPublicKey(secret))
  const key = await importSecret(secret)
  return {
    self,
    async sign(bytes) {
      if (key === null) return new Uint8Array(ed25519.sign(bytes, secret))
      return new Uint8Array(await crypto.subtle.sign('Ed25519', key, new Uint8Array(bytes)))
    },
  }
}

/**
 * Whether the owner of this id signed these bytes. The answer is the same everywhere, also for
 * signatures made to divide those who check them: no key and no first half of small order or in a
 * second spelling, and the equation without the cofactor, as Web Cryptography has it.
 */
export async function verify(
  peer: PeerId,
  bytes: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (signature.length !== SIGNATURE_LENGTH) return false
  const key = publicKeyOf(peer)
  if (!isSoundPoint(key) || !isSoundPoint(signature.subarray(0, KEY_LENGTH))) return false
  if (numberOf(signature.subarray(KEY_LENGTH)) >= ed25519.Point.Fn.ORDER) return false
  const imported = await importPublic(key)
  if (imported === null) return verifyWithNoble(key, bytes, signature)
  return crypto.subtle.verify('Ed25519', imported, new Uint8Array(signature), new Uint8Array(bytes))
}

/** The 32 bytes of the key that a peer id carries. */
export function publicKeyOf(peer: PeerId): Uint8Array<ArrayBuffer> {
  const bytes = base58btc.baseDecode(peer)
  return new Uint8Array(bytes.subarray(PEER_ID_PREFIX.length))
}

/** The peer id of a key: an identity multihash of its protobuf. Throws unless it has 32 bytes. */
export function peerIdOfKey(key: Uint8Array): PeerId {
  const text = base58btc.baseEncode(joined([PEER_ID_PREFIX, key]))
  if (!isPeerId(text)) throw new Error(`an Ed25519 key has 32 bytes, not ${key.length}`)
  return text
}

/** What `verify` does where the browser has no Ed25519 (Chromium before 137). */
function verifyWithNoble(key: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  const { Point } = ed25519
  const first = signature.subarray(0, KEY_LENGTH)
  try {
    const hashed = sha512.create().update(first).update(key).update(bytes).digest()
    const challenge = numberOf(hashed) % Point.Fn.ORDER
    const owner = Point.fromBytes(key)
    const expected = Point.BASE.multiplyUnsafe(numberOf(signature.subarray(KEY_LENGTH))).subtract(
      owner.multiplyUnsafe(challenge),
    )
    return hexOf(expected.toBytes()) === hexOf(first)
  } catch {
    return false // the key is no point of the curve
  }
}

/** Identity multihash (0x00) of 36 bytes: protobuf with key type 1, Ed25519, and the key. */
const PEER_ID_PREFIX = bytesOfHex('002408011220')
/** An Ed25519 key of PKCS #8 up to its 32 bytes (RFC 8410 §7). */
const PKCS8_PREFIX = bytesOfHex('302e020100300506032b657004220420')

async function importSecret(seed: Uint8Array): Promise<CryptoKey | null> {
  const bytes = joined([PKCS8_PREFIX, seed])
  try {
    return await crypto.subtle.importKey('pkcs8', bytes, 'Ed25519', false, ['sign'])
  } catch {
    return null
  } finally {
    bytes.fill(0)
  }
}

async function importPublic(key: Uint8Array<ArrayBuffer>): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify'])
  } catch {
    return null
  }
}

/** The field's modulus, 2^255 - 19. */
const MODULUS = ed25519.Point.Fp.ORDER
const SIGN_BIT = 1n << 255n
const SMALL_ORDER: ReadonlySet<bigint> = new Set(
  ED25519_TORSION_SUBGROUP.map((hex) => numberOf(bytesOfHex(hex)) & ~SIGN_BIT),
)

/** The one spelling of a point that is not of small order; that it is on the curve is seen later. */
function isSoundPoint(bytes: Uint8Array): boolean {
  const y = numberOf(bytes) & ~SIGN_BIT
  return y < MODULUS && !SMALL_ORDER.has(y)
}

/** Little-endian, as RFC 8032 has all its numbers. */
function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${hexOf(bytes.toReversed())}`)
}
