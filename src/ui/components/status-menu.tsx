import HardDrive from 'lucide-solid/icons/hard-drive'
import Network from 'lucide-solid/icons/network'
import Settings from 'lucide-solid/icons/settings-2'
import { createMemo, createSignal, Show } from 'solid-js'
import { useApp } from '../engine-context.tsx'
import { formatBytes } from '../format/bytes.ts'
import { fractionOf } from '../format/percent.ts'
import { closingOfAll } from '../state/closing.ts'
import { networkHealth } from '../state/network-health.ts'
import type { UiDialog } from '../state/ui-state.ts'
import { ProgressBar } from './progress-bar.tsx'
import { StatusDot } from './status-dot.tsx'
import './status-menu.css'

/** The network dot and the storage in use; one sentence of consequence for each when opened. */
export function StatusMenu() {
  const app = useApp()
  const say = app.words.header
  const health = createMemo(() => networkHealth(app.engine, app.online(), app.words))
  const storage = () => app.engine.storage
  const used = () => formatBytes(storage().usedBytes, app.words)

  const keptSentence = () => {
    if (storage().kind === 'memory') return say.memory
    return storage().persisted ? app.words.storage.kept : app.words.storage.mayClear
  }
  // Only while someone looks: it reads every torrent.
  const [shown, setShown] = createSignal(false)
  const closing = createMemo(() => (shown() ? closingOfAll(app.engine) : null))
  const closingSentence = ({ torrents, bytes }: { torrents: number; bytes: number }) =>
    torrents === 0
      ? app.words.closing.allSafe
      : app.words.closing.notYet(torrents, formatBytes(bytes, app.words))

  let sheet!: HTMLDivElement
  const open = (dialog: UiDialog) => {
    // First, so that the focus is back on a button that stays before the dialog notes where it was.
    sheet.hidePopover()
    app.ui.change({ dialog })
  }

  return (
    <>
      <button type="button" class="button status" data-kind="quiet" popovertarget="status-sheet">
        <StatusDot level={health().level} />
        <span class="visually-hidden">{say.network.label(say.network[health().level])}</span>
        <span class="status-word" aria-hidden="true">
          {say.network[health().level]}
        </span>
        <span class="status-storage figure">
          <span class="visually-hidden">{say.storage(used())}</span>
          <span aria-hidden="true">{used()}</span>
        </span>
        <Show when={storage().kind === 'memory'}>
          <span class="status-memory">{say.memoryShort}</span>
        </Show>
      </button>
      <div
        ref={sheet}
        id="status-sheet"
        class="status-sheet"
        popover="auto"
        onBeforeToggle={(event) => setShown(event.newState === 'open')}
        role="dialog"
        aria-label={say.status}
      >
        <section>
          <h2>
            <StatusDot level={health().level} />
            {say.network[health().level]}
          </h2>
          <p>{health().sentence}</p>
          <p class="soft">{say.webPeersOnly}</p>
          <button
            type="button"
            class="button status-network"
            aria-keyshortcuts="n"
            onClick={() => open({ name: 'network' })}
          >
            <Network size={16} />
            {app.words.network.title}
          </button>
        </section>
        <section>
          <h2 class="figure">
            {say.storageOf(used(), formatBytes(storage().quotaBytes, app.words))}
          </h2>
          <ProgressBar
            fraction={fractionOf(storage().usedBytes, storage().quotaBytes)}
            tone="rest"
            label={say.storageBar}
          />
          <p>{keptSentence()}</p>
        </section>
        <Show when={closing()}>
          {(now) => (
            <section>
              <h2>{app.words.closing.title}</h2>
              <p>{closingSentence(now())}</p>
            </section>
          )}
        </Show>
        <section class="status-ways">
          <button
            type="button"
            class="button"
            onClick={() => open({ name: 'storage', wanting: null })}
          >
            <HardDrive size={16} />
            {app.words.storage.title}
          </button>
          <button type="button" class="button" onClick={() => open({ name: 'settings' })}>
            <Settings size={16} />
            {say.settings}
          </button>
        </section>
      </div>
    </>
  )
}
