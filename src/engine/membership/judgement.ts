import type { Authority } from './authority.ts'
import type { EntryGraph, Placed } from './entry-graph.ts'
import type { EntryHash } from './log-entry.ts'

/** The entries of a log by what they are worth. Each list has parents first. */
export interface Judgement {
  readonly counted: readonly Placed[]
  /**
   * Those that count and what they build on. The rest is void for good, since authority is only ever
   * taken away: it is neither kept nor told, or an admin that was removed could still fill the log.
   */
  readonly kept: readonly Placed[]
  /** Those that count and that nothing builds on that counts. */
  readonly frontier: readonly Placed[]
}

export function judge(graph: EntryGraph, authority: Authority): Judgement {
  const builtOn = new Set<EntryHash>()
  const counted: Placed[] = []
  const kept: Placed[] = []
  const frontier: Placed[] = []
  for (const placed of graph.all().toReversed()) {
    const { hash, parents } = placed.entry
    const counts = authority.counts(placed)
    const needed = builtOn.has(hash)
    if (counts) counted.push(placed)
    if (counts && !needed) frontier.push(placed)
    if (!counts && !needed) continue
    kept.push(placed)
    for (const parent of parents) builtOn.add(parent)
  }
  return {
    counted: counted.reverse(),
    kept: kept.reverse(),
    frontier: frontier.reverse(),
  }
}
