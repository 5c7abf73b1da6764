import FileDown from 'lucide-solid/icons/file-down'
import Send from 'lucide-solid/icons/send'
import Users from 'lucide-solid/icons/users'
import { createResource, Show } from 'solid-js'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import { useApp } from '../engine-context.tsx'
import { closingSentence } from '../format/closing-sentence.ts'
import { errorMessage } from '../format/error-message.ts'
import { makePageLink } from '../input/page-link.ts'
import { PrivateShare } from '../privacy/private-share.tsx'
import { saveFile } from '../input/save-file.ts'
import { closingOf } from '../state/closing.ts'
import { CopyField } from './copy-field.tsx'
import { DialogFrame } from './dialog-frame.tsx'
import { QrCode } from './qr-code.tsx'
import './share-card.css'

export interface ShareCardProps {
  readonly torrent: TorrentSnapshot
  readonly onClose: () => void
}

/** How others come to a torrent: by its link, or, where it is private, as its members. */
export function ShareCard(props: ShareCardProps) {
  const app = useApp()
  return (
    <Show when={props.torrent.privacy} fallback={<PublicShare {...props} />}>
      {(privacy) => (
        <DialogFrame
          title={app.words.share.title(props.torrent.name)}
          lead={app.words.privacy.shareIntro}
          size="large"
          onClose={() => props.onClose()}
        >
          <PrivateShare torrent={props.torrent} privacy={privacy()} />
        </DialogFrame>
      )}
    </Show>
  )
}

/** The link in every form a person may carry it. */
function PublicShare(props: ShareCardProps) {
  const app = useApp()
  const say = app.words.share
  const [magnet] = createResource(
    () => props.torrent.infoHash,
    (infoHash) => app.client.call('torrent.magnet', { infoHash }),
  )

  const links = () => {
    const answer = magnet()
    if (answer?.ok !== true) return null
    return { magnet: answer.value, page: makePageLink(location, answer.value) }
  }
  const problem = () => {
    const answer = magnet()
    return answer?.ok === false ? errorMessage(answer.error, app.words) : null
  }

  const untilWhen = () => {
    const closing = closingOf(props.torrent)
    return closing?.name === 'safe' ? closingSentence(closing, app.words) : say.keepOpen
  }

  const saveTorrent = async () => {
    const { infoHash, name } = props.torrent
    const answer = await app.client.call('torrent.metainfo', { infoHash })
    if (!answer.ok) return app.actions.tell(answer.error, props.torrent)
    if (answer.value === null) return
    const type = 'application/x-bittorrent'
    saveFile(new Blob([answer.value], { type }), `${name}.torrent`)
  }

  return (
    <DialogFrame
      title={say.title(props.torrent.name)}
      lead={say.lead}
      size="large"
      onClose={() => props.onClose()}
    >
      <Show
        when={links()}
        fallback={
          <p class={problem() === null ? 'soft' : 'problem'} role="status">
            {problem() ?? say.loading}
          </p>
        }
      >
        {(link) => (
          <div class="share-card">
            <div class="share-qr">
              <QrCode
                text={link().page}
                label={say.qr(props.torrent.name)}
                tooLong={say.qrTooLong}
              />
            </div>
            <div class="share-links">
              <CopyField label={say.link} value={link().page} main />
              <CopyField label={say.magnet} hint={say.magnetHint} value={link().magnet} />
              <div class="share-more">
                <Show when={'share' in navigator}>
                  <button
                    type="button"
                    class="button"
                    onClick={() => {
                      const sent = navigator.share({ title: props.torrent.name, url: link().page })
                      // Closing the system's sheet rejects; it is no failure.
                      sent.catch(() => undefined)
                    }}
                  >
                    <Send size={16} />
                    {say.send}
                  </button>
                </Show>
                <Show when={props.torrent.totalPieces > 0}>
                  <button type="button" class="button" onClick={() => void saveTorrent()}>
                    <FileDown size={16} />
                    {say.saveTorrent}
                  </button>
                </Show>
              </div>
            </div>
          </div>
        )}
      </Show>
      <p class="share-foot soft">
        <Users size={16} aria-hidden="true" />
        <span>
          {props.torrent.policy.name === 'private' ? app.words.privacy.membersOnly : say.whoMayJoin}
          . {say.receivers(props.torrent.peerCount)} {untilWhen()}
        </span>
      </p>
    </DialogFrame>
  )
}
