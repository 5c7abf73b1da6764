import { createUniqueId, Show } from 'solid-js'
import './text-field.css'

export interface TextFieldProps {
  readonly label: string
  readonly hint?: string | undefined
  /** What is wrong with it; blank while nothing is. */
  readonly problem?: string
  readonly value: string
  readonly type?: 'text' | 'password'
  readonly autocomplete?: string
  readonly maxLength?: number
  readonly onInput: (value: string) => void
  readonly ref?: (field: HTMLInputElement) => void
}

/** One line to write in, with its label above and a hint or a problem below. */
export function TextField(props: TextFieldProps) {
  const id = createUniqueId()
  const wrong = () => (props.problem ?? '') !== ''
  return (
    <div class="text-field">
      <label for={id}>{props.label}</label>
      <input
        ref={(field) => props.ref?.(field)}
        id={id}
        class="field"
        type={props.type ?? 'text'}
        value={props.value}
        maxLength={props.maxLength}
        autocomplete={props.autocomplete ?? 'off'}
        autocapitalize="off"
        spellcheck={false}
        aria-invalid={wrong()}
        aria-describedby={`${id}-hint ${id}-problem`}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <Show when={!wrong() && props.hint !== undefined}>
        <p id={`${id}-hint`} class="soft text-field-note">
          {props.hint}
        </p>
      </Show>
      <div id={`${id}-problem`} role="alert">
        <Show when={wrong()}>
          <p class="problem text-field-note">{props.problem}</p>
        </Show>
      </div>
    </div>
  )
}
