import type { ProtocolHandler } from './contracts/protocol-handler.ts'
import { readInviteLink, type Invite } from './membership/invite-link.ts'
import { tokenProblem } from './membership/invite-token.ts'
import { readPassphrase } from './keyed/passphrase.ts'
import { recordOf } from './new-record.ts'
import type { PeerId } from './model/ids.ts'
import { isPrivate } from './model/swarm-policy.ts'
import type { InvitePreview } from './model/private-swarm.ts'
import { err, ok } from './model/result.ts'
import type { TorrentPreview } from './model/torrent.ts'
import { wordsOf } from './overlay/peer-words.ts'
import type { PrivateSwarms } from './private/private-swarms.ts'
import type { SwarmTorrentStart } from './swarm-torrent.ts'
import type { Torrent, Torrents } from './torrents.ts'

export interface InviteHandlerDeps {
  readonly torrents: Torrents
  privates(): Promise<PrivateSwarms>
  readonly makeTorrent: (start: SwarmTorrentStart) => Torrent
  /** Ends a look at what is inside the torrent, so that it may join itself. */
  endResolve(infoHash: Torrent['infoHash']): Promise<void>
  now(): number
}

/** Links that lead into private swarms. What is inside is learned inside. */
export function makeInviteHandler(deps: InviteHandlerDeps): ProtocolHandler {
  const { torrents } = deps

  return {
    name: 'bittorrent',

    supports: (source) => source.from === 'invite',

    async preview(source) {
      if (source.from !== 'invite') return err({ kind: 'input/source', reason: 'unknown' })
      const read = await readInviteLink(source.link)
      if (!read.ok) return read
      const signer = await (await deps.privates()).signer()
      if (!signer.ok) return signer
      const invite = read.value
      const { infoHash, name, bytes } = invite.kind === 'token' ? invite.token : invite
      const preview: TorrentPreview = {
        infoHash,
        name,
        protocol: 'bittorrent',
        files: [],
        totalBytes: bytes,
        pieceLength: 0,
        trackers: [],
        webSeeds: [],
        comment: null,
        selected: null,
        invite: invitePreview(invite, signer.value.self),
        present: torrents.has(infoHash),
        source,
        options: {},
      }
      return ok(preview)
    },

    async download(source, options) {
      if (source.from !== 'invite') return err({ kind: 'input/source', reason: 'unknown' })
      const { policy = EVERY_WAY } = options
      if (!isPrivate(policy)) {
        return err({ kind: 'policy/contradiction', what: 'an invite and a public torrent' })
      }
      const read = await readInviteLink(source.link)
      if (!read.ok) return read
      const invite = read.value
      const privates = await deps.privates()
      const signer = await privates.signer()
      if (!signer.ok) return signer
      if (invite.kind === 'token') {
        const problem = tokenProblem(invite.token, signer.value.self, deps.now())
        if (problem !== null) return err({ kind: 'input/invite', reason: problem })
      }
      const typed = options.passphrase === undefined ? null : readPassphrase(options.passphrase)
      if (typed?.ok === false) return err({ kind: 'policy/passphrase', reason: 'wrong' })

      const { infoHash, name } = invite.kind === 'token' ? invite.token : invite
      await deps.endResolve(infoHash)
      const present = torrents.get(infoHash)
      if (present.ok && !isPrivate(present.value.snapshot().policy)) {
        return err({ kind: 'input/duplicate', infoHash })
      }
      const joined = await privates.join(invite)
      if (!joined.ok) return joined
      const { door, swarm } = joined.value
      if (typed !== null && door.kind === 'passphrase') {
        door.unlock(await typed.value.derive(swarm, new AbortController().signal))
      }
      if (torrents.has(infoHash)) return ok(infoHash)
      const record = recordOf({
        infoHash,
        name,
        metainfo: null,
        trackers: [],
        webSeeds: [],
        policy,
        wanted: options.paths ?? null,
        selected: null,
        paused: options.paused ?? false,
        deliverTo: options.deliverTo ?? null,
        place: { kind: 'own' },
      })
      torrents.put(deps.makeTorrent({ record, metainfo: null, known: null }))
      return ok(infoHash)
    },

    seed: () => Promise.resolve(err({ kind: 'engine/unsupported', what: 'seeding an invite' })),
  }
}

const EVERY_WAY = { name: 'private', sources: ['overlay', 'invite'] } as const

function invitePreview(invite: Invite, self: PeerId): InvitePreview {
  if (invite.kind !== 'token') {
    const { swarm, infoHash, from } = invite
    const nobody = { issuer: null, words: null, expiresAt: null, bound: 'nobody' } as const
    return { swarm, infoHash, door: invite.kind, from, ...nobody }
  }
  const { swarm, infoHash, issuer, from, expiresAt, bound } = invite.token
  return {
    swarm,
    infoHash,
    door: 'members',
    issuer,
    words: wordsOf(issuer),
    from,
    expiresAt,
    bound: bound === null ? 'nobody' : bound === self ? 'us' : 'another',
  }
}
