import type { OverlayLimits } from './overlay-limits.ts'

/** Decides, before any handshake, whether one more connection to the overlay is taken. */
export interface OverlayAdmission {
  /**
   * @param address whom to count it against; `null` stands for the own network, which is bound by
   * the totals only.
   */
  admit(address: string | null): Ticket | Refusal
}

/** One admitted connection. Both calls are made at most once, `leave` whatever happened. */
export interface Ticket {
  /** The other side has shown who it is: it no longer takes one of the places for strangers. */
  proved(): void
  leave(): void
}

/** HTTP status and a sentence to refuse with. */
export interface Refusal {
  readonly status: 429 | 503
  readonly sentence: string
}

export function isRefusal(answer: Ticket | Refusal): answer is Refusal {
  return 'status' in answer
}

interface Guest {
  connections: number
  pending: number
  tokens: number
  refilled: number
}

/** Addresses remembered only for their pace; past this many the rested ones are forgotten. */
const REMEMBERED = 10_000

export function makeOverlayAdmission(limits: OverlayLimits, now: () => number): OverlayAdmission {
  const guests = new Map<string, Guest>()
  let connections = 0
  let pending = 0

  const refill = (guest: Guest): void => {
    const time = now()
    const earned = ((time - guest.refilled) * limits.newConnections) / limits.newConnectionWindow
    guest.tokens = Math.min(limits.newConnections, guest.tokens + earned)
    guest.refilled = time
  }

  const forgetRested = (): void => {
    for (const [address, guest] of guests) {
      refill(guest)
      if (guest.connections === 0 && guest.tokens >= limits.newConnections) guests.delete(address)
    }
  }

  const guestOf = (address: string): Guest => {
    const known = guests.get(address)
    if (known !== undefined) return known
    if (guests.size >= REMEMBERED) forgetRested()
    const guest = { connections: 0, pending: 0, tokens: limits.newConnections, refilled: now() }
    guests.set(address, guest)
    return guest
  }

  return {
    admit(address) {
      if (connections >= limits.connections || pending >= limits.pending) {
        return { status: 503, sentence: 'The relay is full. Try again later.' }
      }
      const guest = address === null ? null : guestOf(address)
      if (guest !== null) {
        refill(guest)
        if (
          guest.connections >= limits.connectionsPerAddress ||
          guest.pending >= limits.pendingPerAddress
        ) {
          return { status: 429, sentence: 'There are too many connections from this address.' }
        }
        if (guest.tokens < 1) {
          return { status: 429, sentence: 'This address opens connections too fast.' }
        }
        guest.tokens--
        guest.connections++
        guest.pending++
      }
      connections++
      pending++

      let isPending = true
      const proved = (): void => {
        if (!isPending) return
        isPending = false
        pending--
        if (guest !== null) guest.pending--
      }
      return {
        proved,
        leave() {
          proved()
          connections--
          if (guest !== null) guest.connections--
        },
      }
    },
  }
}
