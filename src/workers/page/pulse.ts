import { SECOND, type Millis } from '../../engine/model/units.ts'

/** How often a link on which nothing comes is asked for a sign of life. */
export const PULSE: Millis = 2 * SECOND
/**
 * Asked so often, one after the other, with nothing heard in between, and nobody is there to
 * answer. A thread answers between any two of its tasks; a slow disk holds up one for seconds.
 */
export const MOST_UNANSWERED = 10

export interface PulseDeps {
  /** Asks for a sign of life; whatever comes then is one. */
  readonly ask: () => void
  /** The last one asked for has not come, nor anything else since. */
  readonly onQuiet: () => void
  /** None of the last `MOST_UNANSWERED` came. Called once. */
  readonly onSilent: () => void
}

/** Tells a thread that is busy from one that hangs. */
export interface Pulse {
  /** Something came. Nothing is counted before the first time: a script may take long to load. */
  heard(): void
  /** A look by whoever wonders: timers of a hidden page are slow, those of another tab are not. */
  readonly look: () => void
  stop(): void
}

/**
 * Counts questions and not time: a page that was frozen, or whose timers the browser slowed down,
 * has asked less. So has a device that slept.
 */
export function makePulse({ ask, onQuiet, onSilent }: PulseDeps): Pulse {
  let state: 'not yet' | 'heard' | 'quiet' | 'stopped' = 'not yet'
  let unanswered = 0
  let lookedAt = performance.now()

  const look = () => {
    const now = performance.now()
    // Many may look at once, and that is one look.
    if (state === 'not yet' || state === 'stopped' || now - lookedAt < PULSE / 2) return
    lookedAt = now
    if (state === 'heard') {
      state = 'quiet'
      unanswered = 0
      return
    }
    if (unanswered >= MOST_UNANSWERED) {
      stop()
      return onSilent()
    }
    if (unanswered > 0) onQuiet()
    unanswered += 1
    ask()
  }

  const timer = setInterval(look, PULSE)
  const stop = () => {
    state = 'stopped'
    clearInterval(timer)
  }

  return {
    heard() {
      if (state !== 'stopped') state = 'heard'
    },
    look,
    stop,
  }
}
