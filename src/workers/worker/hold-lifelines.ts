import { SECOND, type Millis } from '../../engine/model/units.ts'
import { engineLife, type EngineId } from '../protocol/tabs.ts'

/**
 * Held by the worker that is the engine of this origin. The browser lets go of it when the thread
 * has really ended, which is a while after `terminate()`, and only then are its files free.
 */
const LIFELINE = 'chiral-engine-worker'

/** How long a dying worker is waited for before the next one starts regardless. */
const LAST_BREATH: Millis = 5 * SECOND

/**
 * Takes the place of the last engine of this origin, once its thread has ended, and holds the
 * lock of `engine` from then on for as long as this thread lives. Resolves when it may begin.
 *
 * The worker waits and not its page: a page that is frozen while it waits for a lock may be given
 * it all the same, and then nobody ever has it again (seen in Chromium 156).
 */
export async function holdLifelines(engine: EngineId): Promise<void> {
  const late = AbortSignal.timeout(LAST_BREATH)
  try {
    await hold(LIFELINE, { signal: late })
    await othersGone(late)
  } catch (thrown) {
    if (!late.aborted) throw thrown
  }
  await hold(engineLife(engine))
}

/**
 * A thread that ends does not let go of all its locks in one moment: the last of them counts.
 * (Shared is held by those who waited for its end.)
 */
async function othersGone(signal: AbortSignal): Promise<void> {
  const { held = [] } = await navigator.locks.query()
  const lives = held.flatMap(({ name = '', mode }) =>
    mode === 'exclusive' && name !== LIFELINE && name.startsWith(engineLife('')) ? name : [],
  )
  await Promise.all(
    lives.map((name) => navigator.locks.request(name, { mode: 'shared', signal }, () => {})),
  )
}

function hold(name: string, options: LockOptions = {}): Promise<void> {
  return new Promise((held, failed) => {
    const forEver = () => {
      held()
      return new Promise(() => {})
    }
    navigator.locks.request(name, options, forEver).catch(failed)
  })
}
