import type { ErrorIn } from '../model/errors.ts'
import { GIB, SECOND, type Bytes, type Millis } from '../model/units.ts'

/** Bytes in use and bytes the browser grants in all. */
export interface Room {
  readonly usedBytes: Bytes
  readonly quotaBytes: Bytes
}

/**
 * After this long a torrent that had no room tries all the same. Chromium's estimate does not move
 * when the disk, or a quota, has more to give.
 */
export const TRY_AGAIN: Millis = 20 * SECOND

/**
 * What Chromium names as free when it does not say what the disk has: always this much beyond what
 * is in use (its profiles with a limited quota, as in tests and some windows).
 */
const FIXED_ALLOWANCE: Bytes = 10 * GIB

/** Bytes that fit, or null where the browser's number says nothing about it. */
export function freeBytes({ usedBytes, quotaBytes }: Room): Bytes | null {
  const free = Math.max(0, quotaBytes - usedBytes)
  return quotaBytes === 0 || free === FIXED_ALLOWANCE ? null : free
}

/** Why a download of `needed` bytes would not fit beside what others still need; null when it may. */
export function shortage(
  room: Room,
  needed: Bytes,
  promised: Bytes,
): Extract<ErrorIn<'storage'>, { kind: 'storage/full' }> | null {
  const free = freeBytes(room)
  if (free === null || needed + promised <= free) return null
  return { kind: 'storage/full', needed, available: Math.max(0, free - promised) }
}

/** Since it was full: whether somebody made room for `step` bytes at least. */
export function hasMoreRoom(before: Room, now: Room, step: Bytes): boolean {
  const [freeBefore, free] = [freeBytes(before), freeBytes(now)]
  if (freeBefore !== null && free !== null) return free >= freeBefore + step
  return now.usedBytes + step <= before.usedBytes
}
