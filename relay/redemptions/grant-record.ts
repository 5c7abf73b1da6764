import { createHash } from 'node:crypto'
import type { Claim } from './use-counters.ts'

/**
 * A granted claim as 80 bytes: token 32, claim 32, uses 2, expires 6, and the first 8 bytes of the
 * SHA-256 of all that. Each stands for itself, in any order, so that one that was not written whole
 * takes no other along.
 */
export const RECORD_BYTES = 80

const CHECKED_BYTES = 72

export function encodeGrant(claim: Claim): Buffer {
  const record = Buffer.alloc(RECORD_BYTES)
  record.write(claim.token, 0, 'hex')
  record.write(claim.claim, 32, 'hex')
  record.writeUInt16BE(claim.uses, 64)
  record.writeUIntBE(claim.expires, 66, 6)
  checksumOf(record).copy(record, CHECKED_BYTES)
  return record
}

/** `null` when the bytes are not what was written. */
export function decodeGrant(record: Buffer): Claim | null {
  if (record.length !== RECORD_BYTES) return null
  if (!checksumOf(record).equals(record.subarray(CHECKED_BYTES))) return null
  return {
    token: record.toString('hex', 0, 32),
    claim: record.toString('hex', 32, 64),
    uses: record.readUInt16BE(64),
    expires: record.readUIntBE(66, 6),
  }
}

function checksumOf(record: Buffer): Buffer {
  return createHash('sha256').update(record.subarray(0, CHECKED_BYTES)).digest().subarray(0, 8)
}
