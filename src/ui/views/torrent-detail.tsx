import { Tabs } from '@kobalte/core/tabs'
import ArrowLeft from 'lucide-solid/icons/arrow-left'
import X from 'lucide-solid/icons/x'
import { createEffect, createSignal, For, on, Show } from 'solid-js'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import { actionLabel, actionsFor } from '../actions.ts'
import { ClosingMeter } from '../components/closing-meter.tsx'
import { IconButton } from '../components/icon-button.tsx'
import { ProgressBar } from '../components/progress-bar.tsx'
import { PrivateMark, TorrentNumbers } from '../components/torrent-row.tsx'
import { useApp } from '../engine-context.tsx'
import { errorMessage } from '../format/error-message.ts'
import { stateSentence } from '../format/state-sentence.ts'
import { storageTrouble } from '../state/storage-trouble.ts'
import { progressOf, toneOf } from '../state/torrent-progress.ts'
import { UnlockForm } from '../privacy/unlock-form.tsx'
import { AboutTab } from './about-tab.tsx'
import { FilesTab } from './files-tab.tsx'
import { PeersTab } from './peers-tab.tsx'
import { TrackersTab } from './trackers-tab.tsx'
import './torrent-detail.css'

export interface TorrentDetailProps {
  readonly torrent: TorrentSnapshot
  readonly onClose: () => void
}

/** Everything about one torrent. */
export function TorrentDetail(props: TorrentDetailProps) {
  const app = useApp()
  const say = app.words.detail
  const [heading, setHeading] = createSignal<HTMLHeadingElement>()
  // Whoever opens a torrent goes on from there; on a phone the list is gone.
  createEffect(
    on([heading, () => props.torrent.infoHash], ([title]) => title?.focus({ preventScroll: true })),
  )
  const overSwarm = () => props.torrent.protocol === 'bittorrent'
  /** The quiet line: something went wrong, and it goes on all the same. */
  const trouble = () => {
    const { phase, trouble } = props.torrent
    const said = storageTrouble(props.torrent)
    if (said !== null) return said.kind === 'storage/full' ? app.words.storage.goesOn : null
    if (phase.name === 'failed' || phase.name === 'seeding' || trouble === null) return null
    return errorMessage(trouble, app.words)
  }
  const main = () =>
    actionsFor(props.torrent).find(({ id }) => id === 'free' || id === 'allow')?.id ?? 'share'

  return (
    <section class="detail" aria-label={say.label(props.torrent.name)}>
      <header class="detail-head">
        <div class="detail-title">
          <span class="detail-back">
            <IconButton icon={ArrowLeft} label={app.words.actions.back} onClick={props.onClose} />
          </span>
          <h2 dir="auto" tabindex={-1} ref={setHeading}>
            {props.torrent.name}
          </h2>
          <span class="detail-close">
            <IconButton
              icon={X}
              label={app.words.actions.close}
              keyHint="Escape"
              onClick={props.onClose}
            />
          </span>
        </div>
        <p class="detail-sentence" data-phase={props.torrent.phase.name}>
          <Show when={props.torrent.policy.name === 'private'}>
            <PrivateMark />
          </Show>
          {stateSentence(props.torrent, app.words)}
        </p>
        <Show when={props.torrent.privacy?.standing.name === 'locked'}>
          <UnlockForm torrent={props.torrent} />
        </Show>
        <ProgressBar
          fraction={progressOf(props.torrent)}
          tone={toneOf(props.torrent)}
          quiet={props.torrent.phase.name === 'seeding' && props.torrent.upRate === 0}
          label={app.words.list.progress(props.torrent.name)}
        />
        <Show when={props.torrent.wantedBytes > 0}>
          <TorrentNumbers torrent={props.torrent} />
        </Show>
        <Show when={trouble()}>{(sentence) => <p class="detail-trouble">{sentence()}</p>}</Show>
        <ClosingMeter torrent={props.torrent} />
        <div class="detail-actions" role="group" aria-label={app.words.actions.group}>
          <For each={actionsFor(props.torrent)}>
            {(action) => (
              <button
                type="button"
                class="button"
                data-kind={action.id === main() ? 'main' : undefined}
                aria-keyshortcuts={action.key}
                onClick={() => void action.run(props.torrent, app.actions)}
              >
                <action.icon size={16} />
                {actionLabel(action, app.words)}
              </button>
            )}
          </For>
        </div>
      </header>

      <Tabs class="detail-tabs" defaultValue="files">
        <Tabs.List class="detail-tab-list">
          <Tabs.Trigger class="detail-tab" value="files">
            {say.tabs.files}
          </Tabs.Trigger>
          <Show when={overSwarm()}>
            <Tabs.Trigger class="detail-tab" value="peers">
              {say.tabs.peers}
              <span class="filter-count figure">{props.torrent.peerCount}</span>
            </Tabs.Trigger>
            <Tabs.Trigger class="detail-tab" value="trackers">
              {say.tabs.trackers}
            </Tabs.Trigger>
          </Show>
          <Tabs.Trigger class="detail-tab" value="about">
            {say.tabs.about}
          </Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content class="detail-panel" value="files">
          <FilesTab torrent={props.torrent} />
        </Tabs.Content>
        <Tabs.Content class="detail-panel" value="peers">
          <PeersTab torrent={props.torrent} />
        </Tabs.Content>
        <Tabs.Content class="detail-panel" value="trackers">
          <TrackersTab torrent={props.torrent} />
        </Tabs.Content>
        <Tabs.Content class="detail-panel" value="about">
          <AboutTab torrent={props.torrent} />
        </Tabs.Content>
      </Tabs>
    </section>
  )
}
