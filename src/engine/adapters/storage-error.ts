import { toCause, type ErrorIn } from '../model/errors.ts'
import type { Bytes } from '../model/units.ts'

/**
 * What a browser threw while it was to store something. `needed` is the length of what was to be
 * written, 0 where nothing was.
 */
export async function storageError(thrown: unknown, needed: Bytes): Promise<ErrorIn<'storage'>> {
  const name = nameOf(thrown)
  if (FULL.has(name)) return storageFull(needed)
  if (name === 'NoModificationAllowedError') return { kind: 'storage/locked' }
  if (name === 'SecurityError') return { kind: 'storage/unsupported' }
  if (name === 'VersionError') return { kind: 'storage/newer' } // only databases have one
  return { kind: 'storage/io', cause: toCause(thrown) }
}

/**
 * No room for `needed` bytes. Chromium's estimate names a fixed allowance rather than what is left
 * (usage + 10 GiB, whatever the disk says): where it contradicts the refusal, nothing is left.
 */
export async function storageFull(needed: Bytes): Promise<ErrorIn<'storage'>> {
  const { usedBytes, quotaBytes } = await estimateStorage()
  const left = Math.max(0, quotaBytes - usedBytes)
  return { kind: 'storage/full', needed, available: left < needed ? left : 0 }
}

/** Bytes of this origin in use, and in all; zeros where the browser does not say. */
export async function estimateStorage(): Promise<{
  readonly usedBytes: Bytes
  readonly quotaBytes: Bytes
}> {
  try {
    const { usage = 0, quota = 0 } = await navigator.storage.estimate()
    return { usedBytes: usage, quotaBytes: quota }
  } catch {
    return { usedBytes: 0, quotaBytes: 0 }
  }
}

/** True when the browser said that the entry it was asked for does not exist. */
export function isNotFound(thrown: unknown): boolean {
  return nameOf(thrown) === 'NotFoundError'
}

/** Firefox's own exceptions have a name without being an `Error`. */
function nameOf(thrown: unknown): string {
  const named = typeof thrown === 'object' && thrown !== null && 'name' in thrown
  return named ? String(thrown.name) : ''
}

/** The quota or the disk itself is used up; the `NS_…` names are Firefox's. */
const FULL: ReadonlySet<string> = new Set([
  'QuotaExceededError',
  'NS_ERROR_DOM_QUOTA_REACHED',
  'NS_ERROR_DOM_QUOTA_EXCEEDED_ERR',
  'NS_ERROR_DOM_FILE_QUOTA_EXCEEDED_ERR',
  'NS_ERROR_FILE_NO_DEVICE_SPACE',
  'NS_ERROR_FILE_DISK_FULL',
])
