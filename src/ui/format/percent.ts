import type { Words } from '../i18n/en.ts'

/** From 0 to 1, and 1 only when nothing is missing; 0 of 0 is 0. */
export function fractionOf(part: number, whole: number): number {
  if (whole <= 0) return 0
  return Math.min(1, Math.max(0, part / whole))
}

/** Rounded down, so that 100 % means all of it. */
export function formatPercent(fraction: number, words: Words): string {
  const whole = Math.floor(fraction * 100)
  return (whole / 100).toLocaleString(words.locale, { style: 'percent', maximumFractionDigits: 0 })
}
