import HardDrive from 'lucide-solid/icons/hard-drive'
import ShieldCheck from 'lucide-solid/icons/shield-check'
import { createMemo, Show } from 'solid-js'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import { useWords } from '../engine-context.tsx'
import { closingSentence } from '../format/closing-sentence.ts'
import { fractionOf } from '../format/percent.ts'
import { closingOf } from '../state/closing.ts'
import './closing-meter.css'

/** Whether the page may be closed without taking anything away from the others. */
export function ClosingMeter(props: { readonly torrent: TorrentSnapshot }) {
  const words = useWords()
  const closing = createMemo(() => closingOf(props.torrent))
  const elsewhere = () => {
    const { haveBytes, others } = props.torrent
    return fractionOf(haveBytes - (others?.onlyHere ?? 0), haveBytes)
  }
  return (
    <Show when={closing()}>
      {(now) => (
        <div class="closing" data-safe={now().name === 'safe' ? '' : undefined}>
          <Show when={now().name === 'safe'} fallback={<HardDrive size={18} aria-hidden="true" />}>
            <ShieldCheck size={18} aria-hidden="true" />
          </Show>
          <p>{closingSentence(now(), words)}</p>
          <Show when={now().name === 'only-here'}>
            <div
              class="closing-bar"
              role="meter"
              aria-label={words.closing.meter}
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={Math.floor(elsewhere() * 100)}
            >
              <div style={{ '--fraction': elsewhere() }} />
            </div>
          </Show>
        </div>
      )}
    </Show>
  )
}
