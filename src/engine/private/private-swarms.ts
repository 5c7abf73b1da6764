import type { Log } from '../contracts/log.ts'
import type { FoundPeer, OverlayNode, OverlayStream } from '../contracts/overlay.ts'
import type { SwarmStore } from '../contracts/swarm-store.ts'
import type { EngineError } from '../model/errors.ts'
import type { InfoHash, PeerId, SwarmId } from '../model/ids.ts'
import { SWARM_PROTOCOL } from '../model/overlay-ids.ts'
import type { PrivacySnapshot } from '../model/private-swarm.ts'
import { err, ok, type Result } from '../model/result.ts'
import type { SwarmPolicy } from '../model/swarm-policy.ts'
import { SECOND, type Bytes, type Millis, type Timestamp } from '../model/units.ts'
import type { Invite } from '../membership/invite-link.ts'
import type { InviteToken } from '../membership/invite-token.ts'
import type { Signer } from '../membership/peer-keys.ts'
import type { OwnRelay } from '../overlay/dial-addresses.ts'
import { dialAddresses } from '../overlay/dial-addresses.ts'
import { makeFewAtOnce } from '../overlay/few-at-once.ts'
import { makeAnsweringPlaces } from '../overlay/answering-places.ts'
import type { MeetingDoor } from '../overlay/meeting-door.ts'
import { allows } from '../swarm/swarm-gate.ts'
import type { Door } from './door.ts'
import { openKeyed, type KeyDoor } from './key-door.ts'
import { decodeKept, encodeKept, freshBytes, type KeptSwarm } from './kept-swarm.ts'
import { beginSwarm } from './member-state.ts'
import { openMembers, type MembersDoor } from './members-door.ts'
import { answerIn, askIn } from './swarm-talk.ts'
import type { SwarmRefusal } from './swarm-messages.ts'

const DIAL_WITHIN: Millis = 15 * SECOND
/** How long a member that was away asks for news before it lets anybody in. */
const SETTLE_WITHIN: Millis = 10 * SECOND
/** Others called on in one look, in one round of news, and at once. */
const MAX_CALLED = 16
const MAX_TOLD = 32
const TELLING_AT_ONCE = 8
/** Changes come in twos: a removal and its new secret. */
const TELL_AFTER: Millis = 20

export interface PrivateSwarmsDeps {
  readonly store: SwarmStore
  readonly log: Log
  signer(): Promise<Result<Signer, EngineError>>
  /** What we call ourselves. */
  name(): string | null
  now(): Timestamp
  /** Null while there is none. */
  node(): OverlayNode | null
  ownRelays(): readonly OwnRelay[]
  /** Holds the connection to this peer open; the answer lets go of it. */
  lease(peer: PeerId): () => void
  /** Counts one use of an invite at the relay that its token names; null when it is granted. */
  count(token: InviteToken, guest: PeerId): Promise<SwarmRefusal | null>
  /** Members that a wire leads to. */
  linked(infoHash: InfoHash): readonly PeerId[]
  /** Who may take part, the key, or where we stand is another now. */
  onChange(infoHash: InfoHash): void
}

/** One private swarm that runs. */
export interface PrivateSwarm {
  readonly swarm: SwarmId
  readonly infoHash: InfoHash
  readonly relays: readonly string[]
  readonly door: MembersDoor | KeyDoor
  save(): Promise<Result<void, EngineError>>
}

/** The private swarms of this browser, under one identity. */
export interface PrivateSwarms {
  /** Resolves when those of earlier visits are here. */
  readonly ready: Promise<void>
  get(infoHash: InfoHash): PrivateSwarm | undefined
  signer(): Promise<Result<Signer, EngineError>>
  /** What we call ourselves. */
  name(): string | null
  /** Where those inside can be met, for a link: our relays now, and those of the swarm. */
  relaysFor(swarm: PrivateSwarm): readonly string[]
  /** How peers of this torrent are met. A private torrent without a swarm gets one of its own. */
  meetingDoor(infoHash: InfoHash, policy: SwarmPolicy): MeetingDoor
  /** Begins a swarm of our own; with `prs` those who know the passphrase may come in. */
  create(
    infoHash: InfoHash,
    door:
      'members' | 'key' | { readonly prs: (swarm: SwarmId) => Promise<Uint8Array<ArrayBuffer>> },
    about: { readonly name: string; readonly bytes: Bytes },
  ): Promise<Result<PrivateSwarm, EngineError>>
  /** Knocks where an invite says. */
  join(invite: Invite): Promise<Result<PrivateSwarm, EngineError>>
  privacy(infoHash: InfoHash): PrivacySnapshot | undefined
  /** Nothing of it is kept. */
  forget(infoHash: InfoHash): Promise<void>
  /** Speaks with a peer now, if it can be reached: to tell it something, not to be let in. */
  call(infoHash: InfoHash, peer: PeerId): Promise<void>
  /** A stream of the protocol. */
  answer(stream: OverlayStream): void
  /** Others reach us now, or by other addresses. */
  reachable(): void
  /** We are somebody else now. */
  reopen(): Promise<void>
}

export function makePrivateSwarms(deps: PrivateSwarmsDeps): PrivateSwarms {
  const swarms = new Map<InfoHash, PrivateSwarm>()
  /** Each talk may cost signatures, or a guess. */
  const places = makeAnsweringPlaces()
  const telling = new Map<InfoHash, ReturnType<typeof setTimeout>>()
  /** What others need to hear of, as it was when they were last told. */
  const news = new Map<InfoHash, string>()
  const few = makeFewAtOnce(TELLING_AT_ONCE)
  let self: PeerId | null = null
  /** Why nothing may be written: what is kept could not be read, and would be written over. */
  let unread: EngineError | null = null
  /** Kept by a version that we do not understand. */
  const foreign = new Set<InfoHash>()

  const open = async (kept: KeptSwarm, signer: Signer): Promise<PrivateSwarm> => {
    const { swarm, infoHash, relays } = kept
    let door: MembersDoor | KeyDoor | null = null
    const save = async (): Promise<Result<void, EngineError>> => {
      if (door === null || swarms.get(infoHash)?.door !== door) return ok()
      return deps.store.put({ infoHash, content: encodeKept({ ...kept, door: door.kept() }) })
    }
    const common = {
      swarm,
      infoHash,
      now: () => deps.now(),
      save,
      onChange: () => {
        if (swarms.get(infoHash)?.door !== door) return
        deps.onChange(infoHash)
        tellSoon(infoHash)
      },
    }
    door =
      kept.door.kind === 'members'
        ? await openMembers(
            {
              ...common,
              signer,
              name: () => deps.name(),
              count: (token, guest) => deps.count(token, guest),
            },
            kept.door,
          )
        : openKeyed({ ...common, self: signer.self, uptime: () => performance.now() }, kept.door)
    return { swarm, infoHash, relays, door, save }
  }

  const begin = async (kept: KeptSwarm): Promise<Result<PrivateSwarm, EngineError>> => {
    await ready
    if (unread !== null) return err(unread)
    if (foreign.has(kept.infoHash)) return err({ kind: 'storage/newer' })
    const signer = await deps.signer()
    if (!signer.ok) return signer
    const opened = await open(kept, signer.value)
    const there = swarms.get(kept.infoHash)
    if (there !== undefined) return ok(there) // another call was faster
    swarms.set(kept.infoHash, opened)
    news.set(kept.infoHash, newsOf(opened))
    const saved = await opened.save()
    if (!saved.ok) {
      swarms.delete(kept.infoHash)
      return saved
    }
    deps.onChange(kept.infoHash)
    return ok(opened)
  }

  const load = async (): Promise<void> => {
    const [stored, signer] = await Promise.all([deps.store.all(), deps.signer()])
    if (!signer.ok) return
    self = signer.value.self
    unread = stored.ok ? null : stored.error
    if (!stored.ok) {
      deps.log.error('private swarms could not be read', { error: stored.error })
      return
    }
    for (const { infoHash, content } of stored.value) {
      const kept = decodeKept(content)
      if (kept?.infoHash !== infoHash) {
        foreign.add(infoHash)
        continue
      }
      if (swarms.has(infoHash)) continue
      const opened = await open(kept, signer.value)
      if (opened.door.kind === 'members') opened.door.settle()
      swarms.set(kept.infoHash, opened)
      news.set(kept.infoHash, newsOf(opened))
      deps.onChange(kept.infoHash)
    }
    reachable()
  }
  let ready = load()

  /** Where a member is met: at our relays, and at those that its invite named. */
  const addressed = (peerId: PeerId, relays: readonly string[]): FoundPeer => ({
    peerId,
    addresses: relays.map((relay) => `${relay}/p2p-circuit/p2p/${peerId}`),
  })

  const askPeer = async (
    node: OverlayNode,
    swarm: PrivateSwarm,
    to: FoundPeer,
    signal: AbortSignal,
  ): Promise<boolean> => {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(DIAL_WITHIN)])
    const stream = await node.open(to, SWARM_PROTOCOL, patience)
    const giveUp = () => stream.abort('it is not wanted any more')
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      return await askIn(stream, node.self, swarm.swarm, swarm.door)
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  /** Asks a member outside any search: for news, or to tell some. True when each lets the other in. */
  const call = async (swarm: PrivateSwarm, peer: PeerId, signal: AbortSignal): Promise<boolean> => {
    const node = deps.node()
    if (node === null || node.reservedAt().length === 0) return false
    const release = deps.lease(peer)
    try {
      const to = dialAddresses(addressed(peer, swarm.relays), deps.ownRelays())
      return await askPeer(node, swarm, to, signal)
    } catch {
      return false // it is not there, or does not speak with us
    } finally {
      release()
    }
  }

  /** What others need to hear of, as one text. */
  const newsOf = ({ door }: PrivateSwarm): string =>
    door.kind === 'members' && door.state.isInside() ? (door.state.log?.heads().join() ?? '') : ''

  const tellSoon = (infoHash: InfoHash) => {
    clearTimeout(telling.get(infoHash))
    telling.set(
      infoHash,
      setTimeout(() => tell(infoHash), TELL_AFTER),
    )
  }
  /** Whoever learns of a change passes it on: those who are linked first, since wires may have to be cut. */
  const tell = (infoHash: InfoHash) => {
    const swarm = swarms.get(infoHash)
    if (swarm === undefined || swarm.door.kind !== 'members') return
    const now = newsOf(swarm)
    const before = news.get(infoHash)
    news.set(infoHash, now)
    if (now === '' || before === now) return
    const { door } = swarm
    const linked = deps.linked(infoHash).filter((peer) => door.known().includes(peer))
    for (const peer of [...new Set([...linked, ...door.known()])].slice(0, MAX_TOLD)) {
      const signal = AbortSignal.timeout(DIAL_WITHIN)
      void few.run(async () => void (await call(swarm, peer, signal)))
    }
  }

  const settle = async (swarm: PrivateSwarm): Promise<void> => {
    const { door } = swarm
    if (door.kind !== 'members') return
    const patience = AbortSignal.timeout(SETTLE_WITHIN)
    const { promise, resolve } = Promise.withResolvers<void>()
    patience.addEventListener('abort', () => resolve(), { once: true })
    const known = door.known().slice(0, MAX_CALLED)
    const calls = known.map(async (peer) => {
      const answered = await call(swarm, peer, patience)
      // An admin may be one no more, and keep that to itself. Nobody removes the owner.
      if (answered && peer === door.state.log?.owner) resolve()
    })
    void Promise.all(calls).then(() => resolve())
    await promise
    door.settled()
  }

  const reachable = () => {
    const node = deps.node()
    if (node === null || node.reservedAt().length === 0) return
    for (const swarm of swarms.values()) {
      const standing = swarm.door.standing()
      if (standing.name === 'inside' && standing.settling) void settle(swarm)
    }
  }

  const ensureOwn = async (infoHash: InfoHash): Promise<void> => {
    await ready
    if (!swarms.has(infoHash)) await create(infoHash, 'members', { name: '', bytes: 0 })
  }

  const create: PrivateSwarms['create'] = async (infoHash, door, about) => {
    const signer = await deps.signer()
    if (!signer.ok) return signer
    const relays = relaysOf(deps.ownRelays())
    const kept = { infoHash, relays, ...about }
    if (door === 'members') {
      const { swarm, ...members } = await beginSwarm(signer.value, infoHash, deps.now())
      return begin({ ...kept, swarm, door: members })
    }
    const swarm = randomSwarmId()
    const key = freshBytes(16)
    if (door === 'key') return begin({ ...kept, swarm, door: { kind: 'key', key } })
    const prs = await door.prs(swarm)
    return begin({ ...kept, swarm, door: { kind: 'passphrase', key, prs } })
  }

  return {
    get ready() {
      return ready
    },
    get: (infoHash) => swarms.get(infoHash),
    signer: () => deps.signer(),
    name: () => deps.name(),
    relaysFor: ({ relays }) => [...new Set([...relaysOf(deps.ownRelays()), ...relays])],

    meetingDoor(infoHash, policy) {
      void ensureOwn(infoHash)
      const doorNow = (): Door | null => swarms.get(infoHash)?.door ?? null
      return {
        arrivals: allows(policy, 'overlay') ? 'overlay' : 'invite',
        key: () => (allows(policy, 'overlay') ? (doorNow()?.key() ?? null) : null),
        called() {
          if (!allows(policy, 'invite')) return []
          const relays = swarms.get(infoHash)?.relays ?? []
          const known = doorNow()?.known().slice(0, MAX_CALLED) ?? []
          return known.map((peer) => addressed(peer, relays))
        },
        admits: (peer) => doorNow()?.admits(peer) === true,
        async introduce(node, to, signal) {
          const swarm = swarms.get(infoHash)
          if (swarm === undefined) return false
          const met = await askPeer(node, swarm, to, signal)
          return met && swarm.door.admits(to.peerId)
        },
      }
    },

    create,

    async join(invite) {
      await ready
      const { infoHash, swarm } = invite.kind === 'token' ? invite.token : invite
      const there = swarms.get(infoHash)
      if (there !== undefined && (there.swarm === swarm || !isOurs(there))) {
        if (there.swarm !== swarm) return err({ kind: 'input/duplicate', infoHash })
        const inside = there.door.standing().name === 'inside'
        if (!inside && there.door.kind === 'members' && invite.kind === 'token') {
          there.door.knock(invite.token, invite.seed)
          await there.save()
        }
        return ok(there)
      }
      swarms.delete(infoHash) // one of our own that nobody else is in
      return begin(keptOf(invite))
    },

    privacy(infoHash) {
      const found = swarms.get(infoHash)
      if (found === undefined) return undefined
      const { swarm, door } = found
      const linked = new Set(deps.linked(infoHash))
      return {
        swarm,
        door: door.kind,
        standing: door.standing(),
        members: door.people().length,
        online: door.people().filter(({ peerId }) => linked.has(peerId)).length,
      }
    },

    async forget(infoHash) {
      await ready
      clearTimeout(telling.get(infoHash))
      swarms.delete(infoHash)
      news.delete(infoHash)
      await deps.store.remove(infoHash)
    },

    async call(infoHash, peer) {
      const swarm = swarms.get(infoHash)
      if (swarm !== undefined) await call(swarm, peer, AbortSignal.timeout(DIAL_WITHIN))
    },

    answer(stream) {
      const { peerId } = stream
      const place = self === null ? null : places.take(peerId)
      if (self === null || place === null) return stream.abort('too many at once')
      place.signal.addEventListener('abort', () => stream.abort('another peer waits'))
      const release = deps.lease(peerId)
      const doors = new Map([...swarms.values()].map(({ swarm, door }) => [swarm, door as Door]))
      void answerIn(stream, self, doors)
        .catch((thrown: unknown) => deps.log.debug('a talk broke off', { thrown: String(thrown) }))
        .finally(() => {
          release()
          place.leave()
        })
    },

    reachable,

    async reopen() {
      await ready
      const before = [...swarms.keys()]
      swarms.clear()
      ready = load()
      await ready
      for (const infoHash of before) if (!swarms.has(infoHash)) deps.onChange(infoHash)
    },
  }

  /** Begun by ourselves, and nobody else is in it: an invite to the same torrent takes its place. */
  function isOurs({ door }: PrivateSwarm): boolean {
    const standing = door.standing()
    const alone = door.people().every(({ peerId }) => peerId === self)
    return standing.name === 'inside' && standing.role === 'owner' && alone
  }
}

/** Relays as an invite names them. */
export function relaysOf(relays: readonly OwnRelay[]): readonly string[] {
  return relays.map(({ multiaddr, peerId }) => `${multiaddr}/p2p/${peerId}`)
}

function keptOf(invite: Invite): KeptSwarm {
  if (invite.kind === 'token') {
    const { swarm, infoHash, relays, name, bytes, encoded } = invite.token
    const joining = { token: encoded, seed: invite.seed }
    const door = {
      kind: 'members',
      log: null,
      secrets: [],
      invites: [],
      joining,
      outside: null,
    } as const
    return { swarm, infoHash, relays, name, bytes, door }
  }
  const { swarm, infoHash, relays, name, bytes } = invite
  const door =
    invite.kind === 'key'
      ? ({ kind: 'key', key: invite.key } as const)
      : ({ kind: 'passphrase', key: null, prs: null } as const)
  return { swarm, infoHash, relays, name, bytes, door }
}

function randomSwarmId(): SwarmId {
  const bytes = freshBytes(32)
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return hex as SwarmId // 64 digits
}
