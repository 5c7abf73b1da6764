import { useWords } from '../engine-context.tsx'
import './banner.css'

/** What is stored is a newer app's: all of it can be seen, and nothing done. */
export function NewerBanner() {
  const words = useWords()
  return (
    <div class="banner" role="status">
      <p>{words.errors.newer}</p>
      <button type="button" class="button" onClick={() => location.reload()}>
        {words.engine.reload}
      </button>
    </div>
  )
}
