import { unreachable } from '../../engine/model/result.ts'
import type { Words } from '../i18n/en.ts'
import type { Closing } from '../state/closing.ts'
import { formatBytes } from './bytes.ts'

/** What closing the page would mean for the others who want this torrent. */
export function closingSentence(closing: Closing, words: Words): string {
  const say = words.closing
  switch (closing.name) {
    case 'safe':
      return closing.complete > 0 ? say.everything(closing.complete) : say.together
    case 'only-here': {
      const bytes = formatBytes(closing.bytes, words)
      return closing.peers > 0 ? say.onlyHere(bytes) : say.nobody(bytes)
    }
    default:
      return unreachable(closing)
  }
}
