import type { Authority } from './authority.ts'
import type { EntryGraph, Placed } from './entry-graph.ts'

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
  const entries = graph.all()
  /** By index: something that counts builds on it. */
  const builtOn = new Uint8Array(entries.length)
  const counted: Placed[] = []
  const kept: Placed[] = []
  const frontier: Placed[] = []
  for (let index = entries.length - 1; index >= 0; index--) {
    const placed = entries[index]!
    const isBuiltOn = builtOn[index] === 1
    const counts = authority.counts(placed)
    if (counts) counted.push(placed)
    if (counts && !isBuiltOn) frontier.push(placed)
    if (!counts && !isBuiltOn) continue
    kept.push(placed)
    for (const parent of placed.parents) builtOn[parent] = 1
  }
  return { counted: counted.reverse(), kept: kept.reverse(), frontier: frontier.reverse() }
}
