import type { Millis } from '../model/units.ts'

/** What comes of `act`; null when it takes too long. Throws `signal.reason`, and what `act` throws. */
export async function within<Value>(
  time: Millis,
  signal: AbortSignal,
  act: (patience: AbortSignal) => Promise<Value>,
): Promise<Value | null> {
  signal.throwIfAborted()
  const deadline = AbortSignal.timeout(time)
  const patience = AbortSignal.any([signal, deadline])
  const { promise: over, resolve } = Promise.withResolvers<null>()
  const giveUp = () => resolve(null)
  patience.addEventListener('abort', giveUp, { once: true })
  const acting = act(patience)
  // Given up on: what becomes of it interests nobody.
  acting.catch(() => {})
  try {
    return await Promise.race([acting, over])
  } catch (thrown) {
    if (deadline.aborted && !signal.aborted) return null
    throw thrown
  } finally {
    patience.removeEventListener('abort', giveUp)
    signal.throwIfAborted()
  }
}
