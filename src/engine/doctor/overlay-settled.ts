import { SECOND, type Millis } from '../model/units.ts'
import type { DoctorDeps } from './doctor-deps.ts'

/** Longer than a reservation takes; a page that was just opened is still at it. */
const SETTLES_WITHIN: Millis = 10 * SECOND
const LOOK_EVERY: Millis = SECOND / 10

/** Resolves when no relay is being connected to any more, or when that takes too long. */
export async function overlaySettled(
  { relays }: Pick<DoctorDeps, 'relays'>,
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + SETTLES_WITHIN
  const busy = () => relays().some(({ state }) => state === 'connecting')
  const held = () => relays().some(({ state }) => state === 'reserved')
  while (busy() && !held() && performance.now() < until) {
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY))
  }
}
