/** Work on one key happens one after the other, in the order it was asked for. */
export interface Turns<Key> {
  /** Starts `work` at once when nothing else is at work on `key`. Answers what `work` answers. */
  take<Value>(key: Key, work: () => Promise<Value>): Promise<Value>

  /** Resolves when all that was asked for until now has ended, well or not. */
  idle(): Promise<void>
}

export function makeTurns<Key>(): Turns<Key> {
  const last = new Map<Key, Promise<unknown>>()

  return {
    async take(key, work) {
      const before = last.get(key)
      const turn = before === undefined ? work() : before.then(work, work)
      last.set(key, turn)
      try {
        return await turn
      } finally {
        if (last.get(key) === turn) last.delete(key)
      }
    },

    async idle() {
      await Promise.allSettled(last.values())
    },
  }
}
