import type { SeedFile } from '../../engine/model/torrent.ts'

/** More files than this make a `.torrent` no client opens with ease. */
export const MOST_FILES = 50_000
/** Deeper folders than this are a loop, or a mistake. */
const DEEPEST = 64

/** What operating systems leave behind in folders; nobody means to share it. */
const LITTER: ReadonlySet<string> = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini'])

export type PickedHandle = FileSystemFileHandle | FileSystemDirectoryHandle

/** What was dropped or pasted, taken out of the event before it goes stale. */
export interface Dropped {
  /** What can be read again after a reload (File System Access); null where a browser gives none. */
  readonly handles: Promise<readonly PickedHandle[] | null>
  readonly entries: readonly FileSystemEntry[]
  readonly files: readonly File[]
  /** A link, or text; empty when there is none. */
  readonly text: string
}

/** Must run inside the event: a `DataTransfer` is empty afterwards (HTML, "protected mode"). */
export function takeDropped(transfer: DataTransfer): Dropped {
  const items = [...transfer.items].filter((item) => item.kind === 'file')
  const handles = handlesOf(items)
  const entries = items.flatMap((item) => item.webkitGetAsEntry() ?? [])
  const text = transfer.getData('text/uri-list') || transfer.getData('text/plain')
  return {
    handles,
    entries,
    // An item without an entry (a pasted picture) is a file all the same.
    files: entries.length === 0 ? [...transfer.files] : [],
    text: firstLine(text),
  }
}

/** The files of what was dropped, folders walked. Null when there are more than `MOST_FILES`. */
export async function filesOfDropped(dropped: Dropped): Promise<readonly SeedFile[] | null> {
  const handles = await dropped.handles
  if (handles !== null) return filesOfHandles(handles)
  const found: SeedFile[] = dropped.files.map((file) => ({ path: file.name, file }))
  for (const entry of dropped.entries) {
    if (!(await walk(entry, '', 0, found))) return null
  }
  return found
}

/** The files of a picker; one for folders keeps the tree in `webkitRelativePath`. */
export function filesOfPicker(files: Iterable<File>): readonly SeedFile[] {
  return [...files]
    .filter((file) => !LITTER.has(file.name))
    .map((file) => ({ path: file.webkitRelativePath || file.name, file }))
}

/** The files of what was picked, folders walked. Null when there are more than `MOST_FILES`. */
export async function filesOfHandles(
  handles: readonly PickedHandle[],
): Promise<readonly SeedFile[] | null> {
  const found: SeedFile[] = []
  for (const handle of handles) {
    if (!(await walkHandle(handle, handle, '', 0, found))) return null
  }
  return found
}

/** A `.torrent` asks for a preview; every other file is there to be shared. */
export function isTorrentFile(file: File): boolean {
  return file.type === 'application/x-bittorrent' || /\.torrent$/i.test(file.name)
}

/**
 * Null where there are none, and where the browser keeps one back (a folder of the system): then
 * all are read as entries, and copied.
 */
async function handlesOf(
  items: readonly DataTransferItem[],
): Promise<readonly PickedHandle[] | null> {
  // Asked of all in this task: the items are void after it.
  const asked = items.map(async (item) => {
    // TypeScript's DOM library does not have the WICG draft.
    const { getAsFileSystemHandle } = item as {
      getAsFileSystemHandle?: () => Promise<PickedHandle | null>
    }
    return getAsFileSystemHandle?.call(item).catch(() => null) ?? null
  })
  const handles = (await Promise.all(asked)).filter((handle) => handle !== null)
  return handles.length === items.length && items.length > 0 ? handles : null
}

async function walkHandle(
  handle: PickedHandle,
  root: PickedHandle,
  folder: string,
  depth: number,
  found: SeedFile[],
): Promise<boolean> {
  if (LITTER.has(handle.name)) return true
  if (found.length >= MOST_FILES || depth > DEEPEST) return false
  const path = folder === '' ? handle.name : `${folder}/${handle.name}`
  if (handle.kind === 'file') {
    found.push({ path, file: await handle.getFile(), handle: root })
    return true
  }
  for await (const child of handle.values()) {
    if (!(await walkHandle(child, root, path, depth + 1, found))) return false
  }
  return true
}

async function walk(
  entry: FileSystemEntry,
  folder: string,
  depth: number,
  found: SeedFile[],
): Promise<boolean> {
  if (LITTER.has(entry.name)) return true
  if (found.length >= MOST_FILES || depth > DEEPEST) return false
  const path = folder === '' ? entry.name : `${folder}/${entry.name}`
  if (isFileEntry(entry)) {
    found.push({ path, file: await fileOf(entry) })
    return true
  }
  if (!isFolderEntry(entry)) return true
  const reader = entry.createReader()
  // `readEntries` hands out a folder in portions (Chromium: 100) and ends with an empty one.
  for (;;) {
    const portion = await portionOf(reader)
    if (portion.length === 0) return true
    for (const child of portion) {
      if (!(await walk(child, path, depth + 1, found))) return false
    }
  }
}

const isFileEntry = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isFolderEntry = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry =>
  entry.isDirectory

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject))
}

function portionOf(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject))
}

/** `text/uri-list` may carry comments and more than one line (RFC 2483). */
function firstLine(text: string): string {
  return (
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .find((line) => line !== '' && !line.startsWith('#')) ?? ''
  )
}
