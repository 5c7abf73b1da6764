import { createResource, Show } from 'solid-js'
import type { PrivacySnapshot } from '../../engine/model/private-swarm.ts'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import { useApp } from '../engine-context.tsx'
import { errorMessage } from '../format/error-message.ts'
import { privacySentence } from '../format/privacy-sentence.ts'
import { InviteLink } from './invite-link.tsx'
import { MakeInvite } from './make-invite.tsx'
import { MembersPart } from './members-part.tsx'
import { PrivateFacts } from './private-facts.tsx'
import './privacy.css'

export interface PrivateShareProps {
  readonly torrent: TorrentSnapshot
  readonly privacy: PrivacySnapshot
}

/** Who takes part in a private torrent, and how others come in. */
export function PrivateShare(props: PrivateShareProps) {
  const app = useApp()
  const say = app.words.privacy
  const role = () => {
    const { standing } = props.privacy
    return standing.name === 'inside' ? standing.role : null
  }
  const mayAdmit = () => role() === 'owner' || role() === 'admin'
  const outside = () => privacySentence(props.privacy, Date.now(), app.words)

  return (
    <div class="private-share">
      <p role="status">
        {outside() ??
          (props.privacy.door === 'members' ? say.role[role() ?? 'member'] : say.inside)}
      </p>
      <Show when={role() !== null}>
        <Show when={props.privacy.door === 'members'} fallback={<SharedLink {...props} />}>
          <Show when={mayAdmit()}>
            <MakeInvite torrent={props.torrent} />
          </Show>
        </Show>
        <MembersPart
          torrent={props.torrent}
          mayAdmit={mayAdmit() && props.privacy.door === 'members'}
          isOwner={role() === 'owner'}
        />
      </Show>
      <PrivateFacts />
    </div>
  )
}

/** With a key or a passphrase there is one link, for all. */
function SharedLink(props: PrivateShareProps) {
  const app = useApp()
  const say = app.words.privacy
  const [link] = createResource(
    () => props.torrent.infoHash,
    (infoHash) => app.client.call('swarm.invite', { infoHash, options: {} }),
  )
  const made = () => {
    const answer = link()
    return answer?.ok === true ? answer.value : null
  }
  const problem = () => {
    const answer = link()
    return answer?.ok === false ? errorMessage(answer.error, app.words) : null
  }
  return (
    <section class="private-part" aria-label={app.words.share.link}>
      <Show when={made()} fallback={<p class="soft">{problem() ?? app.words.share.loading}</p>}>
        {(text) => <InviteLink torrent={props.torrent} link={text()} />}
      </Show>
      <p class="soft">
        {props.privacy.door === 'key' ? say.choiceLead.key : say.choiceLead.passphrase}
      </p>
    </section>
  )
}
