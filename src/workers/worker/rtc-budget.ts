import type { RtcBudget } from '../../engine/contracts/rtc.ts'

/** Default of connections live at once; a renderer of Chromium refuses at about 500. */
export const MAX_LIVE = 64
/**
 * Default of connections that have not connected yet. Strangers cause these (each offer of a
 * tracker costs one), so they get a share in which they cannot crowd out working ones.
 */
export const MAX_PENDING = 16

export interface SeatedBudget extends RtcBudget {
  /** Takes a seat; null when there is no room. */
  admit(): Seat | null
  /** From now on; who sits above a lowered maximum stays. */
  setMaxLive(maxLive: number): void
}

/** The place of one connection. Both calls may be repeated. */
export interface Seat {
  /** It is no longer pending. */
  connected(): void
  release(): void
}

export function makeRtcBudget(maxLive = MAX_LIVE, maxPending = MAX_PENDING): SeatedBudget {
  const seats = new Map<Seat, 'pending' | 'connected'>()
  let most = maxLive

  const pending = () => {
    let count = 0
    for (const standing of seats.values()) if (standing === 'pending') count++
    return count
  }
  const room = () => Math.max(0, Math.min(most - seats.size, maxPending - pending()))

  return {
    get live() {
      return seats.size
    },
    get pending() {
      return pending()
    },
    room,
    admit() {
      if (room() === 0) return null
      const seat: Seat = {
        connected: () => void (seats.has(seat) && seats.set(seat, 'connected')),
        release: () => void seats.delete(seat),
      }
      seats.set(seat, 'pending')
      return seat
    },
    setMaxLive(maxLive) {
      most = maxLive
    },
  }
}
