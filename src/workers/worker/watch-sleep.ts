import { SECOND, type Millis } from '../../engine/model/units.ts'

/** How often the clock is looked at. A worker's timers are not slowed when its page is hidden. */
const LOOK: Millis = 5 * SECOND

/** A gap beyond this is a device that slept, and not a thread that was busy. */
const GAP: Millis = 15 * SECOND

/**
 * Calls back when the device has slept. By the wall clock: whether `performance.now()` goes on in
 * a sleep differs by system. A clock that is set forward looks like a sleep and costs a look around.
 */
export function watchSleep(onWake: () => void, now: () => number = Date.now): () => void {
  let last = now()
  const timer = setInterval(() => {
    const gap = now() - last
    last = now()
    if (gap > GAP) onWake()
  }, LOOK)
  return () => clearInterval(timer)
}
