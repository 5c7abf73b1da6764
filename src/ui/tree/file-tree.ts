import type { FileIndex } from '../../engine/model/ids.ts'
import type { Bytes } from '../../engine/model/units.ts'

/** A file as the tree needs it: what it is called and how long it is. */
export interface TreeFile {
  readonly path: string
  readonly length: Bytes
}

export type TreeNode = FolderNode | FileNode

export interface FolderNode {
  readonly type: 'folder'
  /** Unique in its tree; `''` is the root. */
  readonly path: string
  readonly name: string
  readonly children: readonly TreeNode[]
  /** Every file below, in order. */
  readonly files: readonly FileIndex[]
  readonly length: Bytes
}

export interface FileNode {
  readonly type: 'file'
  readonly path: string
  readonly name: string
  readonly index: FileIndex
  readonly length: Bytes
}

/** One visible line of the tree. */
export interface TreeRow {
  readonly node: TreeNode
  /** 0 at the top. */
  readonly depth: number
}

interface OpenFolder {
  readonly path: string
  readonly name: string
  readonly folders: Map<string, OpenFolder>
  readonly leaves: FileNode[]
}

/**
 * Folders before files, both in the order a person counts (2 before 10). The name that every
 * path shares, a torrent's own folder, is not a level: it would be one click more for nothing.
 */
export function makeFileTree(files: readonly TreeFile[]): FolderNode {
  const root = openFolder('', '')
  files.forEach((file, index) => {
    const parts = file.path.split('/')
    const name = parts.pop() ?? file.path
    let folder = root
    for (const part of parts) {
      const path = folder === root ? part : `${folder.path}/${part}`
      let next = folder.folders.get(part)
      if (next === undefined) folder.folders.set(part, (next = openFolder(path, part)))
      folder = next
    }
    folder.leaves.push({ type: 'file', path: file.path, name, index, length: file.length })
  })

  const closed = closeFolder(root)
  const [only] = closed.children
  return closed.children.length === 1 && only?.type === 'folder' ? only : closed
}

/** The lines to show when these folders are open. */
export function visibleRows(root: FolderNode, open: ReadonlySet<string>): readonly TreeRow[] {
  const rows: TreeRow[] = []
  const walk = (folder: FolderNode, depth: number) => {
    for (const node of folder.children) {
      rows.push({ node, depth })
      if (node.type === 'folder' && open.has(node.path)) walk(node, depth + 1)
    }
  }
  walk(root, 0)
  return rows
}

/** Files whose path contains the text, as lines without their folders. */
export function matchingRows(root: FolderNode, search: string): readonly TreeRow[] {
  const wanted = search.trim().toLocaleLowerCase()
  const rows: TreeRow[] = []
  const walk = (folder: FolderNode) => {
    for (const node of folder.children) {
      if (node.type === 'folder') walk(node)
      else if (node.path.toLocaleLowerCase().includes(wanted)) rows.push({ node, depth: 0 })
    }
  }
  walk(root)
  return rows
}

/** Every folder of a small tree is open; of a large one, none: its top is the overview. */
export function initiallyOpen(root: FolderNode): ReadonlySet<string> {
  const SMALL_TREE = 60
  const open = new Set<string>()
  if (root.files.length > SMALL_TREE) return open
  const walk = (folder: FolderNode) => {
    for (const node of folder.children) {
      if (node.type !== 'folder') continue
      open.add(node.path)
      walk(node)
    }
  }
  walk(root)
  return open
}

export type Tick = 'on' | 'off' | 'mixed'

/** What the box in front of a line shows. */
export function tickOf(node: TreeNode, ticked: ReadonlySet<FileIndex>): Tick {
  if (node.type === 'file') return ticked.has(node.index) ? 'on' : 'off'
  let on = 0
  for (const index of node.files) if (ticked.has(index)) on += 1
  if (on === 0) return 'off'
  return on === node.files.length ? 'on' : 'mixed'
}

/** Ticks everything below, or, when everything below is ticked, nothing. */
export function toggleTick(node: TreeNode, ticked: ReadonlySet<FileIndex>): ReadonlySet<FileIndex> {
  const next = new Set(ticked)
  const indices = node.type === 'file' ? [node.index] : node.files
  const untick = tickOf(node, ticked) === 'on'
  for (const index of indices) {
    if (untick) next.delete(index)
    else next.add(index)
  }
  return next
}

/** Length of the ticked files. */
export function tickedLength(files: readonly TreeFile[], ticked: ReadonlySet<FileIndex>): Bytes {
  let length = 0
  files.forEach((file, index) => {
    if (ticked.has(index)) length += file.length
  })
  return length
}

function openFolder(path: string, name: string): OpenFolder {
  return { path, name, folders: new Map(), leaves: [] }
}

function closeFolder(folder: OpenFolder): FolderNode {
  const folders = [...folder.folders.values()].map(closeFolder).sort(byName)
  const leaves = folder.leaves.sort(byName)
  const files = [...folders.flatMap((child) => child.files), ...leaves.map((leaf) => leaf.index)]
  let length = 0
  for (const child of [...folders, ...leaves]) length += child.length
  return {
    type: 'folder',
    path: folder.path,
    name: folder.name,
    children: [...folders, ...leaves],
    files,
    length,
  }
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
const byName = (a: TreeNode, b: TreeNode) => collator.compare(a.name, b.name)
