/** Numbers that look random and are the same for the same seed: what went wrong can be had again. */
export interface Seeded {
  /** From 0 to below `bound`. */
  below(bound: number): number
  /** One of these, which are at least one. */
  one<Item>(items: readonly Item[]): Item
}

/** mulberry32: small, and good enough to choose what happens next. */
export function makeSeeded(seed: number): Seeded {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (bound: number) => Math.floor(next() * bound)

  return {
    below,
    one(items) {
      const chosen = items[below(items.length)]
      if (chosen === undefined) throw new Error('there is nothing to choose from')
      return chosen
    },
  }
}
