import { createSignal } from 'solid-js'
import type { IdentitySnapshot } from '../../engine/model/engine-state.ts'
import { TextField } from '../components/text-field.tsx'
import { useApp } from '../engine-context.tsx'
import { errorMessage } from '../format/error-message.ts'
import { saveFile } from '../input/save-file.ts'

export interface SaveIdentityProps {
  readonly identity: IdentitySnapshot
  readonly onDone: () => void
}

/** The key as a file, sealed by a passphrase that is asked for twice: nobody can look it up later. */
export function SaveIdentity(props: SaveIdentityProps) {
  const app = useApp()
  const say = app.words.network.you
  const [passphrase, setPassphrase] = createSignal('')
  const [again, setAgain] = createSignal('')
  const [weak, setWeak] = createSignal('')
  const [differ, setDiffer] = createSignal('')
  const [busy, setBusy] = createSignal(false)
  let first: HTMLInputElement | undefined
  let second: HTMLInputElement | undefined

  const save = async () => {
    if (passphrase() !== again()) {
      setDiffer(say.differ)
      second?.focus()
      return
    }
    setBusy(true)
    const answer = await app.client.call('identity.export', { passphrase: passphrase() })
    setBusy(false)
    if (!answer.ok) {
      setWeak(errorMessage(answer.error, app.words))
      first?.focus()
      return
    }
    saveFile(new Blob([answer.value]), say.fileName(props.identity.words.join('-')))
    props.onDone()
  }

  return (
    <form
      class="way"
      aria-label={say.ways.save}
      onSubmit={(event) => {
        event.preventDefault()
        if (!busy()) void save()
      }}
    >
      <TextField
        ref={(field) => {
          first = field
          queueMicrotask(() => field.focus())
        }}
        label={say.passphrase}
        hint={say.passphraseHint}
        problem={weak()}
        type="password"
        autocomplete="new-password"
        value={passphrase()}
        onInput={(value) => {
          setWeak('')
          setDiffer('')
          setPassphrase(value)
        }}
      />
      <TextField
        ref={(field) => (second = field)}
        label={say.again}
        problem={differ()}
        type="password"
        autocomplete="new-password"
        value={again()}
        onInput={(value) => {
          setDiffer('')
          setAgain(value)
        }}
      />
      <div class="way-buttons" aria-busy={busy()}>
        <button type="submit" class="button" data-kind="main" aria-disabled={busy()}>
          {busy() ? say.sealing : say.save}
        </button>
      </div>
    </form>
  )
}
