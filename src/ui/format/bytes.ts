import type { Bytes } from '../../engine/model/units.ts'
import type { Words } from '../i18n/en.ts'

/**
 * Three significant digits and a decimal unit (1 kB is 1000 B, as file managers and browsers'
 * storage settings count), rounded the same way everywhere so that numbers do not jump. A
 * no-break space keeps the number with its unit.
 */
export function formatBytes(bytes: Bytes, words: Words): string {
  const units = words.units.bytes
  let amount = Math.max(0, bytes)
  let unit = 0
  // 999.5 would be shown as 1000: it is 1.00 of the next unit.
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000
    unit += 1
  }
  return `${threeDigits(amount, unit, words.locale)}\u00a0${units[unit]}`
}

function threeDigits(amount: number, unit: number, locale: string): string {
  if (unit === 0) return Math.round(amount).toLocaleString(locale)
  const decimals = amount < 9.995 ? 2 : amount < 99.95 ? 1 : 0
  return amount.toLocaleString(locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })
}
