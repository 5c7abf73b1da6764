/** How fast one address may go on: `burst` at once, and one more each `interval` ms. */
export interface AddressPace {
  /** Takes one; false when there is none left. `null` stands for an address that is not counted. */
  take(address: string | null): boolean
}

/** Addresses remembered; past this many the rested ones are forgotten. */
const REMEMBERED = 10_000

export function makeAddressPace(
  { burst, interval }: { readonly burst: number; readonly interval: number },
  now: () => number,
): AddressPace {
  /** When an address has everything back: the further ahead, the more it has taken. */
  const restedAt = new Map<string, number>()

  return {
    take(address) {
      if (address === null) return true
      const time = now()
      const rested = Math.max(restedAt.get(address) ?? 0, time)
      if (rested + interval > time + burst * interval) return false
      if (restedAt.size >= REMEMBERED) {
        for (const [known, at] of restedAt) if (at <= time) restedAt.delete(known)
      }
      restedAt.set(address, rested + interval)
      return true
    },
  }
}
