import type { Redemption, RedemptionClaim, Redemptions } from '../contracts/redemptions.ts'
import { ok } from '../model/result.ts'
import { SECOND } from '../model/units.ts'

/** What relays counted, by the relay's origin and the token. */
export type CountedUses = Map<string, { readonly first: RedemptionClaim; readonly by: Set<string> }>

/** Relays that live as long as this thread. */
export function makeMemoryRedemptions(
  counted: CountedUses = new Map(),
  now: () => number = Date.now,
): Redemptions {
  const decide = (key: string, asked: RedemptionClaim): Redemption => {
    const known = counted.get(key)
    const { first, by } = known ?? { first: asked, by: new Set<string>() }
    const refused = (why: Redemption['why']) =>
      ({ granted: false, why, used: by.size, uses: first.uses, now: now() }) as const
    if (asked.expires * SECOND <= now()) return refused('expired')
    if (asked.uses !== first.uses || asked.expires !== first.expires)
      return refused('contradiction')
    if (!by.has(asked.claim) && by.size >= first.uses) return refused('used')
    by.add(asked.claim)
    counted.set(key, { first, by })
    return { granted: true, why: null, used: by.size, uses: first.uses, now: now() }
  }

  return {
    async claim(relayOrigin, claim, signal) {
      signal.throwIfAborted()
      return ok(decide(`${relayOrigin} ${claim.token}`, claim))
    },
  }
}
