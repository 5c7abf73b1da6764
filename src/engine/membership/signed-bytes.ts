import { equalBytes } from '@noble/curves/utils.js'
import { joined } from '../keyed/length-value.ts'
import { decodeStrict, encodeStrict } from '../strict-cbor.ts'
import type { Bytes } from '../model/units.ts'
import type { PeerId } from '../model/ids.ts'
import { SIGNATURE_LENGTH, verify, type Signer } from './peer-keys.ts'

/**
 * Strict CBOR and, behind it, 64 bytes of signature over the kind's label and that CBOR: no
 * signature for one kind can be shown as one for another.
 */
export interface SignedKind {
  readonly label: string
  /** With the signature. */
  readonly maxLength: Bytes
}

/** Facts whose signature was checked. */
export type Signed<Facts> = Facts & { readonly [signed]: true }
declare const signed: unique symbol

/** The bytes of a body, signed. */
export async function signBody(
  kind: SignedKind,
  signer: Signer,
  body: unknown,
): Promise<Uint8Array<ArrayBuffer>> {
  const encoded = encodeStrict(body)
  const signature = await signer.sign(labelled(kind, encoded))
  return joined([encoded, signature])
}

/**
 * What foreign bytes hold, whoever signed them; `undefined` unless they are short enough and the
 * one spelling of what they say.
 */
export function bodyOf(kind: SignedKind, bytes: Uint8Array): unknown {
  if (bytes.length > kind.maxLength || bytes.length <= SIGNATURE_LENGTH) return undefined
  return decodeCanonical(bytes.subarray(0, -SIGNATURE_LENGTH), kind.maxLength)
}

/** Whether this peer signed what `bodyOf` read. */
export function isSignedBy(kind: SignedKind, peer: PeerId, bytes: Uint8Array): Promise<boolean> {
  const encoded = bytes.subarray(0, -SIGNATURE_LENGTH)
  return verify(peer, labelled(kind, encoded), bytes.subarray(-SIGNATURE_LENGTH))
}

/** What foreign bytes say if they are the spelling that `encodeStrict` would give; else `undefined`. */
export function decodeCanonical(bytes: Uint8Array, maxLength: Bytes): unknown {
  const value = decodeStrict(bytes, maxLength)
  if (value === undefined) return undefined
  return equalBytes(encodeStrict(value), bytes) ? value : undefined
}

function labelled(kind: SignedKind, encoded: Uint8Array): Uint8Array<ArrayBuffer> {
  return joined([new TextEncoder().encode(kind.label), encoded])
}
