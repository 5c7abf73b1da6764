import { Tabs } from '@kobalte/core/tabs'
import { createMemo, Show } from 'solid-js'
import type { OverlayPeerSnapshot } from '../../engine/model/engine-state.ts'
import { DialogFrame } from '../components/dialog-frame.tsx'
import { StatusDot } from '../components/status-dot.tsx'
import { useApp } from '../engine-context.tsx'
import { networkHealth } from '../state/network-health.ts'
import { createCheckUp } from '../state/check-up.ts'
import { createWatched } from '../state/watched.ts'
import { CheckUpPart } from './check-up-part.tsx'
import { IcePart } from './ice-part.tsx'
import './network-sheet.css'
import { PeersPart } from './peers-part.tsx'
import { RelaysPart } from './relays-part.tsx'
import { createNetworkSettings } from './network-settings.ts'
import { YouPart } from './you-part.tsx'

/** Who this browser is for others, by whom it is reached, and who is connected. */
export function NetworkSheet(props: { readonly onClose: () => void }) {
  const app = useApp()
  const say = app.words.network
  const health = createMemo(() => networkHealth(app.engine, app.online(), app.words))
  const settings = createNetworkSettings(app.client)
  const checkUp = createCheckUp(app.client)
  const peers = createWatched<OverlayPeerSnapshot>(
    () => '',
    (signal) => app.client.call('overlay.peers', null, { signal }),
    'peerId',
  )

  return (
    <DialogFrame title={say.title} size="large" onClose={() => props.onClose()}>
      <div class="network">
        <p class="network-health">
          <StatusDot level={health().level} />
          <span>
            <strong>{app.words.header.network[health().level]}.</strong> {health().sentence}
          </span>
        </p>
        <Tabs class="network-tabs" defaultValue="you">
          <Tabs.List class="network-tab-list">
            <Tabs.Trigger class="network-tab" value="you">
              {say.tabs.you}
            </Tabs.Trigger>
            <Tabs.Trigger class="network-tab" value="relays">
              {say.tabs.relays}
            </Tabs.Trigger>
            <Tabs.Trigger class="network-tab" value="peers">
              {say.tabs.peers}
              <Show when={peers.items}>
                {(items) => <span class="filter-count figure">{items().length}</span>}
              </Show>
            </Tabs.Trigger>
            <Tabs.Trigger class="network-tab" value="check-up">
              {say.tabs.checkUp}
            </Tabs.Trigger>
          </Tabs.List>
          <Tabs.Content class="network-panel" value="you">
            <YouPart />
          </Tabs.Content>
          <Tabs.Content class="network-panel" value="relays">
            <RelaysPart settings={settings} />
            <IcePart settings={settings} />
          </Tabs.Content>
          <Tabs.Content class="network-panel" value="peers">
            <PeersPart peers={peers.items} />
          </Tabs.Content>
          <Tabs.Content class="network-panel" value="check-up">
            <CheckUpPart checkUp={checkUp} />
          </Tabs.Content>
        </Tabs>
      </div>
    </DialogFrame>
  )
}
