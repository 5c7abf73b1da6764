import { sha256 } from '@noble/hashes/sha2.js'
import type { Redemptions } from '../contracts/redemptions.ts'
import { bytesOfHex, hexOf, type PeerId } from '../model/ids.ts'
import { SECOND, type Millis } from '../model/units.ts'
import { tokenIdOf, type InviteToken } from '../membership/invite-token.ts'
import { publicKeyOf } from '../membership/peer-keys.ts'
import { lengthValue } from '../keyed/length-value.ts'
import { parseRelayAddress } from '../overlay/relay-address.ts'
import type { SwarmRefusal } from './swarm-messages.ts'

const COUNT_WITHIN: Millis = 8 * SECOND

/**
 * One use, in the one place that counts. The issuer's own log is that place for swarms that want no
 * relay to know; whoever asks here has read it already.
 */
export async function countUse(
  counter: Redemptions,
  token: InviteToken,
  guest: PeerId,
): Promise<SwarmRefusal | null> {
  if (token.counter === 'issuer') return null
  const origin = parseRelayAddress(token.relays[0] ?? '')?.origin
  if (origin === undefined) return 'revoked' // nobody could count it
  const id = tokenIdOf(token)
  const claim = hexOf(sha256(lengthValue('chiral-claim/1', bytesOfHex(id), publicKeyOf(guest))))
  const use = { token: id, claim, uses: token.uses, expires: Math.ceil(token.expiresAt / SECOND) }
  const answer = await counter.claim(origin, use, AbortSignal.timeout(COUNT_WITHIN))
  if (!answer.ok) return 'later'
  if (answer.value.granted) return null
  return answer.value.why === 'expired' ? 'expired' : 'used'
}
