import ChevronRight from 'lucide-solid/icons/chevron-right'
import Search from 'lucide-solid/icons/search'
import { createEffect, createMemo, createSignal, For, Show, type JSX } from 'solid-js'
import type { FileIndex } from '../../engine/model/ids.ts'
import { useWords } from '../engine-context.tsx'
import { formatBytes } from '../format/bytes.ts'
import {
  initiallyOpen,
  makeFileTree,
  matchingRows,
  tickedLength,
  tickOf,
  toggleTick,
  visibleRows,
  type FileNode,
  type TreeFile,
  type TreeNode,
  type TreeRow,
} from '../tree/file-tree.ts'
import { KindIcon } from './kind-icon.tsx'
import './file-tree-view.css'

export interface FileTreeViewProps {
  /** New files are a new tree; keep the same array while nothing but progress changed. */
  readonly files: readonly TreeFile[]
  readonly ticked: ReadonlySet<FileIndex>
  readonly onTick: (ticked: ReadonlySet<FileIndex>) => void
  /** What stands at the end of a file's line, after its size. */
  readonly end?: (file: FileNode) => JSX.Element
}

/** From this many files on, scrolling is slower than typing. */
const WORTH_SEARCHING = 24

/** Files with boxes to tick; a folder ticks everything in it. */
export function FileTreeView(props: FileTreeViewProps) {
  const words = useWords()
  const root = createMemo(() => makeFileTree(props.files))
  const [chosen, setOpen] = createSignal<ReadonlySet<string> | null>(null)
  const [search, setSearch] = createSignal('')
  const open = () => chosen() ?? initiallyOpen(root())

  const rows = createMemo(
    () => (search().trim() === '' ? visibleRows(root(), open()) : matchingRows(root(), search())),
    [],
    { equals: (a, b) => a.length === b.length && a.every((row, at) => row.node === b[at]?.node) },
  )

  const toggleOpen = (path: string) => {
    const next = new Set(open())
    if (!next.delete(path)) next.add(path)
    setOpen(next)
  }

  const toggle = (node: TreeNode) => props.onTick(toggleTick(node, props.ticked))

  const total = () =>
    words.preview.ticked(
      props.ticked.size,
      props.files.length,
      formatBytes(tickedLength(props.files, props.ticked), words),
    )

  return (
    <div class="file-tree">
      <div class="file-tree-head">
        <label class="file-tree-all">
          <TickBox node={root()} ticked={props.ticked} onToggle={toggle} />
          <span>{words.preview.everything}</span>
        </label>
        <span class="figure soft" role="status">
          {total()}
        </span>
      </div>
      <Show when={props.files.length >= WORTH_SEARCHING}>
        <div class="search-field file-tree-search">
          <Search size={16} aria-hidden="true" />
          <input
            type="search"
            class="field"
            aria-label={words.tree.filter}
            placeholder={words.tree.filter}
            value={search()}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </div>
      </Show>
      <ul class="file-tree-rows" role="list" aria-label={words.tree.label}>
        <For each={rows()}>
          {(row) => (
            <FileTreeRow
              row={row}
              ticked={props.ticked}
              open={open()}
              onToggle={toggle}
              onOpen={toggleOpen}
              end={props.end}
            />
          )}
        </For>
      </ul>
    </div>
  )
}

interface FileTreeRowProps {
  readonly row: TreeRow
  readonly ticked: ReadonlySet<FileIndex>
  readonly open: ReadonlySet<string>
  readonly onToggle: (node: TreeNode) => void
  readonly onOpen: (path: string) => void
  readonly end: ((file: FileNode) => JSX.Element) | undefined
}

function FileTreeRow(props: FileTreeRowProps) {
  const words = useWords()
  const node = () => props.row.node
  const isOpen = () => props.open.has(node().path)
  const file = () => {
    const here = node()
    return here.type === 'file' ? here : null
  }

  return (
    <li class="file-row" style={{ '--depth': props.row.depth }} data-type={node().type}>
      <Show when={node().type === 'folder'} fallback={<span class="file-row-gap" />}>
        <button
          type="button"
          class="icon-button file-row-open"
          aria-expanded={isOpen()}
          aria-label={isOpen() ? words.tree.collapse(node().name) : words.tree.expand(node().name)}
          onClick={() => props.onOpen(node().path)}
        >
          <ChevronRight size={16} />
        </button>
      </Show>
      <label class="file-row-name">
        <TickBox node={node()} ticked={props.ticked} onToggle={(here) => props.onToggle(here)} />
        <KindIcon name={node().name} folder={node().type === 'folder'} size={16} />
        <bdi>{node().name}</bdi>
      </label>
      <span class="figure soft file-row-size">{formatBytes(node().length, words)}</span>
      <Show when={file()}>{(here) => props.end?.(here())}</Show>
    </li>
  )
}

interface TickBoxProps {
  readonly node: TreeNode
  readonly ticked: ReadonlySet<FileIndex>
  readonly onToggle: (node: TreeNode) => void
}

/** The browser's own box: it knows the third state, and every screen reader knows it. */
function TickBox(props: TickBoxProps) {
  const tick = createMemo(() => tickOf(props.node, props.ticked))
  return (
    <input
      ref={(box) => {
        // A property without an attribute.
        createEffect(() => (box.indeterminate = tick() === 'mixed'))
      }}
      type="checkbox"
      checked={tick() === 'on'}
      onChange={(event) => {
        props.onToggle(props.node)
        // The browser ticked it by itself; what counts is what came of the wish.
        event.currentTarget.checked = tick() === 'on'
        event.currentTarget.indeterminate = tick() === 'mixed'
      }}
    />
  )
}
