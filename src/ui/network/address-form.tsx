import { createSignal, type JSX } from 'solid-js'
import { TextField } from '../components/text-field.tsx'
import { useWords } from '../engine-context.tsx'

export interface AddressFormProps {
  readonly label: string
  readonly hint: string
  readonly problem: string
  /** What else must be known of this address. */
  readonly more?: (address: string) => JSX.Element
  readonly onInput: () => void
  /** True when it was taken: the field is empty then. */
  readonly onAdd: (address: string) => Promise<boolean>
}

/** One more address. What is wrong with it is the engine's to say. */
export function AddressForm(props: AddressFormProps) {
  const words = useWords()
  const [address, setAddress] = createSignal('')
  let field: HTMLInputElement | undefined

  const add = async () => {
    const text = address().trim()
    if (text !== '' && (await props.onAdd(text))) setAddress('')
    field?.focus()
  }

  return (
    <form
      class="network-add"
      onSubmit={(event) => {
        event.preventDefault()
        void add()
      }}
    >
      <TextField
        ref={(input) => (field = input)}
        label={props.label}
        hint={props.hint}
        problem={props.problem}
        value={address()}
        onInput={(text) => {
          setAddress(text)
          props.onInput()
        }}
      />
      <button
        type="submit"
        class="button"
        aria-label={words.network.addNamed(props.label)}
        disabled={address().trim() === ''}
      >
        {words.network.addButton}
      </button>
      {props.more?.(address().trim())}
    </form>
  )
}
