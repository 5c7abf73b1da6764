import type { PeerId } from '../model/ids.ts'
import type { OutsideReason } from '../model/private-swarm.ts'
import type { Timestamp } from '../model/units.ts'
import { tokenIdOf, tokenProblem, type InviteToken } from './invite-token.ts'
import type { MembershipLog } from './membership-log.ts'

/**
 * Why this invite does not let this peer in now, as far as the log and the token tell; null when it
 * does. That the candidate has the link (`checkRedemption`) and that a use is left where uses are
 * counted is asked besides: of the uses, the log knows those that ended in an add.
 */
export function whyNotAdmitted(
  log: MembershipLog,
  token: InviteToken,
  candidate: PeerId,
  now: Timestamp,
): OutsideReason | null {
  if (token.swarm !== log.swarm || token.infoHash !== log.infoHash) return 'refused'
  const view = log.view()
  const id = tokenIdOf(token)
  if (view.revokedInvite(id) || !view.mayAdmit(token.issuer)) return 'revoked'
  const problem = tokenProblem(token, candidate, now)
  if (problem !== null) return problem === 'not-yet' ? 'refused' : problem
  const users = view.usedBy(id)
  // Whoever was removed does not come back by the invite it came with.
  if (users.includes(candidate)) return view.removed(candidate) ? 'removed' : null
  return users.length >= token.uses ? 'used' : null
}
