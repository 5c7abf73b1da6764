import type { EngineError } from '../model/errors.ts'
import { isPeerId, type PeerId } from '../model/ids.ts'
import type { InviteOptions, InviteSnapshot, OutsideReason } from '../model/private-swarm.ts'
import { err, ok, type Result } from '../model/result.ts'
import type { Bytes, Timestamp } from '../model/units.ts'
import type { Invite } from '../membership/invite-link.ts'
import {
  DEFAULT_INVITE_AGE,
  MAX_ASK,
  MAX_RELAYS,
  TOKEN_NONCE_LENGTH,
  tokenIdOf,
  tokenProblem,
  writeToken,
  type InviteToken,
} from '../membership/invite-token.ts'
import type { MembershipView } from '../membership/membership-view.ts'
import type { Signer } from '../membership/peer-keys.ts'
import { INVITE_SEED_LENGTH, redemptionKey } from '../membership/redemption.ts'
import { freshBytes, type KeptInvite } from './kept-swarm.ts'
import type { SwarmRefusal } from './swarm-messages.ts'

/** What an invite says of the torrent and of us. */
export interface InviteFacts extends Pick<InviteToken, 'swarm' | 'infoHash' | 'name' | 'from'> {
  readonly bytes: Bytes
  /** Where we are met now: multiaddrs with the relay's peer id. */
  readonly relays: readonly string[]
}

/** Signs an invite. `input/invite` `options` when what was asked for is out of range. */
export async function makeInvite(
  signer: Signer,
  view: MembershipView,
  facts: InviteFacts,
  options: InviteOptions,
  now: Timestamp,
): Promise<Result<{ readonly invite: Invite; readonly kept: KeptInvite }, EngineError>> {
  const { expiresAt = now + DEFAULT_INVITE_AGE, uses = 1, boundTo, label } = options
  if (boundTo !== undefined && !isPeerId(boundTo)) {
    return err({ kind: 'input/invite', reason: 'options' })
  }
  const seed = freshBytes(INVITE_SEED_LENGTH)
  const { publicKey } = await redemptionKey(seed)
  const relays = facts.relays.slice(0, MAX_RELAYS)
  const others = view.members().filter(({ peer }) => peer !== signer.self && view.mayAdmit(peer))
  const token = await writeToken(signer, {
    ...facts,
    nonce: freshBytes(TOKEN_NONCE_LENGTH),
    key: publicKey,
    ask: others.slice(0, MAX_ASK).map(({ peer }) => peer),
    notBefore: now,
    expiresAt,
    uses,
    bound: boundTo ?? null,
    relays,
    // Without a relay there is nobody else to count.
    counter: relays.length === 0 ? 'issuer' : (options.counter ?? 'relay'),
  })
  if (!token.ok) return token
  return ok({
    invite: { kind: 'token', token: token.value, seed },
    kept: {
      id: tokenIdOf(token.value),
      label: label ?? null,
      createdAt: now,
      expiresAt,
      uses,
      boundTo: token.value.bound,
    },
  })
}

/**
 * Why a guest who holds this invite's link is not let in, by all that we know ourselves; null when
 * only its uses are left to be counted.
 */
export function judgeGuest(
  view: MembershipView,
  self: PeerId,
  invite: InviteToken,
  guest: PeerId,
  now: Timestamp,
): SwarmRefusal | null {
  const id = tokenIdOf(invite)
  if (!view.mayAdmit(invite.issuer) || view.revokedInvite(id)) return 'revoked'
  const problem = tokenProblem(invite, guest, now)
  if (problem !== null) return problem === 'not-yet' ? 'later' : problem
  // Whoever was removed comes back by a new invite that means them, and by no other: not by one that
  // an admin made before, who knew of no removal.
  const removedAt = view.removedAt(guest) ?? -Infinity
  const isOld = view.usedBy(id).includes(guest) || invite.notBefore <= removedAt
  if (view.removed(guest) && (isOld || invite.bound !== guest)) return 'removed'
  const issuerCounts = invite.counter === 'issuer' && invite.issuer !== self
  if (!view.mayAdmit(self) || issuerCounts) return 'not-admin'
  const others = view.usedBy(id).filter((peer) => peer !== guest)
  return others.length >= invite.uses ? 'used' : null
}

/** What a guest makes of being refused; left out where asking again may help. */
export const LASTING: Partial<Record<SwarmRefusal, OutsideReason>> = {
  removed: 'removed',
  expired: 'expired',
  used: 'used',
  revoked: 'revoked',
  bound: 'bound',
}

export function inviteSnapshots(
  view: MembershipView,
  invites: readonly KeptInvite[],
): readonly InviteSnapshot[] {
  return invites
    .map((invite) => ({
      ...invite,
      used: view.usedBy(invite.id).length,
      revoked: view.revokedInvite(invite.id),
    }))
    .toSorted((one, other) => other.createdAt - one.createdAt)
}
