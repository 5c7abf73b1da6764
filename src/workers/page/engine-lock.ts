/** Held by the tab whose worker is the engine of this origin. */
const ENGINE_LOCK = 'chiral-engine'

/**
 * Held by the worker itself while it lives. The browser lets go of it when the thread has really
 * ended, which is a while after `terminate()`, and also when nobody asked for the end.
 */
export const LIFELINE = 'chiral-engine-worker'

/** The part of `navigator.locks` that is used. */
export type Locks = Pick<LockManager, 'request' | 'query'>

export interface EngineLockWish {
  readonly locks: Locks
  /** Gives up waiting, or lets go of the lock, in the task that aborts it. */
  readonly signal: AbortSignal
  /** Called once if another tab has the lock. */
  readonly onWaiting: () => void
}

/**
 * One engine per origin: OPFS files are exclusive, and two engines would be two peers. Resolves
 * when this tab has the lock; rejects with the signal's reason.
 */
export async function takeEngineLock({ locks, signal, onWaiting }: EngineLockWish): Promise<void> {
  const free = await granted(locks, { ifAvailable: true }, signal)
  signal.throwIfAborted()
  if (free) return
  onWaiting()
  await granted(locks, { signal }, signal)
  signal.throwIfAborted()
}

/** Resolves when no worker holds the lifeline, or `signal` aborts. */
export async function lifelineFree(locks: Locks, signal: AbortSignal): Promise<void> {
  try {
    await locks.request(LIFELINE, { signal }, () => {})
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  }
}

/** A worker that holds no lifeline is watched by its `error` events alone. */
export async function lifelineHeld(locks: Locks): Promise<boolean> {
  const { held = [] } = await locks.query()
  return held.some(({ name }) => name === LIFELINE)
}

/** Resolves when the lock is granted, not when it is given back: that is at the abort. */
function granted(locks: Locks, options: LockOptions, until: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const held = locks.request(ENGINE_LOCK, options, (lock) => {
      resolve(lock !== null)
      if (lock === null || until.aborted) return
      return new Promise<void>((letGo) => {
        until.addEventListener('abort', () => letGo(), { once: true })
      })
    })
    held.catch(reject)
  })
}
