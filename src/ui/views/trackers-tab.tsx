import { For, Show } from 'solid-js'
import type { TorrentSnapshot, TrackerSnapshot } from '../../engine/model/torrent.ts'
import { useApp, useWords } from '../engine-context.tsx'
import { formatAgo } from '../format/duration.ts'
import { errorMessage } from '../format/error-message.ts'
import { hostOf } from '../format/host.ts'
import { createWatched } from '../state/watched.ts'

/** Who is asked for peers, and the last thing each said. */
export function TrackersTab(props: { readonly torrent: TorrentSnapshot }) {
  const app = useApp()
  const watched = createWatched<TrackerSnapshot>(
    () => props.torrent.infoHash,
    (signal) =>
      app.client.call('torrent.trackers', { infoHash: props.torrent.infoHash }, { signal }),
    'url',
  )

  return (
    <Show
      when={(watched.items?.length ?? 0) > 0}
      fallback={<p class="detail-nothing">{app.words.detail.noTrackers}</p>}
    >
      <ul class="detail-rows" role="list" aria-label={app.words.detail.tabs.trackers}>
        <For each={watched.items ?? []}>{(tracker) => <TrackerRow tracker={tracker} />}</For>
      </ul>
    </Show>
  )
}

function TrackerRow(props: { readonly tracker: TrackerSnapshot }) {
  const words = useWords()
  const say = words.detail.tracker
  const sentence = () => {
    const { state, error, lastAnswerAt } = props.tracker
    if (state === 'failed') return error === null ? say.failed : errorMessage(error, words)
    if (state === 'connecting') return say.connecting
    return lastAnswerAt === null
      ? say.answeredBefore
      : say.answered(formatAgo(lastAnswerAt, Date.now(), words))
  }
  const counts = () => {
    const { seeds, leeches } = props.tracker
    return seeds === null || leeches === null ? null : say.counts(seeds, leeches)
  }
  return (
    <li class="detail-row" data-state={props.tracker.state}>
      <div class="detail-row-main">
        <bdi class="detail-row-name" title={props.tracker.url}>
          {hostOf(props.tracker.url)}
        </bdi>
        <span class="detail-row-sentence">{sentence()}</span>
        <Show when={counts()}>{(text) => <span class="soft">{text()}</span>}</Show>
        <Show when={props.tracker.warning}>
          {(warning) => <bdi class="soft">{say.said(warning().slice(0, 200))}</bdi>}
        </Show>
      </div>
    </li>
  )
}
