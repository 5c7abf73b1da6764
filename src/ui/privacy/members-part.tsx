import { createSignal, For, Show } from 'solid-js'
import type { MemberSnapshot } from '../../engine/model/private-swarm.ts'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import { StatusDot } from '../components/status-dot.tsx'
import { TextField } from '../components/text-field.tsx'
import { useApp } from '../engine-context.tsx'
import { formatBytes } from '../format/bytes.ts'
import { errorMessage } from '../format/error-message.ts'
import { createWatched } from '../state/watched.ts'
import { shortPeerId } from './short-peer-id.ts'

export interface MembersPartProps {
  readonly torrent: TorrentSnapshot
  readonly mayAdmit: boolean
  readonly isOwner: boolean
}

/** Everybody who may take part, and who they are. */
export function MembersPart(props: MembersPartProps) {
  const app = useApp()
  const say = app.words.privacy.members
  const [leaving, setLeaving] = createSignal<string | null>(null)
  const members = createWatched<MemberSnapshot>(
    () => props.torrent.infoHash,
    (signal) => app.client.call('swarm.members', { infoHash: props.torrent.infoHash }, { signal }),
    'peerId',
  )
  const mayRemove = ({ self, role }: MemberSnapshot) =>
    props.mayAdmit && !self && role !== 'owner' && (role === 'member' || props.isOwner)

  const remove = async (member: MemberSnapshot) => {
    setLeaving(null)
    const args = { infoHash: props.torrent.infoHash, peerIdOrInvite: member.peerId }
    const answer = await app.client.call('swarm.revoke', args)
    if (!answer.ok) app.actions.tell(answer.error, props.torrent)
  }

  return (
    <section class="private-part" aria-label={say.title}>
      <h3>{say.title}</h3>
      <Show when={members.items?.length === 0}>
        <p class="soft">{say.none}</p>
      </Show>
      <ul class="private-list" role="list" aria-label={say.title}>
        <For each={members.items}>
          {(member) => (
            <li class="private-row">
              <MemberFacts member={member} />
              <Show when={mayRemove(member)}>
                <Show
                  when={leaving() === member.peerId}
                  fallback={
                    <button
                      type="button"
                      class="button"
                      aria-label={app.words.actions.named(say.remove, nameOf(member))}
                      onClick={() => setLeaving(member.peerId)}
                    >
                      {say.remove}
                    </button>
                  }
                >
                  <div class="private-sure" role="group" aria-label={say.sure(nameOf(member))}>
                    <p>{say.sure(nameOf(member))}</p>
                    <button
                      type="button"
                      class="button"
                      ref={(button) => queueMicrotask(() => button.focus())}
                      onClick={() => setLeaving(null)}
                    >
                      {say.keep}
                    </button>
                    <button
                      type="button"
                      class="button"
                      data-kind="bad"
                      onClick={() => void remove(member)}
                    >
                      {say.removeSure}
                    </button>
                  </div>
                </Show>
              </Show>
            </li>
          )}
        </For>
      </ul>
      <Show when={props.mayAdmit}>
        <AllowForm torrent={props.torrent} />
      </Show>
    </section>
  )
}

function MemberFacts(props: { readonly member: MemberSnapshot }) {
  const app = useApp()
  const say = app.words.privacy.members
  const facts = () => {
    const { role, online, self, path } = props.member
    const where = self ? say.you : online ? say.online : say.offline
    return [say.role[role], where, ...(path === null ? [] : [say.path[path]])].join(', ')
  }
  const moved = () => {
    const { downBytes, upBytes } = props.member
    return say.moved(formatBytes(downBytes, app.words), formatBytes(upBytes, app.words))
  }
  return (
    <div>
      <p>
        <StatusDot level={props.member.online ? 'full' : 'idle'} />{' '}
        <Show when={props.member.name}>{(name) => <bdi class="privacy-words">{name()} </bdi>}</Show>
        <span translate="no">{props.member.words.join(' ')}</span>{' '}
        <span class="soft privacy-note" translate="no" title={props.member.peerId}>
          {shortPeerId(props.member.peerId)}
        </span>
      </p>
      <p class="soft">{facts()}</p>
      <Show when={props.member.downBytes + props.member.upBytes > 0}>
        <p class="soft figure privacy-note">{moved()}</p>
      </Show>
    </div>
  )
}

/** Lets somebody in who told us their peer id: no invite is needed then. */
function AllowForm(props: { readonly torrent: TorrentSnapshot }) {
  const app = useApp()
  const say = app.words.privacy.members
  const [peerId, setPeerId] = createSignal('')
  const [problem, setProblem] = createSignal('')
  const [news, setNews] = createSignal('')

  const allow = async () => {
    const args = { infoHash: props.torrent.infoHash, peerId: peerId().trim(), as: {} }
    const answer = await app.client.call('swarm.allow', args)
    setProblem(answer.ok ? '' : errorMessage(answer.error, app.words))
    if (!answer.ok) return
    setNews(say.added)
    setPeerId('')
  }

  return (
    <form
      class="private-add"
      onSubmit={(event) => {
        event.preventDefault()
        void allow()
      }}
    >
      <TextField
        label={say.add}
        hint={news() === '' ? say.addHint : news()}
        problem={problem()}
        value={peerId()}
        onInput={(text) => {
          setNews('')
          setProblem('')
          setPeerId(text)
        }}
      />
      <button type="submit" class="button" disabled={peerId().trim() === ''}>
        {say.addButton}
      </button>
    </form>
  )
}

function nameOf({ name, words }: MemberSnapshot): string {
  return name ?? words.join(' ')
}
