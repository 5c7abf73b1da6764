import Send from 'lucide-solid/icons/send'
import { Show } from 'solid-js'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import { CopyField } from '../components/copy-field.tsx'
import { QrCode } from '../components/qr-code.tsx'
import { useApp } from '../engine-context.tsx'
import '../components/share-card.css'

export interface InviteLinkProps {
  readonly torrent: TorrentSnapshot
  readonly link: string
}

/** A link that lets others in, in every form a person may carry it. */
export function InviteLink(props: InviteLinkProps) {
  const app = useApp()
  const say = app.words.share
  return (
    <div class="share-card">
      <div class="share-qr">
        <QrCode text={props.link} label={say.qr(props.torrent.name)} tooLong={say.qrTooLong} />
      </div>
      <div class="share-links">
        <CopyField label={app.words.privacy.inviteLink} value={props.link} main />
        <Show when={'share' in navigator}>
          <div class="share-more">
            <button
              type="button"
              class="button"
              onClick={() => {
                const sent = navigator.share({ title: props.torrent.name, url: props.link })
                // Closing the system's sheet rejects; it is no failure.
                sent.catch(() => undefined)
              }}
            >
              <Send size={16} />
              {say.send}
            </button>
          </div>
        </Show>
      </div>
    </div>
  )
}
