import type { RedemptionLimits } from './redemption-limits.ts'

/** One who wants to be among those that an invite is for. */
export interface Claim {
  /** Names the invite: 64 hex digits of a hash of its id, which tell nothing else. */
  readonly token: string
  /** Names who claims: 64 hex digits, the same each time. */
  readonly claim: string
  readonly uses: number
  /** Seconds since 1970. */
  readonly expires: number
}

export type Decision =
  /** `isNew`: not granted to the same one before. */
  | { readonly name: 'granted'; readonly isNew: boolean; readonly used: number }
  | RefusedClaim
  /** There is no room to remember it. */
  | { readonly name: 'full' }

export interface RefusedClaim {
  readonly name: 'refused'
  readonly why: Refusal
  readonly used: number
  /** As the first claim on the token said. */
  readonly uses: number
}

export type Refusal =
  /** By others, as often as it may be. */
  | 'used'
  | 'expired'
  /** The first claim said another number of uses, or another end. */
  | 'contradiction'

/**
 * How often each invite was used: compare-and-set, in memory, one claim at a time. The first claim
 * on a token fixes how often and until when it may be used.
 */
export interface UseCounters {
  /** A claim that is granted counts from this moment. */
  decide(claim: Claim, now: number): Decision
  /** As if it had never been granted: it could not be written down. */
  undo(claim: Claim): void
  /** What was granted before, in whatever order. */
  restore(claim: Claim): void
  /** Drops what expired long enough ago. Answers how many claims that were. */
  forget(now: number): number
  /** The room that granting it now would take. */
  takes(claim: Claim): 'nothing' | 'use' | 'token'
  granted(): Iterable<Claim>
  readonly tokens: number
  readonly claims: number
}

interface Counter {
  readonly uses: number
  readonly expires: number
  readonly claims: Set<string>
}

export function makeUseCounters(limits: RedemptionLimits): UseCounters {
  const counters = new Map<string, Counter>()
  let claims = 0

  const count = ({ token, claim, uses, expires }: Claim): void => {
    const counter = counters.get(token) ?? { uses, expires, claims: new Set() }
    counters.set(token, counter)
    if (counter.claims.has(claim)) return
    counter.claims.add(claim)
    claims++
  }

  return {
    decide(claim, now) {
      const counter = counters.get(claim.token)
      const used = counter?.claims.size ?? 0
      const refused = (why: Refusal) =>
        ({ name: 'refused', why, used, uses: counter?.uses ?? claim.uses }) as const
      // Even one that was granted: who comes back that late asks whoever let it in.
      if (claim.expires * 1000 <= now) return refused('expired')
      if (counter !== undefined) {
        const { uses, expires } = counter
        if (uses !== claim.uses || expires !== claim.expires) {
          return refused('contradiction')
        }
        if (counter.claims.has(claim.claim)) return { name: 'granted', isNew: false, used }
        if (used >= uses) return refused('used')
      } else if (counters.size >= limits.tokens) return { name: 'full' }
      if (claims >= limits.claims) return { name: 'full' }

      count(claim)
      return { name: 'granted', isNew: true, used: used + 1 }
    },
    undo({ token, claim }) {
      const counter = counters.get(token)
      if (counter?.claims.delete(claim) !== true) return
      claims--
      if (counter.claims.size === 0) counters.delete(token)
    },
    restore: count,
    forget(now) {
      const before = claims
      for (const [token, counter] of counters) {
        if (counter.expires * 1000 + limits.forgottenAfter > now) continue
        claims -= counter.claims.size
        counters.delete(token)
      }
      return before - claims
    },
    takes({ token, claim }) {
      const counter = counters.get(token)
      if (counter === undefined) return 'token'
      return counter.claims.has(claim) || counter.claims.size >= counter.uses ? 'nothing' : 'use'
    },
    *granted() {
      for (const [token, { uses, expires, claims }] of counters) {
        for (const claim of claims) yield { token, claim, uses, expires }
      }
    },
    get tokens() {
      return counters.size
    },
    get claims() {
      return claims
    },
  }
}
