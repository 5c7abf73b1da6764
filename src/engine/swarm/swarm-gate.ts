import type { PeerSource, SwarmPolicy } from '../model/swarm-policy.ts'

/**
 * May a torrent of this policy use peers of this source? The only judge: everything that finds,
 * announces to or dials peers asks here.
 *
 * A private swarm never uses a tracker or a web seed, whatever its list says: policies come out
 * of stored records and invites too, and both sources tell a third party who takes part.
 */
export function allows(policy: SwarmPolicy, source: PeerSource): boolean {
  if (policy.name === 'public') return true
  return source !== 'tracker' && source !== 'web-seed' && policy.sources.includes(source)
}

/**
 * May this torrent be found, and look, under the key that everybody can compute from its info hash?
 * Only where policy makes no difference between peers, and its makers did not name who may say who
 * takes part (BEP 27).
 */
export function mayPublish(policy: SwarmPolicy, flagged: boolean): boolean {
  return policy.name === 'public' && !flagged && allows(policy, 'overlay')
}
