import { onCleanup } from 'solid-js'
import type { InfoHash } from '../../engine/model/ids.ts'
import type { Ui } from './ui-state.ts'

export interface DetailHistory {
  open(infoHash: InfoHash): void
  close(): void
}

/** What a history entry of ours carries. */
interface Entry {
  readonly chiral: 'detail'
}

/**
 * An open torrent is a step in the browser's history: on a phone the back gesture closes it,
 * where it would otherwise leave the page, and with it every transfer.
 */
export function createDetailHistory(ui: Ui): DetailHistory {
  const onPopState = () => {
    if (!isEntry(history.state)) ui.change({ selected: null })
  }
  // A reload keeps the entry but not what was open.
  if (isEntry(history.state)) history.replaceState(null, '')
  window.addEventListener('popstate', onPopState)
  onCleanup(() => window.removeEventListener('popstate', onPopState))

  return {
    open(infoHash) {
      if (!isEntry(history.state)) history.pushState({ chiral: 'detail' } satisfies Entry, '')
      ui.change({ selected: infoHash })
    },
    close() {
      ui.change({ selected: null })
      if (isEntry(history.state)) history.back()
    },
  }
}

function isEntry(state: unknown): state is Entry {
  return typeof state === 'object' && state !== null && 'chiral' in state
}
