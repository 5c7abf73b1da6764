import { decode, encode } from 'cborg'
import type { Bytes } from './model/units.ts'

/**
 * CBOR as strict as it gets (RFC 8949 §4.2, core deterministic encoding): no tags, no indefinite
 * lengths, no floats that are not numbers, no `undefined`, no big integers, each key once.
 */
export const STRICT_CBOR = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
} as const

/** What foreign bytes say; `undefined` when they are too long or not CBOR of this kind. */
export function decodeStrict(bytes: Uint8Array, maxLength: Bytes): unknown {
  if (bytes.length > maxLength) return undefined
  try {
    const value: unknown = decode(bytes, STRICT_CBOR)
    return value
  } catch {
    return undefined
  }
}

/** The bytes are a buffer of their own. */
export function encodeStrict(value: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encode(value))
}
