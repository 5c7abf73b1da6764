import { SECOND, type Millis } from '../model/units.ts'
import type { PendingOffer } from './rtc-handshake.ts'

/** An offer nobody answered by then is dropped; stock clients wait as long. */
const OFFER_LIFETIME: Millis = 50 * SECOND

/** Offers of one torrent at one tracker, until they are answered or dropped. */
export interface OpenOffers {
  /** Those of one announce, each with the id it gets. */
  add(round: readonly PendingOffer[]): readonly NamedOffer[]
  /** The offer that was answered is the caller's now. Null when it is not open any more. */
  take(id: string): PendingOffer | null
  /** Of the latest announce no more than these first are of use. */
  keepOfLatest(count: number): void
  dropAll(): void
}

export interface NamedOffer {
  readonly id: string
  readonly offer: PendingOffer
}

export function makeOpenOffers(): OpenOffers {
  const offers = new Map<string, PendingOffer>()
  let latest: readonly NamedOffer[] = []

  const take = (id: string): PendingOffer | null => {
    const offer = offers.get(id) ?? null
    offers.delete(id)
    return offer
  }
  const drop = (id: string) => take(id)?.close()

  return {
    add(round) {
      latest = round.map((offer) => ({ id: freshOfferId(), offer }))
      for (const { id, offer } of latest) {
        offers.set(id, offer)
        setTimeout(() => drop(id), OFFER_LIFETIME)
      }
      return latest
    },
    take,
    keepOfLatest(count) {
      for (const { id } of latest.slice(count)) drop(id)
    },
    dropAll() {
      for (const id of [...offers.keys()]) drop(id)
    },
  }
}

/** 20 random bytes as 20 characters: what stock clients send, and the only form some trackers take. */
function freshOfferId(): string {
  return String.fromCharCode(...crypto.getRandomValues(new Uint8Array(20)))
}
