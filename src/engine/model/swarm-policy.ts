/** Where a peer came from. */
export type PeerSource = 'tracker' | 'overlay' | 'invite' | 'web-seed'

/** Which peer sources a torrent may use. `private` never includes a public tracker or a web seed. */
export type SwarmPolicy =
  | { readonly name: 'public' }
  | {
      readonly name: 'private'
      readonly sources: ReadonlyArray<Extract<PeerSource, 'overlay' | 'invite'>>
    }

export const PUBLIC: SwarmPolicy = { name: 'public' }
/** Members are met both ways. */
export const PRIVATE: SwarmPolicy = { name: 'private', sources: ['overlay', 'invite'] }

/** Whether both let the same through; the order of sources says nothing. */
export function isSamePolicy(one: SwarmPolicy, other: SwarmPolicy): boolean {
  if (one.name === 'public' || other.name === 'public') return one.name === other.name
  const sources = new Set(one.sources)
  return sources.size === new Set(other.sources).size && other.sources.every((s) => sources.has(s))
}

export function isPrivate(
  policy: SwarmPolicy,
): policy is Extract<SwarmPolicy, { name: 'private' }> {
  return policy.name === 'private'
}
