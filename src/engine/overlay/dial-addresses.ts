import type { FoundPeer } from '../contracts/overlay.ts'
import type { PeerId } from '../model/ids.ts'

/** Addresses of one peer that are tried. */
const MAX_ADDRESSES = 6
/** What a provider record may tell of one peer before the rest is not looked at. */
const MAX_TOLD = 50

export interface OwnRelay {
  readonly peerId: PeerId
  /** Without the peer id. */
  readonly multiaddr: string
}

/**
 * Where to dial a peer that was found: through relays, ours first. A relay has many names; whoever
 * is at one of ours is reached by the connection we have, whatever name the record gives it.
 * A peer without any address may still be at our relays.
 */
export function dialAddresses(found: FoundPeer, ours: readonly OwnRelay[]): FoundPeer {
  const { peerId } = found
  const own = new Map(ours.map((relay) => [relay.peerId as string, relay]))
  const through = ({ peerId: relay, multiaddr }: OwnRelay) =>
    `${multiaddr}/p2p/${relay}/p2p-circuit/p2p/${peerId}`
  const near = new Set<string>()
  const far = new Set<string>()

  for (const address of found.addresses.slice(0, MAX_TOLD)) {
    const [, base, relayId = ''] = /^(.*)\/p2p\/(\w+)\/p2p-circuit(?:\/|$)/.exec(address) ?? []
    if (base === undefined) {
      if (/\/wss?(\/|$)/.test(address)) far.add(withPeer(address, peerId))
      continue
    }
    const relay = own.get(relayId)
    if (relay === undefined) far.add(`${base}/p2p/${relayId}/p2p-circuit/p2p/${peerId}`)
    else near.add(through(relay))
  }
  if (near.size === 0 && far.size === 0) for (const relay of ours) near.add(through(relay))
  return { peerId, addresses: [...near, ...far].slice(0, MAX_ADDRESSES) }
}

function withPeer(address: string, peerId: PeerId): string {
  return address.endsWith(`/p2p/${peerId}`) ? address : `${address}/p2p/${peerId}`
}
