import Check from 'lucide-solid/icons/check'
import Copy from 'lucide-solid/icons/copy'
import { createSignal, createUniqueId, onCleanup, Show } from 'solid-js'
import { SECOND } from '../../engine/model/units.ts'
import { useWords } from '../engine-context.tsx'
import './copy-field.css'

export interface CopyFieldProps {
  readonly label: string
  readonly hint?: string
  readonly value: string
  readonly main?: boolean
}

/** A text to take along, and the button that takes it. */
export function CopyField(props: CopyFieldProps) {
  const words = useWords()
  const id = createUniqueId()
  const [field, setField] = createSignal<HTMLInputElement>()
  const [outcome, setOutcome] = createSignal<'copied' | 'by-hand' | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))

  const copy = async () => {
    const copied = await navigator.clipboard.writeText(props.value).then(
      () => true,
      () => false,
    )
    // A browser may say no: then the text is selected, and the keyboard copies it.
    if (!copied) field()?.select()
    setOutcome(copied ? 'copied' : 'by-hand')
    clearTimeout(timer)
    timer = setTimeout(() => setOutcome(null), 3 * SECOND)
  }

  return (
    <div class="copy-field">
      <label for={id}>{props.label}</label>
      <div class="copy-field-line">
        <input
          ref={setField}
          id={id}
          class="field"
          readonly
          value={props.value}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button
          type="button"
          class="button"
          data-kind={props.main === true ? 'main' : undefined}
          aria-label={words.share.copyNamed(props.label)}
          onClick={() => void copy()}
        >
          <Show when={outcome() === 'copied'} fallback={<Copy size={16} />}>
            <Check size={16} />
          </Show>
          <span class="copy-field-word">
            {outcome() === 'copied' ? words.share.copied : words.share.copy}
          </span>
        </button>
      </div>
      <p class="soft copy-field-hint" role="status">
        {outcome() === 'by-hand'
          ? words.share.copyByHand
          : outcome() === 'copied'
            ? words.share.copied
            : props.hint}
      </p>
    </div>
  )
}
