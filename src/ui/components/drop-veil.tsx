import Lock from 'lucide-solid/icons/lock'
import { useWords } from '../engine-context.tsx'
import { Mark } from './mark.tsx'
import './drop-veil.css'

/** The whole page is the place to drop: above as ever, in the lower third with a question first. */
export function DropVeil() {
  const words = useWords()
  return (
    <div class="drop-veil" role="status">
      <div class="drop-veil-frame">
        <Mark size={56} />
        <p class="drop-veil-title">{words.add.drop}</p>
        <p>{words.add.dropHint}</p>
      </div>
      <div class="drop-veil-frame">
        <Lock size={28} aria-hidden="true" />
        <p class="drop-veil-title">{words.privacy.drop}</p>
        <p>{words.privacy.dropHint}</p>
      </div>
    </div>
  )
}
