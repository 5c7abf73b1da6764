import type { PeerId } from '../model/ids.ts'
import { HOUR, MINUTE, type Millis } from '../model/units.ts'

/** Guesses of one identity before it has to wait, and again each time. */
export const FAILURES_BEFORE_COOL_DOWN = 3
/** How long it waits the first time, the second, …; the last one for ever after. */
export const COOL_DOWNS: readonly Millis[] = [MINUTE, 5 * MINUTE, 30 * MINUTE, 3 * HOUR, 24 * HOUR]
/** Guesses at one swarm that may go wrong in `WINDOW`, whoever makes them: identities cost nothing. */
export const GUESSES_PER_WINDOW = 10
export const WINDOW: Millis = MINUTE
/** A run that nobody ended by then is no longer in the way of the same identity's next one. */
export const LONGEST_RUN: Millis = 2 * MINUTE
/** Failures are forgotten so long after the last one: later than any cool-down ends. */
export const REMEMBERED: Millis = 48 * HOUR
/** At ten a minute it takes hours to push one of them out. */
export const MAX_IDENTITIES = 4096

/** Counts the guesses at one swarm's passphrase. Times come from one clock that never goes back. */
export interface GuessLimits {
  /** Asked before each run. One of the calls of `guess` ends it. */
  begin(identity: PeerId, now: Millis): GuessPermit
  /** Identities it holds something about. */
  readonly size: number
}

export type GuessPermit =
  | { readonly name: 'guess'; readonly guess: OpenGuess }
  /** Not before `again`. */
  | { readonly name: 'later'; readonly again: Millis }
  /** This identity is in the middle of a run. */
  | { readonly name: 'busy' }

/** One run. Only the first call counts. */
export interface OpenGuess {
  /** Costs nothing: ten people who know the passphrase may come at once. */
  right(): void
  wrong(now: Millis): void
  /** It ended before anything could be learned. Not held against the identity; the swarm's it was. */
  brokenOff(): void
}

interface Record {
  failures: number
  lastFailure: Millis
  coolUntil: Millis
}

interface Begun {
  readonly at: Millis
}

export function makeGuessLimits(): GuessLimits {
  /** Those that failed, the longest ago first. */
  const records = new Map<PeerId, Record>()
  const running = new Map<PeerId, Begun>()
  /** When guesses began that were not right, or are not known to be; the oldest first. */
  let begun: Begun[] = []

  const fail = (identity: PeerId, now: Millis): void => {
    const failures = (records.get(identity)?.failures ?? 0) + 1
    const rounds = failures / FAILURES_BEFORE_COOL_DOWN
    const wait = Number.isInteger(rounds) ? COOL_DOWNS[Math.min(rounds, COOL_DOWNS.length) - 1]! : 0
    // Anew, so that the order of the map is that of the last failures.
    records.delete(identity)
    records.set(identity, { failures, lastFailure: now, coolUntil: now + wait })
    for (const [oldest] of records) {
      if (records.size <= MAX_IDENTITIES) break
      records.delete(oldest)
    }
  }

  const forget = (now: Millis): void => {
    begun = begun.filter(({ at }) => at + WINDOW > now)
    for (const [identity, { at }] of running) if (at + LONGEST_RUN <= now) running.delete(identity)
    for (const [identity, { lastFailure }] of records) {
      if (lastFailure + REMEMBERED > now) break
      records.delete(identity)
    }
  }

  return {
    begin(identity, now) {
      forget(now)
      if (running.has(identity)) return { name: 'busy' }
      const coolUntil = records.get(identity)?.coolUntil ?? 0
      if (coolUntil > now) return { name: 'later', again: coolUntil }
      if (begun.length >= GUESSES_PER_WINDOW) {
        return { name: 'later', again: begun[0]!.at + WINDOW }
      }

      const mark = { at: now }
      begun.push(mark)
      running.set(identity, mark)
      let isOpen = true
      const end = (): boolean => {
        const wasOpen = isOpen
        isOpen = false
        if (running.get(identity) === mark) running.delete(identity)
        return wasOpen
      }
      return {
        name: 'guess',
        guess: {
          right() {
            if (!end()) return
            begun = begun.filter((one) => one !== mark)
            records.delete(identity)
          },
          wrong(now) {
            if (end()) fail(identity, now)
          },
          brokenOff() {
            end()
          },
        },
      }
    },
    get size() {
      return records.size + running.size
    },
  }
}
