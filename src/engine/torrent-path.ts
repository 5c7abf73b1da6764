/**
 * What a path inside a torrent may be, when read and when made. Only what is dangerous or has no
 * meaning is refused; names that are merely awkward somewhere (`:`, a trailing dot, two names
 * that differ by case) are legal on the maker's system and are changed by `file-names.ts` when
 * something is saved.
 */
export type PathProblem = 'path' | 'duplicate-path'

/** As on Linux (`PATH_MAX`): a longer path cannot be saved. In UTF-16 units. */
export const MAX_PATH_LENGTH = 4096
export const MAX_PATH_PARTS = 128

/** Devices of Windows, with any extension and any blanks before it. */
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$) *(?:\.|$)/i
const DRIVE = /^[a-z]:$/i

/** One name of a path: not empty, not a step elsewhere, no separator, no device of Windows. */
export function isPathPart(part: string): boolean {
  return (
    part !== '' &&
    part !== '.' &&
    part !== '..' &&
    !part.includes('/') &&
    !part.includes('\\') &&
    !part.includes('\0') &&
    !DRIVE.test(part) &&
    !isWindowsDevice(part)
  )
}

export function isWindowsDevice(part: string): boolean {
  return WINDOWS_DEVICE.test(part)
}

/** Whether the parts make a path that stays inside its folder. */
export function isPath(parts: readonly string[]): boolean {
  if (parts.length === 0 || parts.length > MAX_PATH_PARTS) return false
  if (parts.reduce((sum, part) => sum + part.length + 1, -1) > MAX_PATH_LENGTH) return false
  return parts.every(isPathPart)
}

/** Whether two files have one path, or one is a folder on the way to another. O(n log n). */
export function haveClash(paths: readonly (readonly string[])[]): boolean {
  // No part holds a NUL, and nothing sorts before it: a folder's files follow its name at once.
  const sorted = paths.map((parts) => parts.join('\0')).sort()
  return sorted.some((path, index) => {
    const next = sorted[index + 1]
    return next !== undefined && (next === path || next.startsWith(`${path}\0`))
  })
}
