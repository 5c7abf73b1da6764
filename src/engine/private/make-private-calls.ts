import type { EngineError } from '../model/errors.ts'
import { isPeerId, type InfoHash, type PeerId } from '../model/ids.ts'
import { err, ok, type Result } from '../model/result.ts'
import { readPassphrase } from '../keyed/passphrase.ts'
import { writeInviteLink, type Invite } from '../membership/invite-link.ts'
import { MAX_TORRENT_NAME } from '../membership/invite-token.ts'
import type { MembershipView } from '../membership/membership-view.ts'
import { MAX_MEMBER_NAME, plainName } from '../membership/plain-name.ts'
import { wordsOf } from '../overlay/peer-words.ts'
import type { Torrent } from '../torrents.ts'
import { inviteSnapshots, makeInvite } from './invites.ts'
import type { MembersDoor } from './members-door.ts'
import type { PrivateCalls } from './private-calls.ts'
import type { PrivateSwarm, PrivateSwarms } from './private-swarms.ts'

/** What a swarm without a signed log cannot do: whoever has the key is inside. */
const NO_LOG: EngineError = { kind: 'policy/contradiction', what: 'members and a shared key' }

export interface PrivateCallsDeps {
  /** Loads what belongs to private swarms, if nobody has. */
  privates(): Promise<PrivateSwarms>
  torrent(infoHash: InfoHash): Result<Torrent, EngineError>
  /** Address of the page without a fragment, for links. */
  readonly app: string
  now(): number
}

export function makePrivateCalls(deps: PrivateCallsDeps): PrivateCalls {
  /** A torrent's private side. */
  const find = async (
    infoHash: InfoHash,
  ): Promise<
    Result<{ torrent: Torrent; swarm: PrivateSwarm; all: PrivateSwarms }, EngineError>
  > => {
    const torrent = deps.torrent(infoHash)
    if (!torrent.ok) return torrent
    if (torrent.value.snapshot().policy.name === 'public') return err({ kind: 'policy/public' })
    const all = await deps.privates()
    await all.ready
    const swarm = all.get(infoHash)
    if (swarm === undefined) return err({ kind: 'policy/not-allowed', needs: 'member' })
    return ok({ torrent: torrent.value, swarm, all })
  }

  /** The members of a torrent, as whoever may change them. */
  const asAdmin = async (
    infoHash: InfoHash,
  ): Promise<
    Result<
      { door: MembersDoor; view: MembershipView; self: PeerId; all: PrivateSwarms },
      EngineError
    >
  > => {
    const found = await find(infoHash)
    if (!found.ok) return found
    const { swarm, all } = found.value
    if (swarm.door.kind !== 'members') return err(NO_LOG)
    const signer = await all.signer()
    if (!signer.ok) return signer
    const { self } = signer.value
    const view = swarm.door.state.view()
    if (view === null || !swarm.door.state.isInside() || !view.mayAdmit(self)) {
      return err({ kind: 'policy/not-allowed', needs: 'admin' })
    }
    return ok({ door: swarm.door, view, self, all })
  }

  return {
    async invite(infoHash, options) {
      const found = await find(infoHash)
      if (!found.ok) return found
      const { torrent, swarm, all } = found.value
      const { name, totalBytes: bytes } = torrent.snapshot()
      const about = {
        swarm: swarm.swarm,
        infoHash,
        name: plainName(name, MAX_TORRENT_NAME) ?? infoHash,
        bytes,
        from: plainName(all.name() ?? '', MAX_MEMBER_NAME),
        relays: all.relaysFor(swarm),
      }
      const link = (invite: Invite) => ok(writeInviteLink(invite, deps.app))
      if (swarm.door.kind !== 'members') {
        const kept = swarm.door.kept()
        if (kept.kind === 'passphrase') return link({ kind: 'passphrase', ...about })
        return kept.kind === 'key' ? link({ kind: 'key', key: kept.key, ...about }) : err(NO_LOG)
      }
      const admin = await asAdmin(infoHash)
      if (!admin.ok) return admin
      const signer = await all.signer()
      if (!signer.ok) return signer
      const { door, view } = admin.value
      const made = await makeInvite(signer.value, view, about, options, deps.now())
      if (!made.ok) return made
      door.invites.push(made.value.kept)
      const saved = await swarm.save()
      return saved.ok ? link(made.value.invite) : saved
    },

    async invites(infoHash) {
      const found = await find(infoHash)
      if (!found.ok) return found
      const { door } = found.value.swarm
      const view = door.kind === 'members' ? door.state.view() : null
      if (door.kind !== 'members' || view === null) return ok([])
      const all = inviteSnapshots(view, door.invites)
      return ok(all.filter(({ expiresAt }) => expiresAt > deps.now()))
    },

    async members(infoHash) {
      const found = await find(infoHash)
      if (!found.ok) return found
      const { torrent, swarm, all } = found.value
      const signer = await all.signer()
      if (!signer.ok) return signer
      const wires = new Map(torrent.peers().map((peer) => [peer.identity, peer]))
      return ok(
        swarm.door.people().map((person) => {
          const wire = wires.get(person.peerId)
          const path = wire?.path
          return {
            ...person,
            words: wordsOf(person.peerId),
            self: person.peerId === signer.value.self,
            online: wire !== undefined || person.peerId === signer.value.self,
            path: path === 'direct' || path === 'relayed' ? path : null,
            downBytes: wire?.downBytes ?? 0,
            upBytes: wire?.upBytes ?? 0,
          }
        }),
      )
    },

    async allow(infoHash, peerId, { role = 'member', name, person = null }) {
      const admin = await asAdmin(infoHash)
      if (!admin.ok) return admin
      const { door, view, self } = admin.value
      if (!isPeerId(peerId) || (person !== null && !isPeerId(person))) {
        return err({ kind: 'input/peer-id' })
      }
      const there = view.member(peerId)
      const touchesAdmin = role === 'admin' || (there !== null && there.role !== 'member')
      if (touchesAdmin && view.member(self)?.role !== 'owner') {
        return err({ kind: 'policy/not-allowed', needs: 'owner' })
      }
      if (there?.role === 'owner') return ok()
      const called = plainName(name ?? '', MAX_MEMBER_NAME) ?? there?.name ?? null
      if (there?.role === role && there.name === called && there.person === person) return ok()
      const add = { type: 'add', peer: peerId, role, name: called, person, invite: null } as const
      // What somebody was before is taken back first: an admin who is to be a member is no admin then.
      const demoted = there?.role === 'admin' && role === 'member'
      return door.state.write(demoted ? [{ type: 'remove', peer: peerId }, add] : [add])
    },

    async revoke(infoHash, peerIdOrInvite) {
      const admin = await asAdmin(infoHash)
      if (!admin.ok) return admin
      const { door, view, self, all } = admin.value
      if (/^[0-9a-f]{64}$/.test(peerIdOrInvite)) {
        return door.state.write([{ type: 'revoke', invite: peerIdOrInvite }])
      }
      if (!isPeerId(peerIdOrInvite)) return err({ kind: 'input/peer-id' })
      const there = view.member(peerIdOrInvite)
      if (there === null) return ok()
      const needsOwner = there.role !== 'member'
      if (there.role === 'owner' || (needsOwner && view.member(self)?.role !== 'owner')) {
        return err({ kind: 'policy/not-allowed', needs: 'owner' })
      }
      // An invite that means them would let them in again.
      const theirs = door.invites.filter(({ boundTo }) => boundTo === peerIdOrInvite)
      for (const { id } of theirs) {
        const revoked = await door.state.write([{ type: 'revoke', invite: id }])
        if (!revoked.ok) return revoked
      }
      const removed = await door.state.remove(peerIdOrInvite)
      if (removed.ok) void all.call(infoHash, peerIdOrInvite)
      return removed
    },

    async unlock(infoHash, passphrase) {
      const found = await find(infoHash)
      if (!found.ok) return found
      const { swarm, door } = found.value.swarm
      if (door.kind !== 'passphrase') return err(NO_LOG)
      const read = readPassphrase(passphrase)
      // Nobody could have made a swarm with it: it is another one.
      if (!read.ok) return err({ kind: 'policy/passphrase', reason: 'wrong' })
      door.unlock(await read.value.derive(swarm, new AbortController().signal))
      return ok()
    },
  }
}
