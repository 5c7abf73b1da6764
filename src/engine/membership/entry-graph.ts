import type { EntryHash, LogEntry } from './log-entry.ts'

/** An entry with all that it builds on. */
export interface Placed {
  readonly entry: LogEntry
  /** In the order of placing: whatever an entry builds on has a lower one. */
  readonly index: number
  /** How many entries it builds on, however far back: the same on every replica. */
  readonly depth: number
  /** Indices of its parents. */
  readonly parents: readonly number[]
}

/** Entries and what each of them builds on. Each entry is there once, after its parents. */
export interface EntryGraph {
  readonly size: number
  has(hash: EntryHash): boolean
  all(): readonly Placed[]
  /** Whether `later` builds on `earlier`, by whatever way. No entry builds on itself. */
  buildsOn(later: Placed, earlier: Placed): boolean
  /** The parents have to be here. */
  place(entry: LogEntry): Placed
  /** What an entry with these parents would build on, themselves among it. Unknown ones add nothing. */
  pastOf(parents: readonly EntryHash[]): Past
}

/** A set of entries with everything they build on. */
export interface Past {
  has(placed: Placed): boolean
}

const WORD = 32

/**
 * The past of each entry is a row of bits, made of its parents' rows when it is placed: 4,096
 * entries take a mebibyte, and to ask is to look at one bit.
 */
export function makeEntryGraph(): EntryGraph {
  const placed: Placed[] = []
  const pasts: Uint32Array[] = []
  const byHash = new Map<EntryHash, Placed>()

  const pastRow = (parents: readonly EntryHash[]): Uint32Array => {
    const row = new Uint32Array(Math.ceil(placed.length / WORD))
    for (const parent of parents) {
      const found = byHash.get(parent)
      if (found === undefined) continue
      const past = pasts[found.index]!
      for (let word = 0; word < past.length; word++) row[word]! |= past[word]!
      row[Math.floor(found.index / WORD)]! |= 1 << (found.index % WORD)
    }
    return row
  }

  return {
    get size() {
      return placed.length
    },
    has: (hash) => byHash.has(hash),
    all: () => placed,

    buildsOn: (later, earlier) => isSet(pasts[later.index], earlier.index),

    place(entry) {
      const past = pastRow(entry.parents)
      const parents = entry.parents.map((parent) => byHash.get(parent)!.index)
      const made = { entry, index: placed.length, depth: countOf(past), parents }
      placed.push(made)
      pasts.push(past)
      byHash.set(entry.hash, made)
      return made
    },

    pastOf(parents) {
      const row = pastRow(parents)
      return { has: ({ index }) => isSet(row, index) }
    },
  }
}

function isSet(row: Uint32Array | undefined, index: number): boolean {
  return (((row?.[Math.floor(index / WORD)] ?? 0) >>> (index % WORD)) & 1) === 1
}

function countOf(row: Uint32Array): number {
  let count = 0
  for (let bits of row) for (; bits !== 0; bits &= bits - 1) count += 1
  return count
}
