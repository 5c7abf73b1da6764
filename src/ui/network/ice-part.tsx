import { createMemo, createSignal, For, Show } from 'solid-js'
import { relaysOf } from '../../engine/model/engine-state.ts'
import { iceServersInUse } from '../../engine/model/ice-servers.ts'
import type { IceServer } from '../../engine/model/settings.ts'
import { TextField } from '../components/text-field.tsx'
import { useApp } from '../engine-context.tsx'
import { errorMessage } from '../format/error-message.ts'
import { AddressForm } from './address-form.tsx'
import { AddressRow } from './address-row.tsx'
import type { NetworkSettings } from './network-settings.ts'

/** Who is asked for this browser's own address, and who carries what has no path. */
export function IcePart(props: { readonly settings: NetworkSettings }) {
  const app = useApp()
  const say = app.words.network.ice
  const own = (): readonly IceServer[] => props.settings.current()?.iceServers ?? []
  const servers = createMemo(() =>
    iceServersInUse({ iceServers: own() }, relaysOf(app.engine.overlay)),
  )

  const [username, setUsername] = createSignal('')
  const [credential, setCredential] = createSignal('')
  const [problem, setProblem] = createSignal('')
  const change = async (iceServers: readonly IceServer[]) => {
    const error = await props.settings.change({ iceServers })
    setProblem(error === null ? '' : errorMessage(error, app.words))
    return error === null
  }
  const add = async (url: string) => {
    if (own().some(({ urls }) => urls.includes(url))) {
      setProblem(app.words.network.relays.twice)
      return false
    }
    const account = isTurn(url) ? { username: username(), credential: credential() } : {}
    const taken = await change([...own(), { urls: [url], ...account }])
    if (taken) {
      setUsername('')
      setCredential('')
    }
    return taken
  }

  return (
    <section class="network-part">
      <h3>{say.title}</h3>
      <p class="soft">{say.lead}</p>
      <Show when={servers().length > 0} fallback={<p class="network-nothing">{say.none}</p>}>
        <ul class="network-list" role="list" aria-label={say.title}>
          <For each={servers()}>
            {({ urls, from }) => (
              <AddressRow
                name={urls.join(', ')}
                title={urls.join(', ')}
                aside={say.from[from]}
                onRemove={
                  from === 'settings'
                    ? () => void change(own().filter((one) => one.urls.join() !== urls.join()))
                    : undefined
                }
              />
            )}
          </For>
        </ul>
      </Show>
      <AddressForm
        label={say.add}
        hint={say.addHint}
        problem={problem()}
        onInput={() => setProblem('')}
        onAdd={add}
        more={(address) => (
          <Show when={isTurn(address)}>
            <div class="network-account">
              <TextField label={say.username} value={username()} onInput={setUsername} />
              <TextField
                label={say.credential}
                type="password"
                autocomplete="off"
                value={credential()}
                onInput={setCredential}
              />
            </div>
          </Show>
        )}
      />
    </section>
  )
}

function isTurn(url: string): boolean {
  return /^turns?:/i.test(url)
}
