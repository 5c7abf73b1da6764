import Check from 'lucide-solid/icons/check'
import Copy from 'lucide-solid/icons/copy'
import { createSignal, onCleanup, Show } from 'solid-js'
import { SECOND } from '../../engine/model/units.ts'
import { useWords } from '../engine-context.tsx'

export interface CopyButtonProps {
  readonly label: string
  readonly value: string
}

/** Takes a text along. Where the browser says no, nothing happens: the text is to be seen elsewhere. */
export function CopyButton(props: CopyButtonProps) {
  const words = useWords()
  const [copied, setCopied] = createSignal(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))

  const copy = async () => {
    const done = await navigator.clipboard.writeText(props.value).then(
      () => true,
      () => false,
    )
    setCopied(done)
    clearTimeout(timer)
    timer = setTimeout(() => setCopied(false), 3 * SECOND)
  }

  return (
    <>
      <button type="button" class="button" onClick={() => void copy()}>
        <Show when={copied()} fallback={<Copy size={16} />}>
          <Check size={16} />
        </Show>
        {props.label}
      </button>
      <span class="visually-hidden" role="status">
        {copied() ? words.share.copied : ''}
      </span>
    </>
  )
}
