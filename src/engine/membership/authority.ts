import type { PeerId } from '../model/ids.ts'
import type { EntryGraph, Past, Placed } from './entry-graph.ts'
import type { LogEntry } from './log-entry.ts'

/**
 * Who may write. Only the owner makes and removes admins, so this follows from the owner's entries
 * alone, and no admin can argue another one away.
 */
export interface Authority {
  /** Tells of an entry that was placed. */
  learn(placed: Placed): void
  /**
   * Whether an entry may be in the log at all: judged by what it builds on itself, so that every
   * replica judges alike whatever else it knows. An author who is no admin there, or an admin who
   * makes admins or touches the owner, writes no entry.
   */
  mayStand(entry: LogEntry, past: Past): boolean
  /**
   * Whether an entry counts, by all that is known. An admin's entries count while its admin role is
   * not taken away, and those that the removal builds on count for ever; any other is void, also one
   * that was written before the removal and held back.
   */
  counts(placed: Placed): boolean
}

interface Grant {
  readonly given: Placed
  /** Removals by the owner that do not precede it. */
  readonly taken: readonly Placed[]
}

export function makeAuthority(owner: PeerId, graph: EntryGraph): Authority {
  const adminAdds = new Map<PeerId, Placed[]>()
  const removals = new Map<PeerId, Placed[]>()
  const grants = new Map<PeerId, readonly Grant[]>()
  /** By index: asked for all entries after each change. */
  let answers: boolean[] = []

  const grantsOf = (author: PeerId): readonly Grant[] => {
    const known = grants.get(author)
    if (known !== undefined) return known
    const found = (adminAdds.get(author) ?? []).map((given): Grant => {
      const { what } = given.entry
      const person = what.type === 'add' ? what.person : null
      const taken = [author, person]
        .flatMap((peer) => (peer === null ? [] : (removals.get(peer) ?? [])))
        .filter((removal) => !graph.buildsOn(given, removal))
      return { given, taken }
    })
    grants.set(author, found)
    return found
  }

  return {
    learn(placed) {
      const { author, what } = placed.entry
      if (author !== owner) return
      if (what.type === 'add' && what.role === 'admin') push(adminAdds, what.peer, placed)
      else if (what.type === 'remove') push(removals, what.peer, placed)
      else return
      grants.clear()
      answers = []
    },

    mayStand({ author, what }, past) {
      if ((what.type === 'add' || what.type === 'remove') && what.peer === owner) return false
      if (author === owner) return true
      if (what.type === 'add' && what.role === 'admin') return false
      return grantsOf(author).some(
        ({ given, taken }) => past.has(given) && !taken.some((removal) => past.has(removal)),
      )
    },

    counts(placed) {
      const { author } = placed.entry
      return (answers[placed.index] ??=
        author === owner ||
        grantsOf(author).some(
          ({ given, taken }) =>
            graph.buildsOn(placed, given) &&
            taken.every((removal) => graph.buildsOn(removal, placed)),
        ))
    },
  }
}

function push(map: Map<PeerId, Placed[]>, peer: PeerId, placed: Placed): void {
  const list = map.get(peer)
  if (list === undefined) map.set(peer, [placed])
  else list.push(placed)
}
