import { createSignal, For, onMount, Show } from 'solid-js'
import type { EngineError } from '../../engine/model/errors.ts'
import type { Result } from '../../engine/model/result.ts'
import type { Settings } from '../../engine/model/settings.ts'
import { MIB, type Bytes } from '../../engine/model/units.ts'
import { useApp } from '../engine-context.tsx'
import { formatBytes } from '../format/bytes.ts'
import { errorMessage } from '../format/error-message.ts'
import { saveFile } from '../input/save-file.ts'
import { DialogFrame } from './dialog-frame.tsx'
import { KeepPromise } from './keep-promise.tsx'
import './settings-sheet.css'

/** Read into memory in one go; the engine's own limit is not above it. */
const LARGEST_BACKUP: Bytes = 256 * MIB

/** What a person may set, and the way in and out for all that is remembered. */
export function SettingsSheet(props: { readonly onClose: () => void }) {
  const app = useApp()
  const say = app.words.settings
  return (
    <DialogFrame title={say.title} onClose={() => props.onClose()}>
      <div class="settings">
        <section>
          <h3>{say.keeping}</h3>
          <KeepPromise />
          <button
            type="button"
            class="button settings-way"
            onClick={() => app.ui.change({ dialog: { name: 'storage', wanting: null } })}
          >
            {say.openStorage}
          </button>
        </section>
        <Show when={'wakeLock' in navigator}>
          <Switches
            heading={say.awake}
            switches={[{ name: 'keepAwake', label: say.keepAwake, lead: say.keepAwakeLead }]}
          />
        </Show>
        <Switches
          heading={say.privacy}
          switches={[
            { name: 'privateOnly', label: say.privateOnly, lead: say.privateOnlyLead },
            { name: 'hideAddress', label: say.hideAddress, lead: say.hideAddressLead },
          ]}
        />
        <Backup />
      </div>
    </DialogFrame>
  )
}

type Switch = 'keepAwake' | 'privateOnly' | 'hideAddress'

/** Settings that are on or off, under one heading. Each is kept as soon as it is changed. */
function Switches(props: {
  readonly heading: string
  readonly switches: ReadonlyArray<{
    readonly name: Switch
    readonly label: string
    readonly lead: string
  }>
}) {
  const app = useApp()
  const [settings, setSettings] = createSignal<Settings | null>(null)
  const [keeping, setKeeping] = createSignal<Switch | null>(null)
  const [problem, setProblem] = createSignal('')

  const show = (answer: Result<Settings, EngineError>) => {
    if (answer.ok) setSettings(answer.value)
    setProblem(answer.ok ? '' : errorMessage(answer.error, app.words))
  }
  onMount(() => void app.client.call('settings.get', null).then(show))
  const want = async (name: Switch, on: boolean) => {
    setSettings((before) => before && { ...before, [name]: on })
    setKeeping(name)
    show(await app.client.call('settings.change', { change: { [name]: on } }))
    setKeeping(null)
  }

  return (
    <section>
      <h3>{props.heading}</h3>
      <For each={props.switches}>
        {({ name, label, lead }) => (
          <label class="settings-choice">
            <input
              type="checkbox"
              checked={settings()?.[name] === true}
              disabled={settings() === null}
              aria-busy={keeping() === name}
              onChange={(event) => void want(name, event.currentTarget.checked)}
            />
            <span>
              {label}
              <span class="soft">{lead}</span>
            </span>
          </label>
        )}
      </For>
      <div role="alert">
        <Show when={problem() !== ''}>
          <p class="problem">{problem()}</p>
        </Show>
      </div>
    </section>
  )
}

function Backup() {
  const app = useApp()
  const say = app.words.settings
  const [picker, setPicker] = createSignal<HTMLInputElement>()
  const [busy, setBusy] = createSignal(false)
  const [news, setNews] = createSignal('')
  const [problem, setProblem] = createSignal('')

  const run = async (task: () => Promise<void>) => {
    setBusy(true)
    setNews('')
    setProblem('')
    await task()
    setBusy(false)
  }

  const save = () =>
    run(async () => {
      const answer = await app.client.call('backup.export', null)
      if (!answer.ok) return void setProblem(errorMessage(answer.error, app.words))
      const day = new Date().toISOString().slice(0, 10)
      saveFile(new Blob([answer.value]), say.fileName(day))
      setNews(say.saved)
    })

  const restore = (file: File) =>
    run(async () => {
      if (file.size > LARGEST_BACKUP) {
        return void setProblem(say.tooLarge(formatBytes(LARGEST_BACKUP, app.words)))
      }
      const bytes = await file.arrayBuffer().catch(() => null)
      if (bytes === null) return void setProblem(app.words.errors.sourceChanged(file.name))
      const answer = await app.client.call('backup.import', { bytes: new Uint8Array(bytes) })
      if (answer.ok) setNews(say.restored(answer.value))
      else setProblem(errorMessage(answer.error, app.words))
    })

  return (
    <section>
      <h3>{say.backup}</h3>
      <p class="soft">{say.backupLead}</p>
      <div class="settings-buttons" aria-busy={busy()}>
        <button type="button" class="button" disabled={busy()} onClick={() => void save()}>
          {say.save}
        </button>
        <button type="button" class="button" disabled={busy()} onClick={() => picker()?.click()}>
          {say.restore}
        </button>
        <input
          ref={setPicker}
          type="file"
          hidden
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? []
            event.currentTarget.value = ''
            if (file !== undefined) void restore(file)
          }}
        />
      </div>
      <p role="status">{news()}</p>
      <div role="alert">
        <Show when={problem() !== ''}>
          <p class="problem">{problem()}</p>
        </Show>
      </div>
    </section>
  )
}
