import { HOUR, MINUTE, SECOND, type Millis, type Timestamp } from '../../engine/model/units.ts'
import type { Words } from '../i18n/en.ts'

const DAY: Millis = 24 * HOUR
/** Beyond this an estimate says nothing. */
const HOPELESS: Millis = 30 * DAY

/**
 * Time left, as coarse as a person would say it, so that it stands still while the estimate
 * trembles. Null when there is no estimate worth saying.
 */
export function formatDuration(left: Millis | null, words: Words): string | null {
  if (left === null || !Number.isFinite(left) || left > HOPELESS) return null
  if (left < 10 * SECOND) return words.units.fewSeconds
  if (left < MINUTE) return words.units.underAMinute
  const minutes = Math.round(left / MINUTE)
  if (minutes < 60) return words.units.minutes(minutes)
  // Five-minute steps: from an hour on, single minutes are noise.
  const steps = Math.round(left / (5 * MINUTE)) * 5
  if (steps < 24 * 60) {
    const hours = Math.floor(steps / 60)
    return steps % 60 === 0
      ? words.units.hours(hours)
      : words.units.hoursAndMinutes(hours, steps % 60)
  }
  return words.units.days(Math.round(left / DAY))
}

/** How long ago something was, as coarse as `formatDuration`. */
export function formatAgo(then: Timestamp, now: Timestamp, words: Words): string {
  const passed = Math.max(0, now - then)
  if (passed < MINUTE) return words.units.secondsAgo(Math.floor(passed / SECOND))
  if (passed < HOUR) return words.units.minutesAgo(Math.floor(passed / MINUTE))
  if (passed < 2 * DAY) return words.units.hoursAgo(Math.floor(passed / HOUR))
  return formatDate(then, words)
}

/** A day and a time, in the person's own time zone. */
export function formatDate(then: Timestamp, words: Words): string {
  return new Date(then).toLocaleString(words.locale, { dateStyle: 'medium', timeStyle: 'short' })
}

/** The day alone, for what was long ago. */
export function formatDay(then: Timestamp, words: Words): string {
  return new Date(then).toLocaleDateString(words.locale, { dateStyle: 'medium' })
}
