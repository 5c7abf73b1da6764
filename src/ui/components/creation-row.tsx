import type { CreationSnapshot } from '../../engine/model/engine-state.ts'
import { useWords } from '../engine-context.tsx'
import { formatBytes } from '../format/bytes.ts'
import { fractionOf } from '../format/percent.ts'
import { creationSentence } from '../format/state-sentence.ts'
import { KindIcon } from './kind-icon.tsx'
import { ProgressBar } from './progress-bar.tsx'

export interface CreationRowProps {
  readonly creation: CreationSnapshot
  readonly onCancel: () => void
}

/** Files on their way to a link. Looks like the torrent it will become. */
export function CreationRow(props: CreationRowProps) {
  const words = useWords()
  return (
    <li class="torrent-row" data-phase="creating">
      <span class="torrent-kind">
        <KindIcon name={props.creation.name} folder={false} size={20} />
      </span>
      <div class="torrent-what">
        <p class="torrent-name" dir="auto">
          {props.creation.name}
        </p>
        <p class="torrent-sentence">{creationSentence(props.creation, words)}</p>
      </div>
      <div class="torrent-bar">
        <ProgressBar
          fraction={fractionOf(props.creation.doneBytes, props.creation.totalBytes)}
          tone="up"
          label={words.creating.progress(props.creation.name)}
        />
      </div>
      <div class="torrent-numbers figure">
        <span class="torrent-size">
          {words.list.sizeOf(
            formatBytes(props.creation.doneBytes, words),
            formatBytes(props.creation.totalBytes, words),
          )}
        </span>
      </div>
      <div class="torrent-actions">
        <button
          type="button"
          class="button"
          data-kind="quiet"
          aria-label={words.creating.cancelNamed(props.creation.name)}
          onClick={() => props.onCancel()}
        >
          {words.creating.cancel}
        </button>
      </div>
    </li>
  )
}
