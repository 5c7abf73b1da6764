import type { SwarmCounts } from './tracker-replies.ts'
import type { Connection, Member } from './tracker-swarms.ts'

/** The peers of one info hash. Every operation takes a time that does not grow with the swarm. */
export interface Swarm<C> {
  readonly infoHash: string
  readonly isEmpty: boolean
  member(peerId: string): Member<C> | undefined
  add(member: Member<C>): void
  remove(member: Member<C>): void
  setComplete(member: Member<C>, complete: boolean): void
  counts(): SwarmCounts

  /** Up to `count` different members, never `self` and none that is congested, at random. */
  others(self: Member<C>, count: number, random: () => number): readonly Member<C>[]
}

export function makeSwarm<C extends Connection>(infoHash: string): Swarm<C> {
  const places = new Map<string, number>()
  const members: Member<C>[] = []
  let complete = 0

  return {
    infoHash,

    get isEmpty() {
      return members.length === 0
    },

    member(peerId) {
      const place = places.get(peerId)
      return place === undefined ? undefined : members[place]
    },

    add(member) {
      places.set(member.peerId, members.push(member) - 1)
      if (member.complete) complete++
    },

    remove(member) {
      const place = places.get(member.peerId)
      const last = members.pop()
      if (place === undefined || last === undefined) throw new Error('not a member')
      if (last !== member) {
        members[place] = last
        places.set(last.peerId, place)
      }
      places.delete(member.peerId)
      if (member.complete) complete--
    },

    setComplete(member, isComplete) {
      if (member.complete === isComplete) return
      member.complete = isComplete
      complete += isComplete ? 1 : -1
    },

    counts() {
      return { complete, incomplete: members.length - complete }
    },

    others(self, count, random) {
      const chosen: Member<C>[] = []
      const looks = Math.min(members.length, count + SPARE_LOOKS)
      for (const place of distinctPlaces(members.length, looks, random)) {
        const member = members[place]!
        if (chosen.length === count) break
        if (member !== self && !member.connection.congested) chosen.push(member)
      }
      return chosen
    },
  }
}

/** Looks beyond what is wanted: one for oneself, the rest for members that are congested. */
const SPARE_LOOKS = 9

/**
 * `count` different whole numbers below `size`, in random order: the first steps of a
 * Fisher–Yates shuffle over a list that is never written down.
 */
function* distinctPlaces(size: number, count: number, random: () => number): Generator<number> {
  const moved = new Map<number, number>()
  for (let step = 0; step < count; step++) {
    const pick = step + Math.floor(random() * (size - step))
    yield moved.get(pick) ?? pick
    moved.set(pick, moved.get(step) ?? step)
  }
}
