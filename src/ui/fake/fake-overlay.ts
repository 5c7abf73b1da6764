import type {
  EngineState,
  IdentitySnapshot,
  OverlayPeerSnapshot,
  OverlaySnapshot,
  RelaySnapshot,
} from '../../engine/model/engine-state.ts'
import type { InfoHash, PeerId } from '../../engine/model/ids.ts'
import { err, ok } from '../../engine/model/result.ts'
import { MINUTE, SECOND } from '../../engine/model/units.ts'
import type { Answers } from './fake-engine.ts'

// Texts of the right form, of keys that nobody has.
export const SELF = '12D3KooWGRUVhMFMuMPfsMZqmrVSvnUVfRTzWRxQTQnEqZ7oU8nG' as PeerId
export const OTHERS = [
  '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo',
  '12D3KooWNvSZnPi3RrhrTwEY4LuuBeB6K6facKUCJcyWG1aoDd2p',
  '12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8',
] as PeerId[]
const RELAY = '12D3KooWJbJFaZ1dwpuu9tQY3ELCKCpWMJc1dSRVbcMwhiLiFq7q' as PeerId

/** `full`: reached by everybody. `none`: reached, and alone. `broken`: no relay answers. */
export type FakeNetwork = 'full' | 'none' | 'broken'

type OverlayAnswers = Pick<
  Answers,
  | 'identity.get'
  | 'identity.rename'
  | 'identity.export'
  | 'identity.import'
  | 'identity.forget'
  | 'overlay.peers'
>

/** Who we are and who is there, as if there were a network. */
export function fakeOverlayAnswers(network: FakeNetwork, state: () => EngineState): OverlayAnswers {
  let identity = fakeIdentity()
  return {
    'identity.get': async () => ok(identity),
    'identity.rename': async ({ name }) => {
      identity = { ...identity, name: name.trim() === '' ? null : name.trim() }
      return ok(identity)
    },
    'identity.export': async ({ passphrase }) =>
      passphrase.length < 8
        ? err({ kind: 'input/identity', reason: 'weak-passphrase' })
        : ok(new Uint8Array(200)),
    'identity.import': async ({ passphrase }) => {
      if (passphrase.includes('wrong')) return err({ kind: 'input/identity', reason: 'passphrase' })
      identity = { ...fakeIdentity(), words: ['amber', 'canoe', 'whisper'] }
      return ok(identity)
    },
    'identity.forget': async () => {
      identity = { ...identity, name: null, words: ['velvet', 'comet', 'ladder'] }
      return ok(identity)
    },
    'overlay.peers': async () =>
      ok(network === 'full' ? fakeOverlayPeers(Object.keys(state().torrents) as InfoHash[]) : []),
  }
}

export function fakeOverlay(network: FakeNetwork): OverlaySnapshot {
  const now = Date.now()
  const relays = fakeRelays(network, now)
  if (network !== 'broken') {
    return { name: 'reserved', self: SELF, relay: RELAY, peers: network === 'full' ? 3 : 0, relays }
  }
  const [first] = relays
  return { name: 'lost', error: first!.error!, retryAt: first!.retryAt!, relays }
}

function fakeRelays(network: FakeNetwork, now: number): readonly RelaySnapshot[] {
  const own: RelaySnapshot = {
    address: 'https://chiral.example',
    peerId: RELAY,
    state: 'reserved',
    error: null,
    retryAt: null,
    since: now - 12 * MINUTE,
    answeredAt: now - 12 * MINUTE,
    stun: 'stun:chiral.example:3478',
  }
  const lost = {
    state: 'lost',
    since: now - 3 * MINUTE,
    retryAt: now + 7 * SECOND,
    answeredAt: now - 4 * MINUTE,
    error: { kind: 'overlay/relay-unreachable', address: own.address },
  } as const
  if (network === 'none') return [own]
  if (network === 'broken') return [{ ...own, ...lost }]
  const address = '/dns4/relay.friends.example/tcp/443/tls/ws'
  return [
    own,
    {
      ...own,
      ...lost,
      address,
      peerId: null,
      stun: null,
      answeredAt: null,
      error: { kind: 'overlay/no-relay', address: 'https://relay.friends.example' },
    },
  ]
}

function fakeIdentity(): IdentitySnapshot {
  return {
    peerId: SELF,
    words: ['harbor', 'violin', 'maple'],
    name: 'Kitchen laptop',
    createdAt: Date.UTC(2026, 3, 14),
    addresses: [`/dns4/relay.example/tcp/443/tls/ws/p2p/${RELAY}/p2p-circuit/p2p/${SELF}`],
  }
}

function fakeOverlayPeers(torrents: readonly InfoHash[]): readonly OverlayPeerSnapshot[] {
  const [lemon, quiet, tidy] = OTHERS as [PeerId, PeerId, PeerId]
  return [
    {
      peerId: lemon,
      words: ['lemon', 'orbit', 'glove'],
      client: 'chiral/2.0.0 (chiral-web)',
      path: 'relayed',
      torrents: torrents.slice(0, 1),
      relayedBytes: 2_400_000,
      relayedBytesLeft: 5_900_000,
      downBytes: 2_310_000,
      upBytes: 12_000,
    },
    {
      peerId: quiet,
      words: ['quiet', 'anchor', 'sugar'],
      client: 'chiral/2.0.0 (chiral-web)',
      path: 'direct',
      torrents: torrents.slice(0, 3),
      relayedBytes: 0,
      relayedBytesLeft: null,
      downBytes: 842_000_000,
      upBytes: 96_400_000,
    },
    {
      peerId: tidy,
      words: ['tidy', 'museum', 'ostrich'],
      client: null,
      path: 'direct',
      torrents: [],
      relayedBytes: 0,
      relayedBytesLeft: null,
      downBytes: 0,
      upBytes: 0,
    },
  ]
}
