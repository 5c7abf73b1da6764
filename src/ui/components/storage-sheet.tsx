import Trash from 'lucide-solid/icons/trash'
import { createMemo, createSignal, For, Match, Show, Switch } from 'solid-js'
import type { OrphanSnapshot } from '../../engine/model/engine-state.ts'
import type { InfoHash } from '../../engine/model/ids.ts'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import type { Bytes } from '../../engine/model/units.ts'
import { removeAction } from '../actions.ts'
import { useApp } from '../engine-context.tsx'
import { formatBytes } from '../format/bytes.ts'
import { closingSentence } from '../format/closing-sentence.ts'
import { errorMessage } from '../format/error-message.ts'
import { fractionOf } from '../format/percent.ts'
import { stateSentence } from '../format/state-sentence.ts'
import { closingOf } from '../state/closing.ts'
import { createStorageUsage } from '../state/storage-usage.ts'
import { DialogFrame } from './dialog-frame.tsx'
import { KeepPromise } from './keep-promise.tsx'
import { OrphanRow } from './orphan-row.tsx'
import { ProgressBar } from './progress-bar.tsx'
import './storage-sheet.css'

export interface StorageSheetProps {
  /** The torrent that waits for room, if one does. */
  readonly wanting: TorrentSnapshot | undefined
  readonly onClose: () => void
}

/** Who uses the space, largest first, and how to get some of it back. */
export function StorageSheet(props: StorageSheetProps) {
  const app = useApp()
  const say = app.words.storage
  const size = (bytes: Bytes) => formatBytes(bytes, app.words)
  const storage = () => app.engine.storage
  const listed = createMemo(() => Object.keys(app.engine.torrents).join())
  const watched = createStorageUsage(app.client, listed)
  const [news, setNews] = createSignal('')

  const rows = createMemo(() =>
    (watched.usage()?.torrents ?? []).filter(
      ({ infoHash, bytes }) => bytes > 0 && app.engine.torrents[infoHash] !== undefined,
    ),
  )
  const orphans = () => watched.usage()?.orphans ?? []
  const wants = () => {
    const torrent = props.wanting
    return torrent?.trouble?.kind === 'storage/full' && torrent.phase.name === 'paused'
      ? { name: torrent.name, ...torrent.trouble }
      : null
  }

  const reclaim = async ({ infoHash, bytes }: OrphanSnapshot) => {
    const answer = await app.client.call('storage.reclaim', { infoHash })
    setNews(answer.ok ? say.freed(size(bytes)) : errorMessage(answer.error, app.words))
    watched.look()
  }
  const adopt = async ({ infoHash, name }: OrphanSnapshot) => {
    const answer = await app.client.call('storage.adopt', { infoHash })
    setNews(answer.ok ? say.broughtBack(name ?? '') : errorMessage(answer.error, app.words))
    watched.look()
  }

  return (
    <DialogFrame title={say.title} size="large" onClose={() => props.onClose()}>
      <div class="storage">
        <Show when={wants()}>
          {(full) => (
            <p class="storage-wants">
              {say.needs(full().name, size(full().needed), size(full().available))}
            </p>
          )}
        </Show>
        <section class="storage-total">
          <p class="figure">
            {app.words.header.storageOf(size(storage().usedBytes), size(storage().quotaBytes))}
          </p>
          <ProgressBar
            fraction={fractionOf(storage().usedBytes, storage().quotaBytes)}
            tone="rest"
            label={app.words.header.storageBar}
          />
          <KeepPromise />
        </section>
        <p class="storage-news" role="status">
          {news()}
        </p>
        <Switch>
          <Match when={watched.error()}>
            {(error) => (
              <p class="problem" role="alert">
                {errorMessage(error(), app.words)}
              </p>
            )}
          </Match>
          <Match when={watched.usage() === null}>
            <p class="soft">{say.looking}</p>
          </Match>
          <Match when={rows().length === 0 && orphans().length === 0}>
            <p class="soft">{say.nothing}</p>
          </Match>
        </Switch>
        <Show when={orphans().length > 0}>
          <section>
            <h3>{say.orphans}</h3>
            <p class="soft">{say.orphansLead}</p>
            <ul class="storage-list" role="list" aria-label={say.orphans}>
              <For each={orphans()}>
                {(orphan) => (
                  <OrphanRow
                    orphan={orphan}
                    onBringBack={() => void adopt(orphan)}
                    onDelete={() => void reclaim(orphan)}
                  />
                )}
              </For>
            </ul>
          </section>
        </Show>
        <Show when={rows().length > 0}>
          <section>
            <h3>{say.inList}</h3>
            <p class="soft">{say.largest}</p>
            <ul class="storage-list" role="list" aria-label={say.inList}>
              <For each={rows()}>
                {(row) => (
                  <StoredTorrent
                    infoHash={row.infoHash}
                    bytes={row.bytes}
                    all={storage().usedBytes}
                  />
                )}
              </For>
            </ul>
          </section>
        </Show>
      </div>
    </DialogFrame>
  )
}

interface StoredTorrentProps {
  readonly infoHash: InfoHash
  readonly bytes: Bytes
  readonly all: Bytes
}

/** What it is, how much it holds, and whether others have it too: what one wants to know first. */
function StoredTorrent(props: StoredTorrentProps) {
  const app = useApp()
  const torrent = () => app.engine.torrents[props.infoHash]
  const sentence = (shown: TorrentSnapshot) => {
    const closing = closingOf(shown)
    return closing?.name === 'only-here' && closing.peers > 0
      ? closingSentence(closing, app.words)
      : stateSentence(shown, app.words)
  }
  return (
    <Show when={torrent()}>
      {(shown) => (
        <li class="storage-row">
          <div class="storage-what">
            <p class="storage-name" dir="auto">
              {shown().name}
            </p>
            <p class="soft">{sentence(shown())}</p>
          </div>
          <span class="figure">{formatBytes(props.bytes, app.words)}</span>
          <button
            type="button"
            class="button"
            aria-label={app.words.actions.named(app.words.actions.remove, shown().name)}
            onClick={() => void removeAction.run(shown(), app.actions)}
          >
            <Trash size={16} />
            <span class="storage-word">{app.words.actions.remove}</span>
          </button>
          <div class="storage-share" aria-hidden="true">
            <div style={{ '--fraction': fractionOf(props.bytes, props.all) }} />
          </div>
        </li>
      )}
    </Show>
  )
}
