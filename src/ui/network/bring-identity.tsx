import FileKey from 'lucide-solid/icons/file-key'
import { createSignal } from 'solid-js'
import type { IdentitySnapshot } from '../../engine/model/engine-state.ts'
import type { EngineError } from '../../engine/model/errors.ts'
import { KIB, type Bytes } from '../../engine/model/units.ts'
import { TextField } from '../components/text-field.tsx'
import { useApp } from '../engine-context.tsx'
import { errorMessage } from '../format/error-message.ts'
import { threeWords } from './three-words.ts'

/** Read into memory in one go; a copy has some 200 bytes. */
const LARGEST: Bytes = 64 * KIB

export interface BringIdentityProps {
  readonly identity: IdentitySnapshot
  readonly onBecome: (identity: IdentitySnapshot) => void
}

/** Puts the identity of a saved copy in the place of this one. */
export function BringIdentity(props: BringIdentityProps) {
  const app = useApp()
  const say = app.words.network.you
  const [file, setFile] = createSignal<File | null>(null)
  const [passphrase, setPassphrase] = createSignal('')
  const [fileProblem, setFileProblem] = createSignal('')
  const [problem, setProblem] = createSignal('')
  const [busy, setBusy] = createSignal(false)
  let picker: HTMLInputElement | undefined
  let field: HTMLInputElement | undefined

  const refuse = (error: EngineError) => {
    const sentence = errorMessage(error, app.words)
    const wrong = error.kind === 'input/identity' && error.reason === 'passphrase'
    if (!wrong) return setFileProblem(sentence)
    setProblem(sentence)
    field?.select()
  }

  const bring = async () => {
    const chosen = file()
    if (chosen === null) return setFileProblem(say.notChosen)
    if (chosen.size > LARGEST) return setFileProblem(say.tooLarge)
    const bytes = await chosen.arrayBuffer().catch(() => null)
    if (bytes === null) return setFileProblem(app.words.errors.sourceChanged(chosen.name))
    setBusy(true)
    const answer = await app.client.call('identity.import', {
      bytes: new Uint8Array(bytes),
      passphrase: passphrase(),
    })
    setBusy(false)
    if (answer.ok) props.onBecome(answer.value)
    else refuse(answer.error)
  }

  return (
    <form
      class="way"
      aria-label={say.ways.bring}
      onSubmit={(event) => {
        event.preventDefault()
        if (!busy()) void bring()
      }}
    >
      <p>{say.bringLead(threeWords(props.identity))}</p>
      <div class="way-buttons">
        <button
          type="button"
          class="button"
          ref={(button) => queueMicrotask(() => button.focus())}
          onClick={() => picker?.click()}
        >
          <FileKey size={16} />
          {say.choose}
        </button>
        <span role="status">{file() === null ? '' : say.chosen(file()?.name ?? '')}</span>
        <input
          ref={(input) => (picker = input)}
          type="file"
          hidden
          onChange={(event) => {
            const [chosen] = event.currentTarget.files ?? []
            event.currentTarget.value = ''
            if (chosen === undefined) return
            setFileProblem('')
            setProblem('')
            setFile(chosen)
            field?.focus()
          }}
        />
      </div>
      <div class="way-problem" role="alert">
        <span class="problem">{fileProblem()}</span>
      </div>
      <TextField
        ref={(input) => (field = input)}
        label={say.passphrase}
        problem={problem()}
        type="password"
        autocomplete="current-password"
        value={passphrase()}
        onInput={(value) => {
          setProblem('')
          setPassphrase(value)
        }}
      />
      <div class="way-buttons" aria-busy={busy()}>
        <button type="submit" class="button" data-kind="main" aria-disabled={busy()}>
          {busy() ? say.opening : say.bring}
        </button>
      </div>
    </form>
  )
}
