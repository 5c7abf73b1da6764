import { createEffect, createSignal, on } from 'solid-js'
import type { IdentitySnapshot } from '../../engine/model/engine-state.ts'
import { TextField } from '../components/text-field.tsx'
import { useApp } from '../engine-context.tsx'
import { errorMessage } from '../format/error-message.ts'

export interface NameFieldProps {
  readonly identity: IdentitySnapshot
  readonly onRenamed: (identity: IdentitySnapshot) => void
}

/** What the engine keeps of a name. */
const MAX_NAME_LENGTH = 64

/** What the person calls this identity. */
export function NameField(props: NameFieldProps) {
  const app = useApp()
  const say = app.words.network.you
  const kept = () => props.identity.name ?? ''
  const [name, setName] = createSignal(kept())
  const [news, setNews] = createSignal('')
  const [problem, setProblem] = createSignal('')
  createEffect(on(kept, setName, { defer: true }))

  const rename = async () => {
    const answer = await app.client.call('identity.rename', { name: name() })
    setProblem(answer.ok ? '' : errorMessage(answer.error, app.words))
    if (!answer.ok) return
    setNews(say.nameSaved)
    props.onRenamed(answer.value)
  }

  return (
    <form
      class="network-add"
      onSubmit={(event) => {
        event.preventDefault()
        void rename()
      }}
    >
      <TextField
        label={say.name}
        hint={news() === '' ? say.nameHint : undefined}
        problem={problem()}
        value={name()}
        maxLength={MAX_NAME_LENGTH}
        onInput={(value) => {
          setNews('')
          setProblem('')
          setName(value)
        }}
      />
      <button type="submit" class="button" disabled={name().trim() === kept()}>
        {say.saveName}
      </button>
      <p class="soft network-news" role="status">
        {news()}
      </p>
    </form>
  )
}
