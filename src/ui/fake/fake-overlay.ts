import type { IdentitySnapshot, OverlayPeerSnapshot } from '../../engine/model/engine-state.ts'
import type { PeerId } from '../../engine/model/ids.ts'

// Texts of the right form, of keys that nobody has.
const SELF = '12D3KooWGRUVhMFMuMPfsMZqmrVSvnUVfRTzWRxQTQnEqZ7oU8nG' as PeerId
const OTHER = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo' as PeerId
const RELAY = '12D3KooWJbJFaZ1dwpuu9tQY3ELCKCpWMJc1dSRVbcMwhiLiFq7q'

export function fakeIdentity(): IdentitySnapshot {
  return {
    peerId: SELF,
    words: ['harbor', 'violin', 'maple'],
    name: 'Kitchen laptop',
    createdAt: Date.UTC(2026, 3, 14),
    addresses: [`/dns4/relay.example/tcp/443/tls/ws/p2p/${RELAY}/p2p-circuit/p2p/${SELF}`],
  }
}

export function fakeOverlayPeers(): readonly OverlayPeerSnapshot[] {
  return [
    {
      peerId: OTHER,
      words: ['lemon', 'orbit', 'glove'],
      client: 'chiral/2.0.0 (chiral-web)',
      path: 'relayed',
      torrents: [],
      relayedBytes: 2_400_000,
    },
  ]
}
