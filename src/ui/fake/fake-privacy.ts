import { isSwarmId, type PeerId, type SwarmId } from '../../engine/model/ids.ts'
import type {
  InvitePreview,
  InviteSnapshot,
  MemberSnapshot,
  PrivacySnapshot,
  Standing,
} from '../../engine/model/private-swarm.ts'
import { err, ok } from '../../engine/model/result.ts'
import { PRIVATE } from '../../engine/model/swarm-policy.ts'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import { HOUR, MINUTE } from '../../engine/model/units.ts'
import type { Answers } from './fake-engine.ts'
import { OTHERS, SELF } from './fake-overlay.ts'
import { fakeInfoHash, fakeTorrent } from './fake-torrents.ts'

type PrivateAnswers = Pick<
  Answers,
  'swarm.invite' | 'swarm.invites' | 'swarm.members' | 'swarm.allow' | 'swarm.revoke'
>

const [LEMON, QUIET, TIDY] = OTHERS as [PeerId, PeerId, PeerId]
const DAY = 24 * HOUR

/** Members and invites of one private torrent, the same for all. */
export function fakePrivacyAnswers(): PrivateAnswers {
  let invites: readonly InviteSnapshot[] = fakeInvites(Date.now())
  let members: readonly MemberSnapshot[] = fakeMembers(Date.now())
  return {
    'swarm.invite': async ({ options }) => {
      const { uses = 1, expiresAt = Date.now() + 3 * DAY, label = null, boundTo } = options
      if (boundTo !== undefined && !boundTo.startsWith('12D3KooW')) {
        return err({ kind: 'input/peer-id' })
      }
      const id = String(invites.length + 1).padStart(64, '0')
      const made = { id, label, uses, expiresAt, createdAt: Date.now(), used: 0, revoked: false }
      invites = [{ ...made, boundTo: null }, ...invites]
      return ok(`https://chiral.example/#i=${'hQF0b2tlblkBpKVhc3dhcm1YI'.repeat(24)}`)
    },
    'swarm.invites': async () => ok(invites),
    'swarm.members': async () => ok(members),
    'swarm.allow': async ({ peerId, as }) => {
      if (!peerId.startsWith('12D3KooW')) return err({ kind: 'input/peer-id' })
      const added = { ...members[2]!, peerId: TIDY, name: as.name ?? null, online: false }
      members = [...members, added]
      return ok(null)
    },
    'swarm.revoke': async ({ peerIdOrInvite }) => {
      invites = invites.map((one) => (one.id === peerIdOrInvite ? { ...one, revoked: true } : one))
      members = members.filter(({ peerId }) => peerId !== peerIdOrInvite)
      return ok(null)
    },
  }
}

/** A private torrent in each standing. */
export function privateTorrents(now: number): TorrentSnapshot[] {
  const seeding = { phase: { name: 'seeding' }, haveBytes: 700e6 } as const
  const waiting = { phase: { name: 'resolving' }, wantedBytes: 0, totalPieces: 0 } as const
  const inside = { name: 'inside', settling: false } as const
  const sketches: ReadonlyArray<readonly [string, Partial<TorrentSnapshot>, Standing]> = [
    ['Family album', { ...seeding, peerCount: 2, upRate: 8e5 }, { ...inside, role: 'owner' }],
    [
      'Board papers, November',
      { haveBytes: 90e6, downRate: 3e6, peerCount: 1 },
      { ...inside, role: 'member' },
    ],
    ['Rough cut', waiting, { name: 'joining', asked: 0 }],
    ['Interview recordings', waiting, { name: 'joining', asked: 2 }],
    ['Choir sheet music', waiting, { name: 'locked', wrong: false, again: null }],
    ['Site plans', waiting, { name: 'locked', wrong: true, again: null }],
    ['Old project', { ...seeding }, { name: 'outside', why: 'removed' }],
    ['Wedding videos', waiting, { name: 'outside', why: 'used' }],
  ]
  return sketches.map(([name, changes, standing], at) => {
    const isLocked = standing.name === 'locked'
    const privacy: PrivacySnapshot = {
      swarm: SWARM,
      door: isLocked ? 'passphrase' : 'members',
      standing,
      members: 3,
      online: changes.peerCount ?? 0,
    }
    const torrent = fakeTorrent(300 + at, now, { name, ...changes, policy: PRIVATE })
    const swarm = { ...torrent.swarm, trackers: 0, trackersAnswered: 0, overlayPeers: 0 }
    return { ...torrent, addedAt: now - at * MINUTE, privacy, swarm }
  })
}

/** What a link says; `key`, `passphrase`, `expired` and `another` in it make it so. */
export function fakeInvite(link: string): InvitePreview {
  const about = { swarm: SWARM, infoHash: fakeInfoHash(998), from: 'Ada' }
  const door = (['key', 'passphrase'] as const).find((door) => link.includes(door))
  if (door !== undefined) {
    return { ...about, door, issuer: null, words: null, expiresAt: null, bound: 'nobody' }
  }
  return {
    ...about,
    door: 'members',
    issuer: LEMON,
    words: ['lemon', 'orbit', 'glove'],
    expiresAt: Date.now() + (link.includes('expired') ? -HOUR : 2 * DAY),
    bound: link.includes('another') ? 'another' : 'nobody',
  }
}

const SWARM: SwarmId = swarmId('5e'.repeat(32))

function swarmId(text: string): SwarmId {
  if (!isSwarmId(text)) throw new Error('a swarm has 64 digits')
  return text
}

function fakeMembers(now: number): MemberSnapshot[] {
  const gone = { person: null, online: false, path: null, downBytes: 0, upBytes: 0, self: false }
  return [
    {
      ...gone,
      peerId: SELF,
      words: ['harbor', 'violin', 'maple'],
      name: 'Kitchen laptop',
      role: 'owner',
      addedAt: now - 9 * DAY,
      self: true,
      online: true,
    },
    {
      ...gone,
      peerId: LEMON,
      words: ['lemon', 'orbit', 'glove'],
      name: 'Ada',
      role: 'admin',
      addedAt: now - 2 * DAY,
      online: true,
      path: 'direct',
      downBytes: 4e6,
      upBytes: 612e6,
    },
    {
      ...gone,
      peerId: QUIET,
      words: ['quiet', 'anchor', 'sugar'],
      name: null,
      role: 'member',
      addedAt: now - DAY,
    },
  ]
}

function fakeInvites(now: number): InviteSnapshot[] {
  const plain = { createdAt: now - HOUR, boundTo: null, revoked: false }
  return [
    { ...plain, id: 'a'.repeat(64), label: 'Cousins', uses: 5, used: 2, expiresAt: now + 2 * DAY },
    { ...plain, id: 'b'.repeat(64), label: null, uses: 1, used: 0, expiresAt: now + 5 * HOUR },
  ]
}
