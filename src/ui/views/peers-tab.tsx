import { For, Show } from 'solid-js'
import type { PeerSnapshot, TorrentSnapshot } from '../../engine/model/torrent.ts'
import { ProgressBar } from '../components/progress-bar.tsx'
import { useApp, useWords } from '../engine-context.tsx'
import { formatBytes } from '../format/bytes.ts'
import { formatPercent } from '../format/percent.ts'
import { formatRate } from '../format/rate.ts'
import { createWatched } from '../state/watched.ts'

/** Who is connected, over which path, and what they gave. */
export function PeersTab(props: { readonly torrent: TorrentSnapshot }) {
  const app = useApp()
  const watched = createWatched<PeerSnapshot>(
    () => props.torrent.infoHash,
    (signal) => app.client.call('torrent.peers', { infoHash: props.torrent.infoHash }, { signal }),
    'id',
  )

  return (
    <Show
      when={(watched.items?.length ?? 0) > 0}
      fallback={<p class="detail-nothing">{app.words.detail.noPeers}</p>}
    >
      <ul class="detail-rows" role="list" aria-label={app.words.detail.tabs.peers}>
        <For each={watched.items ?? []}>{(peer) => <PeerRow peer={peer} />}</For>
      </ul>
    </Show>
  )
}

function PeerRow(props: { readonly peer: PeerSnapshot }) {
  const words = useWords()
  const say = words.detail.peer
  const path = () => {
    const { path, relayedBytesLeft } = props.peer
    if (relayedBytesLeft === null) return say.path[path]
    return say.relayedLeft(say.path[path], formatBytes(relayedBytesLeft, words))
  }
  return (
    <li class="detail-row">
      <div class="detail-row-main">
        <bdi class="detail-row-name">{props.peer.client ?? say.unknown}</bdi>
        <span class="soft">
          {path()}, {say.source[props.peer.source]},{' '}
          {say.has(formatPercent(props.peer.progress, words))}
        </span>
      </div>
      <div class="detail-row-numbers figure">
        <span data-way="down">{words.list.downRate(formatRate(props.peer.downRate, words))}</span>
        <span data-way="up">{words.list.upRate(formatRate(props.peer.upRate, words))}</span>
      </div>
      <div class="detail-row-bar">
        <ProgressBar fraction={props.peer.progress} tone="rest" label={say.progress} />
      </div>
      <span class="soft detail-row-more">
        {say.gave(formatBytes(props.peer.verifiedBytes, words))}
      </span>
    </li>
  )
}
