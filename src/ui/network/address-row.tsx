import X from 'lucide-solid/icons/x'
import { Show, type JSX } from 'solid-js'
import { IconButton } from '../components/icon-button.tsx'
import { useWords } from '../engine-context.tsx'

export interface AddressRowProps {
  readonly mark?: JSX.Element
  readonly name: string
  /** The whole address. */
  readonly title: string
  readonly aside?: string | undefined
  readonly sentence?: string
  readonly bad?: boolean
  readonly more?: string | null
  /** Left out: it is not the person's to remove. */
  readonly onRemove?: (() => void) | undefined
}

/** One address that is in use. Foreign text: isolated, and never taken for more than text. */
export function AddressRow(props: AddressRowProps) {
  const words = useWords()
  return (
    <li class="network-row">
      <span class="network-mark">{props.mark}</span>
      <div class="network-what">
        <p>
          <bdi class="network-name" title={props.title}>
            {props.name}
          </bdi>{' '}
          <Show when={props.aside}>{(aside) => <span class="soft">{aside()}</span>}</Show>
        </p>
        <Show when={props.sentence}>
          {(sentence) => <p data-bad={props.bad === true ? '' : undefined}>{sentence()}</p>}
        </Show>
        <Show when={props.more}>{(more) => <p class="soft">{more()}</p>}</Show>
      </div>
      <Show when={props.onRemove}>
        {(remove) => (
          <IconButton
            icon={X}
            label={words.network.removeNamed(props.name)}
            onClick={() => remove()()}
          />
        )}
      </Show>
    </li>
  )
}
