import Copy from 'lucide-solid/icons/copy'
import { For, Match, Show, Switch } from 'solid-js'
import type { OverlayPeerSnapshot } from '../../engine/model/engine-state.ts'
import { IconButton } from '../components/icon-button.tsx'
import { useApp } from '../engine-context.tsx'
import { formatBytes } from '../format/bytes.ts'
import { threeWords } from './three-words.ts'

export interface PeersPartProps {
  /** Null before the first answer. */
  readonly peers: readonly OverlayPeerSnapshot[] | null
}

/** Chiral peers that are connected now, and over which path. */
export function PeersPart(props: PeersPartProps) {
  const app = useApp()
  const say = app.words.network.peers
  return (
    <Switch>
      <Match when={props.peers === null}>
        <p class="network-nothing">{say.looking}</p>
      </Match>
      <Match when={props.peers?.length === 0}>
        <p class="network-nothing">{say.none}</p>
      </Match>
      <Match when={props.peers}>
        {(peers) => (
          <ul class="network-list" role="list" aria-label={say.label}>
            <For each={peers()}>{(peer) => <PeerRow peer={peer} />}</For>
          </ul>
        )}
      </Match>
    </Switch>
  )
}

function PeerRow(props: { readonly peer: OverlayPeerSnapshot }) {
  const app = useApp()
  const say = app.words.network.peers
  const bytes = (amount: number) => formatBytes(amount, app.words)

  const path = () => {
    const { path, relayedBytesLeft } = props.peer
    if (path === 'direct') return say.direct
    return relayedBytesLeft === null ? say.relayed : say.relayedLeft(bytes(relayedBytesLeft))
  }
  const torrents = () => {
    const names = props.peer.torrents.flatMap(
      (infoHash) => app.engine.torrents[infoHash]?.name ?? [],
    )
    const [first] = names
    if (first === undefined) return null
    return say.for(names.length === 1 ? first : say.more(first, names.length - 1))
  }

  return (
    <li class="network-row">
      <span class="network-mark network-path" data-path={props.peer.path} aria-hidden="true" />
      <div class="network-what">
        <p class="network-name" translate="no" title={props.peer.peerId}>
          {threeWords(props.peer)}
        </p>
        <p>
          {path()}
          <Show when={torrents()}>
            {(names) => (
              <>
                , <bdi>{names()}</bdi>
              </>
            )}
          </Show>
        </p>
        <p class="soft">
          <bdi>{props.peer.client ?? app.words.detail.peer.unknown}</bdi>
          <Show when={props.peer.relayedBytes > 0}>
            , {say.relayedSum(bytes(props.peer.relayedBytes))}
          </Show>
        </p>
      </div>
      <div class="network-moved figure">
        <span data-way="down">{say.down(bytes(props.peer.downBytes))}</span>
        <span data-way="up">{say.up(bytes(props.peer.upBytes))}</span>
      </div>
      <IconButton
        icon={Copy}
        label={app.words.actions.named(say.copyId, `(${threeWords(props.peer)})`)}
        onClick={() => void navigator.clipboard.writeText(props.peer.peerId).catch(() => undefined)}
      />
    </li>
  )
}
