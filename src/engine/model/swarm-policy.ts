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
