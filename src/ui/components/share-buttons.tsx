import Lock from 'lucide-solid/icons/lock'
import FolderUp from 'lucide-solid/icons/folder-up'
import FileUp from 'lucide-solid/icons/file-up'
import { createSignal, type Component, type JSX } from 'solid-js'
import { useApp } from '../engine-context.tsx'
import { handleChooser } from '../input/choose-handles.ts'
import { filesOfPicker } from '../input/dropped-files.ts'

export interface PickButtonProps {
  readonly what: 'files' | 'folder'
  readonly class: string
  readonly kind?: 'main'
  readonly disabled?: boolean
  readonly children: (icon: Component<{ size?: number | string }>) => JSX.Element
}

/** Opens the system's chooser; what is chosen is shared, a single `.torrent` is looked into. */
export function PickButton(props: PickButtonProps) {
  const app = useApp()
  const [picker, setPicker] = createSignal<HTMLInputElement>()

  const pick = async () => {
    const choose = handleChooser(props.what, window)
    if (choose === null) return picker()?.click()
    const handles = await choose()
    if (handles !== null) await app.intake.takeHandles(handles)
  }

  return (
    <>
      <button
        type="button"
        class={props.class}
        data-kind={props.kind}
        disabled={props.disabled}
        onClick={() => void pick()}
      >
        {props.children(props.what === 'files' ? FileUp : FolderUp)}
      </button>
      <input
        ref={(input) => {
          // The one name of it that every browser knows (File and Directory Entries API).
          input.webkitdirectory = props.what === 'folder'
          setPicker(input)
        }}
        type="file"
        hidden
        multiple
        onChange={(event) => {
          app.intake.takeFiles(filesOfPicker(event.currentTarget.files ?? []))
          event.currentTarget.value = ''
        }}
      />
    </>
  )
}

/** Asks who may join before anything is chosen. */
export function SharePrivately(props: { readonly class: string }) {
  const app = useApp()
  return (
    <button
      type="button"
      class={props.class}
      data-tip={app.words.privacy.shareTip}
      onClick={() => app.sharing.open()}
    >
      <Lock size={16} />
      <span>{app.words.privacy.shareButton}</span>
    </button>
  )
}
