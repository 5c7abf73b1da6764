import * as v from 'valibot'
import type { EngineError } from './model/errors.ts'
import type { PrivateTorrentModeOptions } from './model/private-job.ts'
import { err, ok, type Result } from './model/result.ts'
import { PUBLIC, type SwarmPolicy } from './model/swarm-policy.ts'

/**
 * The policy these options ask for. Takes a script's words: what is no option, or says two things
 * that cannot both be, is `policy/contradiction` with the first of them.
 *
 * A browser speaks neither the DHT of BEP 5 nor PEX. What can be found by an info hash are records
 * in the overlay: `disableDht` is about those, and a torrent without them is private. A private
 * torrent never has either, so asking for one beside `privateOnly` asks for both at once.
 */
export function policyOfMode(options: unknown): Result<SwarmPolicy, EngineError> {
  const parsed = v.safeParse(mode, options)
  if (!parsed.success) return contradiction('options that are none')
  const given: PrivateTorrentModeOptions = parsed.output
  const { privateOnly = true, allowedPeerSources } = given
  if (!privateOnly) {
    if (given.disableDht === true) return contradiction('disableDht without privateOnly')
    if (allowedPeerSources !== undefined) {
      return contradiction('allowedPeerSources without privateOnly')
    }
    return ok(PUBLIC)
  }
  if (given.disableDht === false) return contradiction('privateOnly with a DHT')
  if (given.disablePex === false) return contradiction('privateOnly with PEX')
  return ok({ name: 'private', sources: SOURCES[allowedPeerSources ?? 'both'] })
}

const SOURCES = {
  overlay: ['overlay'],
  inviteList: ['invite'],
  both: ['overlay', 'invite'],
} as const

const mode = v.strictObject({
  privateOnly: v.exactOptional(v.boolean()),
  disableDht: v.exactOptional(v.boolean()),
  disablePex: v.exactOptional(v.boolean()),
  allowedPeerSources: v.exactOptional(v.picklist(['overlay', 'inviteList', 'both'])),
})

const contradiction = (what: string) => err({ kind: 'policy/contradiction', what } as const)
