import FileDown from 'lucide-solid/icons/file-down'
import { createSignal, createUniqueId, Show } from 'solid-js'
import { useApp } from '../engine-context.tsx'
import { errorMessage } from '../format/error-message.ts'
import { isTorrentFile } from '../input/dropped-files.ts'
import { IconButton } from './icon-button.tsx'
import './add-box.css'

/** One box for everything that names a torrent. What is wrong with it is said beneath it. */
export function AddBox() {
  const app = useApp()
  const problem = createUniqueId()
  const [picker, setPicker] = createSignal<HTMLInputElement>()

  const pickTorrent = (files: FileList | null) => {
    const file = files?.[0]
    if (file === undefined) return
    if (isTorrentFile(file)) void app.intake.openTorrentFile(file)
    else app.intake.takeFiles([{ path: file.name, file }])
  }

  return (
    <form
      class="add-box"
      aria-label={app.words.add.label}
      onSubmit={(event) => {
        event.preventDefault()
        app.intake.submit()
      }}
    >
      <div class="add-box-line">
        <div class="add-box-field">
          <input
            id="add-box"
            class="field"
            type="text"
            inputmode="url"
            enterkeyhint="go"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            aria-label={app.words.add.hint}
            placeholder={app.words.add.placeholder}
            aria-invalid={app.preview.fieldError() !== null}
            aria-describedby={app.preview.fieldError() === null ? undefined : problem}
            value={app.intake.text()}
            onInput={(event) => app.intake.setText(event.currentTarget.value)}
          />
          <IconButton
            icon={FileDown}
            label={app.words.add.openTorrent}
            onClick={() => picker()?.click()}
          />
        </div>
        <button class="button" type="submit" aria-busy={app.preview.reading()}>
          {app.words.add.open}
        </button>
        <input
          ref={setPicker}
          type="file"
          accept=".torrent,application/x-bittorrent"
          hidden
          onChange={(event) => {
            pickTorrent(event.currentTarget.files)
            event.currentTarget.value = ''
          }}
        />
      </div>
      <div id={problem} role="alert">
        <Show when={app.preview.fieldError()}>
          {(error) => <p class="problem">{errorMessage(error(), app.words)}</p>}
        </Show>
      </div>
    </form>
  )
}
