import { equalBytes } from '@noble/curves/utils.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesOfHex, type InfoHash, type PeerId, type SwarmId } from '../model/ids.ts'
import type { Bytes } from '../model/units.ts'
import { lengthValue } from './length-value.ts'

/** Of a key in a link: 128 random bits, which nobody guesses. */
export const LINK_KEY_LENGTH: Bytes = 16

/** Who proves what to whom. Both sides fill it in from what they know, not from what they are told. */
export interface PossessionFacts {
  readonly swarm: SwarmId
  /** Which side of the stream proves. */
  readonly role: 'asking' | 'answering'
  /** Whom Noise showed at the side that asks, and at the one that answers. */
  readonly asking: PeerId
  readonly answering: PeerId
  /** Fresh ones of both sides. */
  readonly nonces: { readonly asking: Uint8Array; readonly answering: Uint8Array }
}

const PROTOCOL = 'chiral-keyed/1'

/**
 * Shows that this side holds the key of the link, without saying it: 32 bytes that mean something
 * between these two peers, in this direction, with these nonces, and nowhere else. They can be
 * tried against keys offline, which is why a key is random, and a passphrase goes another way.
 */
export function provePossession(key: Uint8Array, facts: PossessionFacts): Uint8Array<ArrayBuffer> {
  const { swarm, role, asking, answering, nonces } = facts
  const said = lengthValue(
    PROTOCOL,
    role,
    swarm,
    asking,
    answering,
    nonces.asking,
    nonces.answering,
  )
  return new Uint8Array(hmac(sha256, derived(key, 'proof'), said))
}

/** Whether foreign bytes are that proof; in constant time. */
export function checkPossession(
  key: Uint8Array,
  facts: PossessionFacts,
  proof: Uint8Array,
): boolean {
  return equalBytes(provePossession(key, facts), proof)
}

/**
 * Under what those who hold the key look for each other: 32 bytes that tell neither the key nor the
 * info hash. Never for a key that was made of a passphrase: whoever sees it can try them all. There the
 * 32 bytes of the swarm's id stand in its place, so that whoever has the link can look.
 */
export function keyLookupKey(key: Uint8Array, infoHash: InfoHash): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hmac(sha256, derived(key, 'lookup'), bytesOfHex(infoHash)))
}

function derived(key: Uint8Array, use: 'proof' | 'lookup'): Uint8Array {
  if (key.length < LINK_KEY_LENGTH) throw new Error('a key has at least 16 bytes')
  return hkdf(sha256, key, new TextEncoder().encode(PROTOCOL), new TextEncoder().encode(use), 32)
}
