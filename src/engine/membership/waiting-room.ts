import type { EntryHash, LogEntry } from './log-entry.ts'

/** Entries whose parents are not here yet, the first comer first. */
export interface WaitingRoom {
  has(hash: EntryHash): boolean
  all(): IterableIterator<LogEntry>
  get(hash: EntryHash): LogEntry | undefined
  /** Those that wait for this one, among others perhaps. */
  childrenOf(hash: EntryHash): readonly LogEntry[]
  enter(entry: LogEntry): void
  leave(entry: LogEntry): void
  /** Sends away whoever waited longest, until no more than the room holds are left. */
  thin(): void
}

export function makeWaitingRoom(capacity: number): WaitingRoom {
  const waiting = new Map<EntryHash, LogEntry>()
  const children = new Map<EntryHash, Set<LogEntry>>()

  const leave = (entry: LogEntry): void => {
    waiting.delete(entry.hash)
    for (const parent of entry.parents) {
      const siblings = children.get(parent)
      siblings?.delete(entry)
      if (siblings?.size === 0) children.delete(parent)
    }
  }

  return {
    has: (hash) => waiting.has(hash),
    all: () => waiting.values(),
    get: (hash) => waiting.get(hash),
    childrenOf: (hash) => [...(children.get(hash) ?? [])],

    enter(entry) {
      waiting.set(entry.hash, entry)
      for (const parent of entry.parents) {
        const siblings = children.get(parent)
        if (siblings === undefined) children.set(parent, new Set([entry]))
        else siblings.add(entry)
      }
    },

    leave,

    thin() {
      for (const entry of waiting.values()) {
        if (waiting.size <= capacity) return
        leave(entry)
      }
    },
  }
}
