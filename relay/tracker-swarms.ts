import type { TrackerLimits } from './tracker-limits.ts'
import type { Announce, Answer, Offer } from './tracker-messages.ts'
import type { SwarmCounts } from './tracker-replies.ts'
import { makeSwarm, type Swarm } from './tracker-swarm.ts'

/** What the swarms need to know of a connection. They compare it, and keep nothing else. */
export interface Connection {
  /** Written faster than it reads; offers go to somebody else until it has caught up. */
  readonly congested: boolean
}

export interface TrackerSwarms<C extends Connection> {
  /** Whose peer id it is in that swarm. */
  holderOf(infoHash: string, peerId: string): C | undefined

  /** The caller has made sure that no other connection holds the peer id. */
  announce(connection: C, announce: Announce): Announced<C>

  /**
   * Where an answer goes, once: to the connection that made the offer, if that offer was
   * forwarded to just this peer and is still open. Otherwise `null`.
   */
  answer(connection: C, answer: Answer): C | null

  scrape(infoHash: string): SwarmCounts

  /** Takes a connection out of everything. Safe to call twice. */
  leave(connection: C): void

  /** Forgets peers that stopped announcing and offers that were never answered. */
  sweep(): void

  readonly size: { readonly swarms: number; readonly memberships: number }
}

export type Announced<C> =
  | { readonly type: 'refused'; readonly reason: string }
  | {
      readonly type: 'counted'
      readonly counts: SwarmCounts
      readonly offers: ReadonlyArray<{ readonly to: C; readonly offer: Offer }>
    }

export interface Member<C> {
  readonly connection: C
  readonly peerId: string
  complete: boolean
  lastAnnounce: number
}

/** One connection's share of the state. */
interface Seat<C> {
  readonly memberships: Map<Member<C>, Swarm<C>>
  /** By info hash, own peer id and offer id; in the order they were made. */
  readonly openOffers: Map<string, OpenOffer<C>>
}

interface OpenOffer<C> {
  readonly to: Member<C>
  readonly expires: number
}

export interface TrackerSwarmsDeps {
  readonly limits: TrackerLimits
  /** Milliseconds that only grow. */
  readonly now: () => number
  /** As `Math.random`: who gets an offer is a matter of fairness, not of secrecy. */
  readonly random: () => number
}

/**
 * Who is in which swarm, and which offers may still be answered. No I/O. A peer belongs to the
 * connection that announced it, so nobody can stop it, count it out, or speak in its name.
 */
export function makeTrackerSwarms<C extends Connection>({
  limits,
  now,
  random,
}: TrackerSwarmsDeps): TrackerSwarms<C> {
  const swarms = new Map<string, Swarm<C>>()
  const seats = new Map<C, Seat<C>>()
  let memberships = 0

  const join = (connection: C, swarm: Swarm<C>, announce: Announce): Member<C> => {
    const { peerId, infoHash } = announce
    const member = { connection, peerId, complete: false, lastAnnounce: now() }
    swarms.set(infoHash, swarm)
    swarm.add(member)
    const seat = seats.get(connection) ?? { memberships: new Map(), openOffers: new Map() }
    seats.set(connection, seat)
    seat.memberships.set(member, swarm)
    memberships++
    return member
  }

  const part = (member: Member<C>, swarm: Swarm<C>): void => {
    swarm.remove(member)
    if (swarm.isEmpty) swarms.delete(swarm.infoHash)
    memberships--
    const seat = seats.get(member.connection)
    seat?.memberships.delete(member)
    if (seat?.memberships.size === 0) seats.delete(member.connection)
  }

  const remember = (from: Member<C>, to: Member<C>, infoHash: string, offerId: string): void => {
    const open = seats.get(from.connection)?.openOffers
    if (open === undefined) return
    const key = offerKey(infoHash, from.peerId, offerId)
    open.delete(key)
    open.set(key, { to, expires: now() + limits.offerLifetime })
    if (open.size > limits.openOffers) open.delete(oldestOf(open))
  }

  return {
    holderOf(infoHash, peerId) {
      return swarms.get(infoHash)?.member(peerId)?.connection
    },

    announce(connection, announce) {
      const { infoHash, peerId, event, left, offers } = announce
      const swarm = swarms.get(infoHash) ?? makeSwarm<C>(infoHash)
      const known = swarm.member(peerId)

      if (event === 'stopped') {
        if (known !== undefined) part(known, swarm)
        return { type: 'counted', counts: swarm.counts(), offers: [] }
      }

      if (known === undefined) {
        if ((seats.get(connection)?.memberships.size ?? 0) >= limits.swarms) {
          const reason = `One connection may be in at most ${limits.swarms} swarms.`
          return { type: 'refused', reason }
        }
        if (memberships >= limits.memberships) {
          return { type: 'refused', reason: 'This tracker is full. Please try again later.' }
        }
      }

      const self = known ?? join(connection, swarm, announce)
      self.lastAnnounce = now()
      swarm.setComplete(self, isComplete(event, left, self.complete))

      const forwarded = swarm
        .others(self, offers.length, random)
        .map((to, index) => ({ to, offer: offers[index]! }))
      for (const { to, offer } of forwarded) remember(self, to, infoHash, offer.offerId)

      return {
        type: 'counted',
        counts: swarm.counts(),
        offers: forwarded.map(({ to, offer }) => ({ to: to.connection, offer })),
      }
    },

    answer(connection, { infoHash, peerId, toPeerId, offerId }) {
      const offerer = swarms.get(infoHash)?.member(toPeerId)
      const open = offerer && seats.get(offerer.connection)?.openOffers
      const key = offerKey(infoHash, toPeerId, offerId)
      const offer = open?.get(key)
      if (offerer === undefined || open === undefined || offer === undefined) return null
      if (offer.to.connection !== connection || offer.to.peerId !== peerId) return null
      open.delete(key)
      return offer.expires > now() ? offerer.connection : null
    },

    scrape(infoHash) {
      return swarms.get(infoHash)?.counts() ?? { complete: 0, incomplete: 0 }
    },

    leave(connection) {
      for (const [member, swarm] of seats.get(connection)?.memberships ?? []) part(member, swarm)
    },

    sweep() {
      const time = now()
      for (const { memberships, openOffers } of seats.values()) {
        for (const [key, offer] of openOffers) {
          if (offer.expires > time) break
          openOffers.delete(key)
        }
        for (const [member, swarm] of memberships) {
          if (member.lastAnnounce + limits.memberLifetime <= time) part(member, swarm)
        }
      }
    },

    get size() {
      return { swarms: swarms.size, memberships }
    },
  }
}

/** A peer that does not say what it lacks keeps the name it had. */
function isComplete(event: Announce['event'], left: number | null, before: boolean): boolean {
  if (left !== null) return left === 0
  return event === 'completed' || before
}

function offerKey(infoHash: string, peerId: string, offerId: string): string {
  return infoHash + peerId + offerId
}

function oldestOf<T>(map: ReadonlyMap<string, T>): string {
  return map.keys().next().value ?? ''
}
