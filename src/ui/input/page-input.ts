import { createSignal, onCleanup, type Accessor } from 'solid-js'
import { takeDropped } from './dropped-files.ts'
import type { TorrentSource } from '../../engine/model/torrent.ts'
import type { Intake } from './intake.ts'
import { inviteInFragment, magnetInFragment } from './page-link.ts'

/** How far down the page a drop is shared as new torrents are; below it is asked who may join. */
export const PUBLIC_PART = 2 / 3

export interface PageInput {
  /** Something from outside is held over the page. */
  readonly dragging: Accessor<boolean>
}

/**
 * Paste and drop work anywhere in the page, and so does a link in its address. Does nothing
 * while `ready` is false: there is no engine to give things to.
 */
export function createPageInput(
  intake: Intake,
  openLink: (source: TorrentSource) => void,
  ready: Accessor<boolean>,
): PageInput {
  const [dragging, setDragging] = createSignal(false)
  let ownDrag = false

  const onPaste = (event: ClipboardEvent) => {
    if (!ready() || event.clipboardData === null || isField(event.target)) return
    const pasted = takeDropped(event.clipboardData)
    if (pasted.entries.length + pasted.files.length === 0 && pasted.text === '') return
    event.preventDefault()
    void intake.takeDropped(pasted)
  }

  const carries = (event: DragEvent) =>
    ready() &&
    !ownDrag &&
    event.dataTransfer !== null &&
    event.dataTransfer.types.some((type) => type === 'Files' || type.startsWith('text/'))

  const onDragOver = (event: DragEvent) => {
    if (!carries(event)) return
    event.preventDefault()
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy'
    setDragging(true)
  }

  const onDragLeave = (event: DragEvent) => {
    // Leaving one element for another names the other; leaving the page names nothing.
    if (event.relatedTarget === null) setDragging(false)
  }

  const onDrop = (event: DragEvent) => {
    setDragging(false)
    if (!carries(event) || event.dataTransfer === null) return
    if (isField(event.target) && !event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    const privately = event.clientY > window.innerHeight * PUBLIC_PART
    void intake.takeDropped(takeDropped(event.dataTransfer), privately)
  }

  const onFragment = () => {
    const source = sourceInFragment(location.hash)
    if (source === null) return
    // What is shared does not stay in the address bar, in history and in screenshots.
    history.replaceState(history.state, '', location.pathname + location.search)
    openLink(source)
  }

  const listeners = new AbortController()
  const { signal } = listeners
  document.addEventListener('paste', onPaste, { signal })
  document.addEventListener('dragstart', () => (ownDrag = true), { signal })
  document.addEventListener('dragend', () => (ownDrag = false), { signal })
  document.addEventListener('dragover', onDragOver, { signal })
  document.addEventListener('dragleave', onDragLeave, { signal })
  document.addEventListener('drop', onDrop, { signal })
  window.addEventListener('hashchange', onFragment, { signal })
  onCleanup(() => listeners.abort())
  onFragment()

  return { dragging }
}

function sourceInFragment(fragment: string): TorrentSource | null {
  const invite = inviteInFragment(fragment)
  if (invite !== null) return { from: 'invite', link: invite }
  const magnet = magnetInFragment(fragment)
  return magnet === null ? null : { from: 'magnet', uri: magnet }
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input:not([type=checkbox]), textarea, select'))
  )
}
