import type { BytesPerSecond } from '../../engine/model/units.ts'
import type { Words } from '../i18n/en.ts'
import { formatBytes } from './bytes.ts'

/** `1.20 MB/s`. */
export function formatRate(rate: BytesPerSecond, words: Words): string {
  return words.units.perSecond(formatBytes(rate, words))
}
