/** Held by the tab whose worker is the engine of this origin. */
const ENGINE_LOCK = 'chiral-engine'

/** The part of `navigator.locks` that is used. */
export type Locks = Pick<LockManager, 'request'>

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
  const free = await granted(locks, ENGINE_LOCK, { ifAvailable: true }, signal)
  signal.throwIfAborted()
  if (free) return
  onWaiting()
  await holdLock(locks, ENGINE_LOCK, signal)
}

/**
 * Resolves when the lock is held, which is until `signal` aborts; rejects with its reason when it
 * aborts before.
 */
export async function holdLock(locks: Locks, name: string, signal: AbortSignal): Promise<void> {
  await granted(locks, name, { signal }, signal)
  signal.throwIfAborted()
}

/**
 * Resolves when nobody holds the lock, or `signal` aborts. Any number may wait for it at once.
 *
 * Not for a lock that somebody else is to have next: a page that is frozen while it waits may be
 * given the lock all the same, abort or not, and keeps it until it wakes (seen in Chromium 156).
 */
export async function lockFree(locks: Locks, name: string, signal: AbortSignal): Promise<void> {
  try {
    await locks.request(name, { mode: 'shared', signal }, () => {})
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  }
}

/** Resolves when the lock is granted, not when it is given back: that is at the abort. */
function granted(
  locks: Locks,
  name: string,
  options: LockOptions,
  until: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const held = locks.request(name, options, (lock) => {
      resolve(lock !== null)
      if (lock === null || until.aborted) return
      return new Promise<void>((letGo) => {
        until.addEventListener('abort', () => letGo(), { once: true })
      })
    })
    held.catch(reject)
  })
}
