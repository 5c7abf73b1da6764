import type { ErrorIn } from '../model/errors.ts'
import type { Result } from '../model/result.ts'
import type { Timestamp } from '../model/units.ts'

/**
 * The one place that counts how often an invite is used: the relay the invite names. It is told
 * hashes, and no name, swarm or torrent.
 */
export interface Redemptions {
  /**
   * Claims one use. Asked again with the same token and claim it answers the same and counts nothing,
   * so it may be repeated after a failure; whoever is claimed for has to be in `claim`. What is
   * granted stays granted, whatever happens to the relay.
   *
   * An `http` error when nobody answered or the relay refused to (`http/status` 404 where it counts
   * nothing, 429 and 503 for a while), `overlay/no-relay` when the answer is not a relay's. Nothing is
   * known then about whether it was counted. Rejects with `signal.reason`.
   *
   * @param relayOrigin `https://host[:port]`
   */
  claim(
    relayOrigin: string,
    claim: RedemptionClaim,
    signal: AbortSignal,
  ): Promise<Result<Redemption, ErrorIn<'http'> | ErrorIn<'overlay'>>>
}

export interface RedemptionClaim {
  /** 64 lower-case hex digits: a hash of the invite's random id, which only those it was sent to know. */
  readonly token: string
  /** 64 lower-case hex digits: a hash of who is let in and the invite's id. */
  readonly claim: string
  /** 1 to 1,000. The first claim on a token fixes it and `expires`; others that differ are refused. */
  readonly uses: number
  /** Seconds since 1970, by the relay's clock; at most 62 days ahead. */
  readonly expires: number
}

export interface Redemption {
  readonly granted: boolean
  /** Why not; null when granted. */
  readonly why: RedemptionRefusal | null
  /** How many use it, this one included when granted. */
  readonly used: number
  readonly uses: number
  /** What time it is by the relay's clock. */
  readonly now: Timestamp
}

export type RedemptionRefusal =
  /** By others, as often as it may be. */
  | 'used'
  | 'expired'
  /** The first claim said other `uses` or another end: this invite and that one have one id. */
  | 'contradiction'
