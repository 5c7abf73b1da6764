import { createMemo, createSignal, For, onCleanup, Show } from 'solid-js'
import { relaysOf, type RelaySnapshot } from '../../engine/model/engine-state.ts'
import { SECOND } from '../../engine/model/units.ts'
import { StatusDot } from '../components/status-dot.tsx'
import { useApp } from '../engine-context.tsx'
import { formatAgo } from '../format/duration.ts'
import { errorMessage } from '../format/error-message.ts'
import { hostOf } from '../format/host.ts'
import { AddressForm } from './address-form.tsx'
import { AddressRow } from './address-row.tsx'
import type { NetworkSettings } from './network-settings.ts'

const LEVELS = { reserved: 'full', connecting: 'partial', lost: 'none' } as const

/** By whom others reach this browser, and how each of them is doing. */
export function RelaysPart(props: { readonly settings: NetworkSettings }) {
  const app = useApp()
  const say = app.words.network.relays
  const relays = createMemo(() => relaysOf(app.engine.overlay))
  const own = () => props.settings.current()?.relays === null
  const addresses = () => props.settings.current()?.relays ?? relays().map(({ address }) => address)

  const [now, setNow] = createSignal(Date.now())
  const clock = setInterval(() => setNow(Date.now()), SECOND)
  onCleanup(() => clearInterval(clock))

  const [problem, setProblem] = createSignal('')
  const change = async (to: readonly string[] | null) => {
    const error = await props.settings.change({ relays: to })
    setProblem(error === null ? '' : errorMessage(error, app.words))
    return error === null
  }

  const add = async (address: string) => {
    if (!addresses().includes(address)) return change([...addresses(), address])
    setProblem(say.twice)
    return false
  }

  const sentence = ({ state, error, retryAt, since }: RelaySnapshot): string => {
    if (state === 'reserved') return say.reserved(formatAgo(since, now(), app.words))
    if (state === 'connecting' || error === null) return say.connecting
    const wait = Math.max(0, Math.ceil(((retryAt ?? 0) - now()) / SECOND))
    return say.retry(errorMessage(error, app.words), wait)
  }
  const lastAnswer = ({ state, answeredAt }: RelaySnapshot): string | null => {
    if (state === 'reserved') return null
    return answeredAt === null
      ? say.neverAnswered
      : say.lastAnswer(formatAgo(answeredAt, now(), app.words))
  }

  return (
    <section class="network-part">
      <h3>{say.title}</h3>
      <p class="soft">{say.lead}</p>
      <Show when={relays().length > 0} fallback={<p class="network-nothing">{say.none}</p>}>
        <ul class="network-list" role="list" aria-label={say.title}>
          <For each={relays()}>
            {(relay) => (
              <AddressRow
                mark={<StatusDot level={LEVELS[relay.state]} />}
                name={hostOf(relay.address)}
                title={relay.address}
                aside={own() ? say.own : undefined}
                sentence={sentence(relay)}
                bad={relay.state === 'lost'}
                more={lastAnswer(relay)}
                onRemove={() => void change(addresses().filter((one) => one !== relay.address))}
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
      />
      <Show when={props.settings.current() !== null && !own()}>
        <button type="button" class="text-button network-reset" onClick={() => void change(null)}>
          {say.useOwn}
        </button>
      </Show>
    </section>
  )
}
