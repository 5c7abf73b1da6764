import { isWindowsDevice } from './torrent-path.ts'

/** What every file system of today takes for one name (ext4, APFS, NTFS), in UTF-8 bytes. */
export const MAX_NAME_BYTES = 255
/** A longer ending is no extension, and is cut like the rest of the name. */
const MAX_EXTENSION_BYTES = 32

/**
 * Paths under which files can be saved on Windows, macOS and Linux, one for each given path, in
 * order. Folders stay folders. Every part is at most `MAX_NAME_BYTES`, has no character that is
 * forbidden or that hides what follows (controls, bidi overrides), and is no device or
 * step out of the folder; no two paths, and no file and folder, are one to a file system that
 * ignores case or the form of accents. Paths that are so already come back unchanged.
 */
export function safeFilePaths(paths: readonly string[]): string[] {
  const root = makeFolder()
  return paths.map((path) => {
    const parts = path.split('/')
    const name = parts.pop()!
    const safe: string[] = []
    let folder = root
    for (const part of parts) {
      const child = folder.enter(part)
      safe.push(child.name)
      folder = child.folder
    }
    safe.push(folder.take(name))
    return safe.join('/')
  })
}

/** One name that can be saved everywhere; `safeFileName(safeFileName(x))` is `safeFileName(x)`. */
export function safeFileName(name: string): string {
  // Each step can undo another (a cut leaves a blank at the end), so they run until none does.
  for (let now = name; ;) {
    const next = cutName(unreserved(trimmed(replaced(now))), '')
    if (next === now) return next
    now = next
  }
}

interface Folder {
  /** A safe name that nothing in this folder has yet. */
  take(name: string): string
  /** The folder of this original name, made on first use. */
  enter(name: string): { readonly name: string; readonly folder: Folder }
}

function makeFolder(): Folder {
  const taken = new Set<string>()
  const nextNumber = new Map<string, number>()
  const folders = new Map<string, { readonly name: string; readonly folder: Folder }>()

  const take = (name: string): string => {
    const safe = safeFileName(name)
    const key = sameNameKey(safe)
    let candidate = safe
    let number = nextNumber.get(key) ?? 2
    while (taken.has(sameNameKey(candidate))) candidate = cutName(safe, ` (${number++})`)
    nextNumber.set(key, number)
    taken.add(sameNameKey(candidate))
    return candidate
  }

  return {
    take,
    enter(name) {
      let entered = folders.get(name)
      if (entered === undefined) {
        entered = { name: take(name), folder: makeFolder() }
        folders.set(name, entered)
      }
      return entered
    },
  }
}

/** Equal for names that some file system takes for one; a few more are equal than need be. */
function sameNameKey(name: string): string {
  return name.normalize('NFC').toLowerCase().toUpperCase().normalize('NFC')
}

/**
 * What Windows forbids, controls (C0, C1), marks that turn the direction of text around or hide
 * (`exe.gpj` read backwards), separators of lines, and non-characters. Joiners stay: emoji and
 * Persian need them.
 */
const FORBIDDEN =
  /[\u0000-\u001f\u007f-\u009f<>:"/\\|?*\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]/g

function replaced(name: string): string {
  return name.toWellFormed().normalize('NFC').replace(FORBIDDEN, '_').normalize('NFC')
}

/** Windows drops dots and blanks at the end; blanks in front mislead everywhere. */
function trimmed(name: string): string {
  let end = name.length
  // Not a pattern: one that is anchored at the end is quadratic in a long run of blanks.
  while (end > 0 && (name[end - 1] === '.' || name[end - 1]!.trim() === '')) end--
  return name.slice(0, end).trimStart() || '_'
}

function unreserved(name: string): string {
  return isWindowsDevice(name) ? `_${name}` : name
}

/** Puts `suffix` before the extension and cuts what is before it, so that all fits. */
function cutName(name: string, suffix: string): string {
  const dot = name.lastIndexOf('.')
  const ending = dot > 0 ? name.slice(dot) : ''
  const extension = byteLength(ending) <= MAX_EXTENSION_BYTES ? ending : ''
  const stem = name.slice(0, name.length - extension.length)
  return cutBytes(stem, MAX_NAME_BYTES - byteLength(suffix + extension)) + suffix + extension
}

const utf8 = new TextEncoder()
const byteLength = (text: string) => utf8.encode(text).length

/** The longest start of `text` that is at most `maxBytes` of UTF-8. */
function cutBytes(text: string, maxBytes: number): string {
  const { read } = utf8.encodeInto(text, new Uint8Array(maxBytes))
  return text.slice(0, read)
}
