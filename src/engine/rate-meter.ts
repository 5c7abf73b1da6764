import { SECOND, type Bytes, type BytesPerSecond } from './model/units.ts'

export interface RateMeter {
  count(bytes: Bytes): void
  perSecond(): BytesPerSecond
  /** Call it a few times a second. `changed`: the rate, rounded, is another. */
  tick(): { readonly perSecond: BytesPerSecond; readonly changed: boolean }
}

/** Smoothed over about two seconds. */
export function makeRateMeter(): RateMeter {
  let bytes = 0
  let rate = 0
  let last = performance.now()

  return {
    count(more) {
      bytes += more
    },
    perSecond: () => Math.round(rate),
    tick() {
      const now = performance.now()
      const seconds = (now - last) / SECOND
      const before = Math.round(rate)
      if (seconds > 0) {
        const weight = 1 - Math.exp(-seconds / 2)
        rate += (bytes / seconds - rate) * weight
        if (rate < 1) rate = 0
      }
      bytes = 0
      last = now
      return { perSecond: rate, changed: Math.round(rate) !== before }
    },
  }
}
