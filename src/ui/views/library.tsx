import { createEffect, createMemo, For, on, Show } from 'solid-js'
import type { InfoHash } from '../../engine/model/ids.ts'
import { runKey } from '../actions.ts'
import { CreationRow } from '../components/creation-row.tsx'
import { Filters, SearchAndSort } from '../components/list-tools.tsx'
import { TorrentRow } from '../components/torrent-row.tsx'
import { useApp } from '../engine-context.tsx'
import { createGrowingList } from '../state/growing-list.ts'
import { Empty } from './empty.tsx'
import { TorrentDetail } from '../later.ts'
import './library.css'

/** The list, and beside it what is chosen. On a phone the chosen one covers the list. */
export function Library() {
  const app = useApp()
  const creating = createMemo(() => Object.values(app.engine.creating))
  const selected = createMemo(() => {
    const { selected } = app.ui.state
    return selected === null ? undefined : app.engine.torrents[selected]
  })

  const close = () => {
    const infoHash = app.ui.state.selected
    app.detail.close()
    if (infoHash !== null) rowOf(infoHash)?.focus()
  }

  return (
    <Show when={app.list.total() > 0 || creating().length > 0} fallback={<Empty />}>
      <h1 class="visually-hidden">{app.words.app.main}</h1>
      <div class="library" data-detail={selected() === undefined ? undefined : ''}>
        <div class="library-side">
          <Filters />
        </div>
        <div class="library-list">
          <SearchAndSort />
          <Show when={creating().length > 0}>
            <ul class="torrents" role="list" aria-label={app.words.creating.label}>
              <For each={creating()}>
                {(creation) => (
                  <CreationRow
                    creation={creation}
                    onCancel={() => app.seeding.cancel(creation.id)}
                  />
                )}
              </For>
            </ul>
          </Show>
          <Show when={app.list.shown().length > 0} fallback={<NothingShown />}>
            <TorrentRows />
          </Show>
        </div>
        <Show when={selected()}>
          {(torrent) => (
            <aside
              class="library-detail"
              onKeyDown={(event) => {
                if (event.defaultPrevented || isTyping(event)) return
                if (event.key === 'Escape') close()
                else if (runKey(event, torrent(), app.actions)) event.preventDefault()
              }}
            >
              <TorrentDetail torrent={torrent()} onClose={close} />
            </aside>
          )}
        </Show>
      </div>
    </Show>
  )
}

function TorrentRows() {
  const app = useApp()
  const rows = createGrowingList(app.list.shown)

  const onKeyDown = (event: KeyboardEvent) => {
    if (isTyping(event)) return
    const row = event.target instanceof HTMLElement ? event.target.closest('[data-row], li') : null
    const button = row?.matches('li') === true ? row.querySelector('[data-row]') : row
    const infoHash = button?.getAttribute('data-row')
    const torrent = Object.values(app.engine.torrents).find((one) => one.infoHash === infoHash)
    if (torrent === undefined) return
    const step = STEPS[event.key]
    if (step !== undefined) {
      const shown = app.list.shown()
      const at = Math.min(shown.length - 1, Math.max(0, shown.indexOf(torrent.infoHash) + step))
      const next = shown[at]
      if (next !== undefined) rowOf(next)?.focus()
      event.preventDefault()
    } else if (runKey(event, torrent, app.actions)) {
      event.preventDefault()
    }
  }

  // A row that goes while it has the focus leaves it to the one that takes its place.
  let focused: { readonly infoHash: string; readonly at: number } | null = null
  const onFocusIn = (event: FocusEvent) => {
    const row = event.target instanceof HTMLElement ? event.target.closest('li') : null
    const infoHash = row?.querySelector('[data-row]')?.getAttribute('data-row')
    const at = app.list.shown().findIndex((one) => one === infoHash)
    focused = at === -1 || infoHash == null ? null : { infoHash, at }
  }
  createEffect(
    on(app.list.shown, (shown) => {
      if (focused === null || document.activeElement !== document.body) return
      if (shown.some((infoHash) => infoHash === focused?.infoHash)) return
      const next = shown[Math.min(focused.at, shown.length - 1)]
      if (next !== undefined) rowOf(next)?.focus()
    }),
  )

  return (
    <ul
      class="torrents"
      role="list"
      aria-label={app.words.list.label}
      onKeyDown={onKeyDown}
      onFocusIn={onFocusIn}
    >
      <For each={rows.items()}>
        {(infoHash, at) => (
          <Show when={app.engine.torrents[infoHash]}>
            {(torrent) => (
              <TorrentRow
                torrent={torrent()}
                selected={app.ui.state.selected === infoHash}
                position={at() + 1}
                total={app.list.shown().length}
                onOpen={(infoHash) => app.detail.open(infoHash)}
                onAction={(action, on) => void action.run(on, app.actions)}
              />
            )}
          </Show>
        )}
      </For>
      <li class="torrents-end" aria-hidden="true" ref={rows.watchEnd} />
    </ul>
  )
}

/** A filter or a search that leaves nothing, and the way back. */
function NothingShown() {
  const app = useApp()
  const say = app.words.list
  const sentence = () => {
    const { search, filter } = app.ui.state
    if (search.trim() !== '') return say.nothingFound(search.trim())
    return filter === 'all' ? '' : say.nothingHere[filter]
  }
  return (
    <Show when={sentence() !== ''}>
      <div class="library-nothing" role="status">
        <p>{sentence()}</p>
        <button
          type="button"
          class="text-button"
          onClick={() => app.ui.change({ filter: 'all', search: '' })}
        >
          {say.showAll}
        </button>
      </div>
    </Show>
  )
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

function rowOf(infoHash: InfoHash): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-row="${infoHash}"]`)
}

function isTyping(event: KeyboardEvent): boolean {
  return event.target instanceof HTMLElement && event.target.matches('input:not([type=checkbox])')
}
