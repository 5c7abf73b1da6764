import { createSignal, createUniqueId, For, Show } from 'solid-js'
import type { InviteOptions, InviteSnapshot } from '../../engine/model/private-swarm.ts'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import { HOUR, type Millis } from '../../engine/model/units.ts'
import { TextField } from '../components/text-field.tsx'
import { useApp } from '../engine-context.tsx'
import { formatDate } from '../format/duration.ts'
import { errorMessage } from '../format/error-message.ts'
import { createWatched } from '../state/watched.ts'
import { InviteLink } from './invite-link.tsx'

const AGES: readonly Millis[] = [HOUR, 24 * HOUR, 72 * HOUR, 7 * 24 * HOUR, 30 * 24 * HOUR]
const USES: readonly number[] = [1, 2, 5, 10, 50]
const MAX_LABEL_LENGTH = 64

/** An invite: for how many, for how long, perhaps for one person; and those that are open. */
export function MakeInvite(props: { readonly torrent: TorrentSnapshot }) {
  const app = useApp()
  const say = app.words.privacy.invite
  const id = createUniqueId()
  const [uses, setUses] = createSignal(1)
  const [age, setAge] = createSignal<Millis>(72 * HOUR)
  const [boundTo, setBoundTo] = createSignal('')
  const [label, setLabel] = createSignal('')
  const [link, setLink] = createSignal<string | null>(null)
  const [busy, setBusy] = createSignal(false)
  const [problem, setProblem] = createSignal('')

  const make = async () => {
    if (busy()) return
    const options: InviteOptions = {
      uses: uses(),
      // A second less than the longest: the engine's clock is read later.
      expiresAt: Date.now() + age() - 1000,
      ...(boundTo().trim() === '' ? {} : { boundTo: boundTo().trim() }),
      ...(label().trim() === '' ? {} : { label: label().trim() }),
    }
    setBusy(true)
    const { infoHash } = props.torrent
    const answer = await app.client.call('swarm.invite', { infoHash, options })
    setBusy(false)
    setProblem(answer.ok ? '' : errorMessage(answer.error, app.words))
    if (answer.ok) setLink(answer.value)
  }

  return (
    <section class="private-part" aria-label={say.title}>
      <h3>{say.title}</h3>
      <Show when={link()}>{(made) => <InviteLink torrent={props.torrent} link={made()} />}</Show>
      <form
        class="invite-form"
        onSubmit={(event) => {
          event.preventDefault()
          void make()
        }}
      >
        <div class="invite-choices">
          <div class="text-field">
            <label for={`${id}-uses`}>{say.uses}</label>
            <select
              id={`${id}-uses`}
              class="field"
              onChange={(event) => setUses(Number(event.currentTarget.value))}
            >
              <For each={USES}>
                {(amount) => (
                  <option value={amount} selected={uses() === amount}>
                    {say.people(amount)}
                  </option>
                )}
              </For>
            </select>
          </div>
          <div class="text-field">
            <label for={`${id}-age`}>{say.age}</label>
            <select
              id={`${id}-age`}
              class="field"
              onChange={(event) => setAge(Number(event.currentTarget.value))}
            >
              <For each={AGES}>
                {(millis) => (
                  <option value={millis} selected={age() === millis}>
                    {say.hours(millis / HOUR)}
                  </option>
                )}
              </For>
            </select>
          </div>
        </div>
        <details class="private-facts">
          <summary>{say.more}</summary>
          <div class="invite-more">
            <TextField
              label={say.boundTo}
              hint={say.boundToHint}
              value={boundTo()}
              onInput={setBoundTo}
            />
            <TextField
              label={say.label}
              hint={say.labelHint}
              value={label()}
              maxLength={MAX_LABEL_LENGTH}
              onInput={setLabel}
            />
          </div>
        </details>
        <div role="alert">
          <Show when={problem() !== ''}>
            <p class="problem">{problem()}</p>
          </Show>
        </div>
        <button
          type="submit"
          class="button"
          data-kind={link() === null ? 'main' : undefined}
          aria-busy={busy()}
        >
          {link() === null ? say.make : say.another}
        </button>
      </form>
      <OpenInvites torrent={props.torrent} />
    </section>
  )
}

function OpenInvites(props: { readonly torrent: TorrentSnapshot }) {
  const app = useApp()
  const say = app.words.privacy.invite
  const invites = createWatched<InviteSnapshot>(
    () => props.torrent.infoHash,
    (signal) => app.client.call('swarm.invites', { infoHash: props.torrent.infoHash }, { signal }),
    'id',
  )
  const open = () =>
    (invites.items ?? []).filter(({ revoked, used, uses }) => !revoked && used < uses)
  const nameOf = ({ label, createdAt }: InviteSnapshot) =>
    label ?? say.madeAt(formatDate(createdAt, app.words))
  const takeBack = async ({ id }: InviteSnapshot) => {
    const { infoHash } = props.torrent
    const answer = await app.client.call('swarm.revoke', { infoHash, peerIdOrInvite: id })
    if (!answer.ok) app.actions.tell(answer.error, props.torrent)
  }
  return (
    <Show when={open().length > 0}>
      <ul class="private-list" role="list" aria-label={say.open}>
        <For each={open()}>
          {(invite) => (
            <li class="private-row">
              <div>
                <p>
                  <bdi>{nameOf(invite)}</bdi>
                </p>
                <p class="soft figure">
                  {say.state(invite.used, invite.uses, formatDate(invite.expiresAt, app.words))}
                </p>
              </div>
              <button
                type="button"
                class="button"
                aria-label={app.words.actions.named(say.takeBack, nameOf(invite))}
                onClick={() => void takeBack(invite)}
              >
                {say.takeBack}
              </button>
            </li>
          )}
        </For>
      </ul>
    </Show>
  )
}
