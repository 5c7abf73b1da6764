import { createSignal, Match, onMount, Show, Switch } from 'solid-js'
import type { IdentitySnapshot } from '../../engine/model/engine-state.ts'
import type { EngineError } from '../../engine/model/errors.ts'
import type { Result } from '../../engine/model/result.ts'
import { CopyField } from '../components/copy-field.tsx'
import { QrCode } from '../components/qr-code.tsx'
import { useApp } from '../engine-context.tsx'
import { formatDay } from '../format/duration.ts'
import { errorMessage } from '../format/error-message.ts'
import { IdentityWays } from './identity-ways.tsx'
import { NameField } from './name-field.tsx'
import { threeWords } from './three-words.ts'
import './you-part.css'

/** Who this browser is for others, and how to be the same elsewhere. */
export function YouPart() {
  const app = useApp()
  const say = app.words.network.you
  const [answer, setAnswer] = createSignal<Result<IdentitySnapshot, EngineError> | null>(null)
  const identity = () => {
    const given = answer()
    return given?.ok === true ? given.value : null
  }
  const problem = () => {
    const given = answer()
    return given?.ok === false ? errorMessage(given.error, app.words) : null
  }
  onMount(() => void app.client.call('identity.get', null).then(setAnswer))

  return (
    <Switch fallback={<p class="soft">{app.words.network.loading}</p>}>
      <Match when={problem()}>
        {(sentence) => (
          <p class="problem" role="alert">
            {sentence()}
          </p>
        )}
      </Match>
      <Match when={identity()}>
        {(who) => (
          <div class="you">
            <div class="you-card">
              <div class="you-qr">
                <QrCode text={who().peerId} label={say.qr} tooLong="" />
              </div>
              <div class="you-who">
                <div class="you-words">
                  <h3>{say.words}</h3>
                  <p class="you-three" translate="no">
                    {threeWords(who())}
                  </p>
                  <p class="soft you-note">{say.wordsHint}</p>
                </div>
                <CopyField label={say.peerId} hint={say.peerIdHint} value={who().peerId} />
              </div>
            </div>
            <NameField
              identity={who()}
              onRenamed={(renamed) => setAnswer({ ok: true, value: renamed })}
            />
            <section class="you-along">
              <h3>{say.along}</h3>
              <p class="soft">{say.alongLead}</p>
              <Show when={app.engine.storage.kind === 'memory'}>
                <p>{say.passing}</p>
              </Show>
              <IdentityWays
                identity={who()}
                onBecome={(other) => setAnswer({ ok: true, value: other })}
              />
              <p class="soft you-note">{say.since(formatDay(who().createdAt, app.words))}</p>
            </section>
          </div>
        )}
      </Match>
    </Switch>
  )
}
