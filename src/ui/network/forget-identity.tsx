import { createSignal } from 'solid-js'
import type { IdentitySnapshot } from '../../engine/model/engine-state.ts'
import { useApp } from '../engine-context.tsx'
import { errorMessage } from '../format/error-message.ts'
import { threeWords } from './three-words.ts'

export interface ForgetIdentityProps {
  readonly identity: IdentitySnapshot
  readonly onBecome: (identity: IdentitySnapshot) => void
  readonly onCancel: () => void
}

/** There is no undo for it, so it says what is lost, and asks. */
export function ForgetIdentity(props: ForgetIdentityProps) {
  const app = useApp()
  const say = app.words.network.you
  const [busy, setBusy] = createSignal(false)
  const [problem, setProblem] = createSignal('')

  const forget = async () => {
    setBusy(true)
    const answer = await app.client.call('identity.forget', null)
    setBusy(false)
    if (answer.ok) props.onBecome(answer.value)
    else setProblem(errorMessage(answer.error, app.words))
  }

  return (
    <div class="way" data-kind="bad" role="group" aria-label={say.ways.forget}>
      <p role="status">{say.forgetLead(threeWords(props.identity))}</p>
      <div role="alert">
        <span class="problem">{problem()}</span>
      </div>
      <div class="way-buttons">
        <button
          type="button"
          class="button"
          ref={(button) => queueMicrotask(() => button.focus())}
          onClick={() => props.onCancel()}
        >
          {say.cancel}
        </button>
        <button
          type="button"
          class="button"
          data-kind="bad"
          disabled={busy()}
          onClick={() => void forget()}
        >
          {say.forget}
        </button>
      </div>
    </div>
  )
}
