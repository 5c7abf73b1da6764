import { createUniqueId, For, Show } from 'solid-js'
import { DialogFrame } from '../components/dialog-frame.tsx'
import { PickButton } from '../components/share-buttons.tsx'
import { TextField } from '../components/text-field.tsx'
import { useApp } from '../engine-context.tsx'
import { errorMessage } from '../format/error-message.ts'
import type { WhoMayJoin } from '../state/share-flow.ts'
import { PrivateFacts } from './private-facts.tsx'
import './privacy.css'

const CHOICES: readonly WhoMayJoin[] = ['members', 'passphrase', 'key', 'anyone']

/** Who may join what is shared: asked before anything of it is read. */
export function ShareSheet() {
  const app = useApp()
  const say = app.words.privacy
  const name = createUniqueId()
  const flow = app.sharing
  const sharing = () => flow.asking()?.sharing ?? null
  const choices = () => CHOICES.filter((choice) => choice !== 'anyone' || !flow.privateOnly())
  const isReady = () => flow.who() !== 'passphrase' || flow.passphrase() !== ''
  const title = () => {
    const given = sharing()
    const called = given?.name ?? given?.files[0]?.path.split('/')[0]
    return called === undefined ? say.shareTitle : app.words.share.title(called)
  }

  return (
    <DialogFrame
      title={title()}
      lead={sharing() === null ? say.shareLead : undefined}
      onClose={() => flow.close()}
      footer={
        <>
          <button type="button" class="button" data-kind="quiet" onClick={() => flow.close()}>
            {app.words.preview.cancel}
          </button>
          <Show
            when={sharing() === null}
            fallback={
              <button
                type="submit"
                form={`${name}-form`}
                class="button"
                data-kind="main"
                disabled={!isReady()}
              >
                {app.words.add.share}
              </button>
            }
          >
            <PickButton what="folder" class="button" disabled={!isReady()}>
              {() => say.chooseFolder}
            </PickButton>
            <PickButton what="files" class="button" kind="main" disabled={!isReady()}>
              {() => say.chooseFiles}
            </PickButton>
          </Show>
        </>
      }
    >
      <form
        id={`${name}-form`}
        class="who"
        onSubmit={(event) => {
          event.preventDefault()
          void flow.share()
        }}
      >
        <fieldset>
          <legend>{say.whoMayJoin}</legend>
          <For each={choices()}>
            {(choice) => (
              <label class="who-choice">
                <input
                  type="radio"
                  name={name}
                  checked={flow.who() === choice}
                  onChange={() => flow.choose(choice)}
                />
                <span>
                  {say.choice[choice]}
                  <span class="soft">{say.choiceLead[choice]}</span>
                </span>
              </label>
            )}
          </For>
        </fieldset>
        <Show when={flow.who() === 'passphrase'}>
          <TextField
            label={say.passphrase}
            hint={say.newPassphraseHint}
            value={flow.passphrase()}
            onInput={(text) => flow.writePassphrase(text)}
          />
        </Show>
        <div role="alert">
          <Show when={flow.problem()}>
            {(error) => <p class="problem">{errorMessage(error(), app.words)}</p>}
          </Show>
        </div>
        <Show when={flow.who() !== 'anyone'}>
          <PrivateFacts />
        </Show>
      </form>
    </DialogFrame>
  )
}
