/** What counting the uses of invites may cost. Times in milliseconds, sizes in bytes. */
export interface RedemptionLimits {
  readonly bodyBytes: number
  readonly uses: number
  readonly lifetime: number
  readonly forgottenAfter: number
  readonly tokens: number
  readonly claims: number
  readonly newTokens: number
  readonly newTokenInterval: number
  readonly newUses: number
  readonly newUseInterval: number
  readonly requests: number
  readonly requestInterval: number
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Tests narrow single figures; nobody else does. */
export const REDEMPTION_LIMITS: RedemptionLimits = {
  /** Ours have 200 bytes. */
  bodyBytes: 1024,
  /** Of one invite. */
  uses: 1000,
  /** An invite lives for at most 30 days, from a day in the future on. */
  lifetime: 62 * DAY,
  /** So that a clock that was wrong by less than a day forgets nothing it still needs. */
  forgottenAfter: DAY,
  /** For the whole relay: about 15 MB of memory and 16 MB on disk when all of them are taken. */
  tokens: 100_000,
  claims: 200_000,
  /**
   * Tokens not seen before, of one address: as many at once, and one more in each interval. Until
   * the first of them are forgotten an address has placed half of what there is room for.
   */
  newTokens: 120,
  newTokenInterval: 2 * MINUTE,
  /** The same of uses not granted before: one invite for a thousand people at once. */
  newUses: 1000,
  newUseInterval: MINUTE,
  /** Requests of one address, whatever they are about. */
  requests: 240,
  requestInterval: SECOND / 4,
}
