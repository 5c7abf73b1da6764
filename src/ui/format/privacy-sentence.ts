import type { PrivacySnapshot } from '../../engine/model/private-swarm.ts'
import type { Timestamp } from '../../engine/model/units.ts'
import type { Words } from '../i18n/en.ts'
import { formatDuration } from './duration.ts'

/** Where we stand in a private swarm, while that is what matters; null when we are inside. */
export function privacySentence(
  { standing }: PrivacySnapshot,
  now: Timestamp,
  words: Words,
): string | null {
  const say = words.privacy
  switch (standing.name) {
    case 'inside':
      return null
    case 'joining':
      return standing.asked === 0 ? say.asking : say.asked(standing.asked)
    case 'locked': {
      const left = standing.again === null ? null : formatDuration(standing.again - now, words)
      if (left !== null && standing.again !== null && standing.again > now) return say.again(left)
      return standing.wrong ? say.wrong : say.locked
    }
    case 'outside':
      return words.errors.outside[standing.why]
  }
}
