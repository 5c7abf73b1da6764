import type { Millis } from './model/units.ts'

/** How long work that has many steps may go on before whatever else waits has its turn. */
const STRETCH: Millis = 30

/**
 * Lets messages and timers in between the steps of long work: await what it answers after each.
 *
 * A loop that waits for `crypto.subtle.digest` does not do that by itself. In a worker of Chromium
 * (seen in 156) its answer comes before every message that waits, and a page heard nothing for as
 * long as a gibibyte was hashed; nor would peers have. `scheduler.yield()` comes before messages,
 * too. A timer does not.
 */
export function makeGiveWay(): () => Promise<void> | undefined {
  let since = performance.now()
  let giving: Promise<void> | undefined

  return () => {
    // Those who work side by side stop together.
    if (giving !== undefined || performance.now() - since < STRETCH) return giving
    giving = new Promise((resolve) => {
      setTimeout(() => {
        since = performance.now()
        giving = undefined
        resolve()
      })
    })
    return giving
  }
}
