import type { PeerId } from '../model/ids.ts'
import { SECOND, type Millis } from '../model/units.ts'

/** Offers answered at once, and of one peer: each costs the browser a connection. */
export const MAX_ANSWERING = 8
export const MAX_ANSWERING_PEER = 2
/** ICE takes a second or two where a path exists; who takes longer gives way when others wait. */
export const UNDISTURBED: Millis = 5 * SECOND

/** One conversation that is being answered. */
export interface AnsweringPlace {
  /** Aborts when somebody else is given the place. */
  readonly signal: AbortSignal
  /** Safe to call twice, also after the place was lost. */
  leave(): void
}

export interface AnsweringPlaces {
  /** Null when there is no place for this peer just now. */
  take(peer: PeerId): AnsweringPlace | null
}

interface Taken {
  readonly peer: PeerId
  /** `performance.now()` */
  readonly since: Millis
  readonly lost: AbortController
}

/**
 * Who is answered. Peers that say nothing more would hold every place for as long as an answer may
 * take; so when all are taken, one who has none comes before the oldest conversation of whoever has
 * most, and where everybody has one, before the oldest that had time enough.
 */
export function makeAnsweringPlaces(now: () => Millis = () => performance.now()): AnsweringPlaces {
  /** Oldest first. */
  const places = new Set<Taken>()
  const of = (peer: PeerId) => [...places].filter((place) => place.peer === peer).length

  const makeRoom = (): boolean => {
    const most = Math.max(...[...places].map(({ peer }) => of(peer)))
    for (const place of places) {
      if (of(place.peer) < most) continue
      if (most === 1 && now() - place.since < UNDISTURBED) return false
      places.delete(place)
      place.lost.abort(new DOMException('another peer waits', 'AbortError'))
      return true
    }
    return false
  }

  return {
    take(peer) {
      const here = of(peer)
      if (here >= MAX_ANSWERING_PEER) return null
      if (places.size >= MAX_ANSWERING && (here > 0 || !makeRoom())) return null
      const place: Taken = { peer, since: now(), lost: new AbortController() }
      places.add(place)
      return { signal: place.lost.signal, leave: () => void places.delete(place) }
    },
  }
}
