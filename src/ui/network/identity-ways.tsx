import Download from 'lucide-solid/icons/download'
import Eraser from 'lucide-solid/icons/eraser'
import Upload from 'lucide-solid/icons/upload'
import { createSignal, For, Match, Switch } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { IdentitySnapshot } from '../../engine/model/engine-state.ts'
import { useApp } from '../engine-context.tsx'
import { BringIdentity } from './bring-identity.tsx'
import { ForgetIdentity } from './forget-identity.tsx'
import './identity-ways.css'
import { SaveIdentity } from './save-identity.tsx'
import { threeWords } from './three-words.ts'

const WAYS = ['save', 'bring', 'forget'] as const
const ICONS = { save: Download, bring: Upload, forget: Eraser }

export interface IdentityWaysProps {
  readonly identity: IdentitySnapshot
  /** Another one is in its place now. */
  readonly onBecome: (identity: IdentitySnapshot) => void
}

/** Saving, bringing and forgetting an identity: one at a time, in the place where it was asked for. */
export function IdentityWays(props: IdentityWaysProps) {
  const app = useApp()
  const say = app.words.network.you
  const [way, setWay] = createSignal<(typeof WAYS)[number] | null>(null)
  const [news, setNews] = createSignal('')
  const buttons = new Map<string, HTMLButtonElement>()

  const toggle = (one: (typeof WAYS)[number]) => {
    setNews('')
    setWay((before) => (before === one ? null : one))
  }
  const done = (sentence: string) => {
    const from = way()
    setWay(null)
    setNews(sentence)
    if (from !== null) buttons.get(from)?.focus()
  }
  const become = (identity: IdentitySnapshot) => {
    props.onBecome(identity)
    done(say.now(threeWords(identity)))
  }

  return (
    <div
      class="ways"
      on:keydown={(event) => {
        if (event.key !== 'Escape' || way() === null) return
        event.stopPropagation() // the dialog stays
        done('')
      }}
    >
      <div class="ways-buttons" role="group" aria-label={say.along}>
        <For each={WAYS}>
          {(one) => (
            <button
              type="button"
              class="button"
              ref={(button) => buttons.set(one, button)}
              aria-expanded={way() === one}
              onClick={() => toggle(one)}
            >
              <Dynamic component={ICONS[one]} size={16} />
              {say.ways[one]}
            </button>
          )}
        </For>
      </div>
      <p class="ways-news" role="status">
        {news()}
      </p>
      <Switch>
        <Match when={way() === 'save'}>
          <SaveIdentity identity={props.identity} onDone={() => done(say.saved)} />
        </Match>
        <Match when={way() === 'bring'}>
          <BringIdentity identity={props.identity} onBecome={become} />
        </Match>
        <Match when={way() === 'forget'}>
          <ForgetIdentity identity={props.identity} onBecome={become} onCancel={() => done('')} />
        </Match>
      </Switch>
    </div>
  )
}
