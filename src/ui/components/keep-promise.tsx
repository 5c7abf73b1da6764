import { createSignal, Show } from 'solid-js'
import { useApp } from '../engine-context.tsx'
import './keep-promise.css'

/** What the browser said about keeping the stored files, and a way to ask it again. */
export function KeepPromise() {
  const app = useApp()
  const say = app.words.storage
  const [asking, setAsking] = createSignal(false)
  const [refused, setRefused] = createSignal(false)
  const storage = () => app.engine.storage

  const ask = async () => {
    setAsking(true)
    const persisted = await navigator.storage.persist().catch(() => false)
    await app.client.call('storage.grant', { persisted })
    setRefused(!persisted)
    setAsking(false)
  }

  return (
    <Show when={storage().kind !== 'memory'} fallback={<p>{app.words.header.memory}</p>}>
      <div class="keep-promise">
        <p>{storage().persisted ? say.kept : say.mayClear}</p>
        <Show when={!storage().persisted}>
          <button
            type="button"
            class="button"
            aria-busy={asking()}
            disabled={asking()}
            onClick={() => void ask()}
          >
            {say.askToKeep}
          </button>
        </Show>
        <p class="soft keep-promise-refused" role="status">
          {refused() && !storage().persisted ? say.refused : ''}
        </p>
      </div>
    </Show>
  )
}
