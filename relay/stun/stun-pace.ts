/** Who may be answered how often. */
export interface StunPace {
  /** Counts one request of `source`, and says whether it is to be answered. */
  allows(source: string): boolean
}

/** In ms. Counts start anew in each, which is all that is kept. */
const WINDOW = 10_000
/** A page that opens many connections at once, times a school behind one address. */
const PER_SOURCE = 400
/** Forged sources are as many as their sender likes; this bounds what all of them cost. */
const IN_ALL = 20_000

export function makeStunPace(now: () => number): StunPace {
  const counts = new Map<string, number>()
  let total = 0
  let windowStart = now()

  return {
    allows(source) {
      const time = now()
      if (time - windowStart >= WINDOW) {
        windowStart = time
        total = 0
        counts.clear()
      }
      const count = counts.get(source) ?? 0
      if (total >= IN_ALL || count >= PER_SOURCE) return false
      total++
      counts.set(source, count + 1)
      return true
    },
  }
}
