import { SECOND, type Millis } from '../../engine/model/units.ts'

/**
 * Held by the worker that is the engine of this origin. The browser lets go of it when the thread
 * has really ended, which is a while after `terminate()`, and only then are its files free.
 */
const LIFELINE = 'chiral-engine-worker'

/** How long a dying worker is waited for before the next one starts regardless. */
const LAST_BREATH: Millis = 5 * SECOND

/**
 * Takes the place of the last engine of this origin, once its thread has ended, and then holds a
 * lock of this name, too, for as long as this thread lives. Resolves when it may begin.
 *
 * The worker waits and not its page: a page that is frozen while it waits for a lock may be given
 * it all the same, and then nobody ever has it again (seen in Chromium 156).
 */
export async function holdLifelines(life: string): Promise<void> {
  const late = AbortSignal.timeout(LAST_BREATH)
  await hold(LIFELINE, late).catch((thrown: unknown) => {
    if (!late.aborted) throw thrown
  })
  await hold(life)
}

function hold(name: string, signal?: AbortSignal): Promise<void> {
  return new Promise((held, failed) => {
    const forEver = () => {
      held()
      return new Promise(() => {})
    }
    navigator.locks.request(name, signal === undefined ? {} : { signal }, forEver).catch(failed)
  })
}
