import { SECOND, type Millis } from '../model/units.ts'

/** How often something may happen. */
export interface Allowance {
  /** Counts one; false when that is one too many. */
  spend(): boolean
}

/**
 * A token bucket for counting, not for waiting: `burst` at once and `perSecond` in the long run.
 * The clock is read only when the bucket is empty.
 */
export function makeAllowance(
  { burst, perSecond }: { readonly burst: number; readonly perSecond: number },
  now: () => Millis,
): Allowance {
  let left = burst
  let filledAt = now()

  return {
    spend() {
      if (left < 1) {
        const at = now()
        left = Math.min(burst, left + ((at - filledAt) * perSecond) / SECOND)
        filledAt = at
      }
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}
