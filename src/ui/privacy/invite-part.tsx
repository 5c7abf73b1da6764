import { Show } from 'solid-js'
import type { InviteProblem } from '../../engine/model/errors.ts'
import type { InvitePreview } from '../../engine/model/private-swarm.ts'
import type { Bytes } from '../../engine/model/units.ts'
import { TextField } from '../components/text-field.tsx'
import { useWords } from '../engine-context.tsx'
import { formatBytes } from '../format/bytes.ts'
import { formatDate } from '../format/duration.ts'
import { shortPeerId } from './short-peer-id.ts'
import './privacy.css'

export interface InvitePartProps {
  readonly invite: InvitePreview
  readonly bytes: Bytes
  /** Why it cannot be taken. */
  readonly unusable: InviteProblem | null
  readonly passphrase: string
  readonly onPassphrase: (passphrase: string) => void
}

/** Who invites, to how much, for how long, and for whom: what a person decides by. */
export function InvitePart(props: InvitePartProps) {
  const words = useWords()
  const say = words.privacy
  return (
    <div class="invite">
      <div role="alert">
        <Show when={props.unusable}>
          {(problem) => <p class="problem">{words.errors.invite[problem()]}</p>}
        </Show>
      </div>
      <dl class="privacy-facts" aria-label={say.inviteFacts}>
        <div>
          <dt>{say.who}</dt>
          <dd>
            <Inviter invite={props.invite} />
          </dd>
        </div>
        <div>
          <dt>{say.size}</dt>
          <dd class="figure">{formatBytes(props.bytes, words)}</dd>
        </div>
        <div>
          <dt>{say.until}</dt>
          <dd class="figure">
            {props.invite.expiresAt === null
              ? say.noEnd
              : formatDate(props.invite.expiresAt, words)}
          </dd>
        </div>
        <div>
          <dt>{say.forWhom}</dt>
          <dd>{say.bound[props.invite.bound]}</dd>
        </div>
        <div>
          <dt>{say.opensWith}</dt>
          <dd>{say.door[props.invite.door]}</dd>
        </div>
      </dl>
      <Show when={props.invite.door === 'passphrase'}>
        <TextField
          label={say.passphrase}
          hint={say.passphraseHint}
          type="password"
          value={props.passphrase}
          onInput={props.onPassphrase}
        />
      </Show>
      <p class="soft">{say.filesInside}</p>
    </div>
  )
}

/** The name is what they call themselves; the words and the id are their key. */
function Inviter(props: { readonly invite: InvitePreview }) {
  const say = useWords().privacy
  return (
    <Show
      when={props.invite.words}
      fallback={
        <>
          <bdi>
            {props.invite.from === null ? say.unknownSender : say.saysIs(props.invite.from)}
          </bdi>
          <span class="soft privacy-note">{say.nobodySigned}</span>
        </>
      }
    >
      {(three) => (
        <>
          <Show when={props.invite.from}>{(name) => <bdi>{say.saysIs(name())}</bdi>}</Show>
          <span class="privacy-words" translate="no">
            {three().join(' ')}
          </span>
          <Show when={props.invite.issuer}>
            {(issuer) => (
              <span class="soft privacy-note figure" translate="no" title={issuer()}>
                {shortPeerId(issuer())}
              </span>
            )}
          </Show>
        </>
      )}
    </Show>
  )
}
