import ArrowDown from 'lucide-solid/icons/arrow-down'
import ArrowUp from 'lucide-solid/icons/arrow-up'
import Lock from 'lucide-solid/icons/lock'
import { For, Show } from 'solid-js'
import type { InfoHash } from '../../engine/model/ids.ts'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import { actionLabel, actionsFor, type TorrentAction } from '../actions.ts'
import { useWords } from '../engine-context.tsx'
import { formatBytes } from '../format/bytes.ts'
import { formatRate } from '../format/rate.ts'
import { stateSentence } from '../format/state-sentence.ts'
import { UnlockForm } from '../privacy/unlock-form.tsx'
import { progressOf, toneOf } from '../state/torrent-progress.ts'
import { IconButton } from './icon-button.tsx'
import { KindIcon } from './kind-icon.tsx'
import { ProgressBar } from './progress-bar.tsx'
import './torrent-row.css'

export interface TorrentRowProps {
  readonly torrent: TorrentSnapshot
  readonly selected: boolean
  /** Place in the whole list, for a list that renders only what is in sight. */
  readonly position: number
  readonly total: number
  readonly onOpen: (infoHash: InfoHash) => void
  readonly onAction: (action: TorrentAction, torrent: TorrentSnapshot) => void
}

/** Sentence first, bar second, numbers third. */
export function TorrentRow(props: TorrentRowProps) {
  const words = useWords()
  const quick = () => actionsFor(props.torrent).filter((action) => action.id !== 'remove')

  return (
    <li
      class="torrent-row"
      data-phase={props.torrent.phase.name}
      aria-setsize={props.total}
      aria-posinset={props.position}
    >
      <span class="torrent-kind">
        <KindIcon name={props.torrent.name} folder={props.torrent.fileCount > 1} size={20} />
      </span>
      <div class="torrent-what">
        <button
          type="button"
          class="torrent-name"
          dir="auto"
          aria-current={props.selected ? 'true' : undefined}
          data-row={props.torrent.infoHash}
          onClick={() => props.onOpen(props.torrent.infoHash)}
        >
          {props.torrent.name}
        </button>
        <p class="torrent-sentence">
          <Show when={props.torrent.policy.name === 'private'}>
            <PrivateMark />
          </Show>
          {stateSentence(props.torrent, words)}
        </p>
        <Show when={props.torrent.privacy?.standing.name === 'locked'}>
          <UnlockForm torrent={props.torrent} />
        </Show>
      </div>
      <div class="torrent-bar">
        <ProgressBar
          fraction={progressOf(props.torrent)}
          tone={toneOf(props.torrent)}
          quiet={props.torrent.phase.name === 'seeding' && props.torrent.upRate === 0}
          label={words.list.progress(props.torrent.name)}
        />
      </div>
      <Show when={props.torrent.wantedBytes > 0}>
        <TorrentNumbers torrent={props.torrent} />
      </Show>
      <div class="torrent-actions">
        <For each={quick()}>
          {(action) => (
            <span data-action={action.id}>
              <IconButton
                icon={action.icon}
                label={words.actions.named(actionLabel(action, words), props.torrent.name)}
                tip={actionLabel(action, words)}
                onClick={() => props.onAction(action, props.torrent)}
              />
            </span>
          )}
        </For>
      </div>
    </li>
  )
}

/** Says that only members take part. */
export function PrivateMark() {
  const words = useWords()
  return (
    <span class="private-mark" role="img" aria-label={words.privacy.mark}>
      <Lock size={14} aria-hidden="true" />
    </span>
  )
}

/** Size and rates, in places that do not move. */
export function TorrentNumbers(props: { readonly torrent: TorrentSnapshot }) {
  const words = useWords()
  const size = () => {
    const { haveBytes, wantedBytes } = props.torrent
    if (wantedBytes === 0) return ''
    return haveBytes >= wantedBytes
      ? formatBytes(wantedBytes, words)
      : words.list.sizeOf(formatBytes(haveBytes, words), formatBytes(wantedBytes, words))
  }
  // What arrives when everything is there are requests, not files.
  const downRate = () => (props.torrent.phase.name === 'seeding' ? 0 : props.torrent.downRate)
  return (
    <div class="torrent-numbers figure">
      <span class="torrent-size">{size()}</span>
      <span class="torrent-rate" data-way="down">
        <Show when={downRate() > 0}>
          <ArrowDown size={14} aria-hidden="true" />
          <span class="visually-hidden">{words.list.down}</span>
          {formatRate(downRate(), words)}
        </Show>
      </span>
      <span class="torrent-rate" data-way="up">
        <Show when={props.torrent.upRate > 0}>
          <ArrowUp size={14} aria-hidden="true" />
          <span class="visually-hidden">{words.list.up}</span>
          {formatRate(props.torrent.upRate, words)}
        </Show>
      </span>
    </div>
  )
}
