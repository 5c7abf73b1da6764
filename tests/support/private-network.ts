import { makeMemoryRedemptions } from '../../src/engine/adapters/memory-redemptions.ts'
import { makeMemorySwarmStore } from '../../src/engine/adapters/memory-swarm-store.ts'
import { silentLog } from '../../src/engine/contracts/log.ts'
import type { OverlayNode } from '../../src/engine/contracts/overlay.ts'
import type { Redemptions } from '../../src/engine/contracts/redemptions.ts'
import { readInviteLink, type Invite } from '../../src/engine/membership/invite-link.ts'
import type { Signer } from '../../src/engine/membership/peer-keys.ts'
import { bytesOfHex, type PeerId } from '../../src/engine/model/ids.ts'
import type { AllowOptions, InviteOptions } from '../../src/engine/model/private-swarm.ts'
import { ok, type Result } from '../../src/engine/model/result.ts'
import { PRIVATE } from '../../src/engine/model/swarm-policy.ts'
import { makeTalk, type Talk } from '../../src/engine/overlay/talk.ts'
import { publicKeyOf } from '../../src/engine/membership/peer-keys.ts'
import { countUse } from '../../src/engine/private/count-uses.ts'
import { makePrivateCalls } from '../../src/engine/private/make-private-calls.ts'
import type { MembersDoor } from '../../src/engine/private/members-door.ts'
import { makePrivateSwarms, type PrivateSwarms } from '../../src/engine/private/private-swarms.ts'
import { SWARM_LANGUAGE, type SwarmMessage } from '../../src/engine/private/swarm-messages.ts'
import type { Torrent } from '../../src/engine/torrents.ts'
import { aPerson, INFO_HASH, NOON } from './members.ts'
import { ALICE, streamPair, type TestStream } from './stream-pair.ts'

/** Peers with real keys over a network in memory: a stream is opened, and authenticated, by itself. */
export interface PrivateNetwork {
  /** What all clocks say, but for each one's own error. */
  now: number
  /** The same number is the same person, with nothing remembered of other calls. */
  person(number: number): Promise<NetworkPerson>
  /** Somebody with a key, and no rule of ours. */
  hostile(number: number): Promise<Hostile>
}

export interface NetworkPerson {
  readonly signer: Signer
  readonly self: PeerId
  readonly swarms: PrivateSwarms
  /** Milliseconds its clock is ahead. */
  clock: number
  /** Whether anybody reaches it, and it anybody; what was open ends with it. */
  online: boolean
  /** Whoever dials it waits for this. */
  patience: Promise<void>
  /** Streams to it that were opened and are over. */
  answered: number
  door(): MembersDoor
  /** Begins the swarm of the torrent all tests are about. */
  begins(): Promise<void>
  invites(options?: InviteOptions): Promise<Invite & { readonly kind: 'token' }>
  opens(invite: Invite): Promise<void>
  /** Calls on another once; true when each lets the other in. */
  calls(other: { readonly self: PeerId }): Promise<boolean>
  admits(other: { readonly self: PeerId }): boolean
  allows(other: PeerId, options?: AllowOptions): Promise<Result<void, unknown>>
  revokes(peerOrInvite: string): Promise<Result<void, unknown>>
  /** Another engine over what was kept. */
  restarts(): Promise<void>
}

export interface Hostile {
  readonly signer: Signer
  readonly self: PeerId
  /** A stream to somebody, as whoever it may really be. */
  dials(victim: NetworkPerson): Dialled
  /** What others dial when they dial this identity. */
  answers(take: (stream: TestStream) => void): void
}

export interface Dialled {
  readonly talk: Talk<SwarmMessage>
  /** All that the victim sent on this stream. */
  heard(): Uint8Array
}

const RELAY = `/dns4/relay.example/tcp/443/wss`
const OWN_RELAYS = [{ peerId: ALICE, multiaddr: RELAY }]

export function privateNetwork(): PrivateNetwork {
  const reached = new Map<PeerId, { takes(stream: TestStream): void; readonly online: boolean }>()
  const network: PrivateNetwork = { now: NOON, person, hostile }
  const counter: Redemptions = makeMemoryRedemptions(new Map(), () => network.now)

  async function person(number: number): Promise<NetworkPerson> {
    const signer = await aPerson(number)
    const { self } = signer
    const store = makeMemorySwarmStore()
    const streams: TestStream[] = []
    let online = true
    const node = (): OverlayNode => nodeOf(self, () => online, streams)
    const make = () =>
      makePrivateSwarms({
        store,
        log: silentLog,
        signer: () => Promise.resolve(ok(signer)),
        name: () => `person ${number}`,
        now: () => network.now + me.clock,
        node: () => (me.online ? node() : null),
        ownRelays: () => OWN_RELAYS,
        lease: () => () => {},
        count: (token, guest) => countUse(counter, token, guest),
        linked: () => [],
        onChange() {},
      })
    let swarms = make()
    const calls = () =>
      makePrivateCalls({
        privates: () => Promise.resolve(swarms),
        // All the calls ask of a torrent.
        torrent: () => ok({ snapshot: () => SNAPSHOT, peers: () => [] } as unknown as Torrent),
        app: 'https://app.example/',
        now: () => network.now + me.clock,
      })
    const me: NetworkPerson = {
      signer,
      self,
      clock: 0,
      get online() {
        return online
      },
      set online(now) {
        online = now
        if (!now) for (const stream of streams.splice(0)) stream.abort('it is away')
      },
      patience: Promise.resolve(),
      answered: 0,
      get swarms() {
        return swarms
      },
      door() {
        const door = swarms.get(INFO_HASH)?.door
        if (door?.kind !== 'members') throw new Error('it knows no swarm with members')
        return door
      },
      async begins() {
        await valueOf(swarms.create(INFO_HASH, 'members', { name: 'Holiday', bytes: 1 }))
      },
      async invites(options = {}) {
        const link = await valueOf(calls().invite(INFO_HASH, options))
        const invite = await valueOf(readInviteLink(link))
        if (invite.kind !== 'token') throw new Error('it is no invite of a member')
        return invite
      },
      async opens(invite) {
        await valueOf(swarms.join(invite))
      },
      calls: (other) =>
        swarms
          .meetingDoor(INFO_HASH, PRIVATE)
          .introduce(node(), { peerId: other.self, addresses: [] }, new AbortController().signal),
      admits: (other) => swarms.meetingDoor(INFO_HASH, PRIVATE).admits(other.self),
      allows: (other, options = {}) => calls().allow(INFO_HASH, other, options),
      revokes: (peerOrInvite) => calls().revoke(INFO_HASH, peerOrInvite),
      async restarts() {
        swarms = make()
        await swarms.ready
      },
    }
    reached.set(self, {
      get online() {
        return me.online
      },
      takes: (stream) => {
        streams.push(stream)
        void stream.closed.then(() => (me.answered += 1))
        void me.patience.then(() => swarms.answer(stream))
      },
    })
    await swarms.ready
    return me
  }

  async function hostile(number: number): Promise<Hostile> {
    const signer = await aPerson(number)
    const { self } = signer
    return {
      signer,
      self,
      dials(victim) {
        const [here, there] = streamPair({ at: victim.self, from: self })
        reached.get(victim.self)!.takes(there)
        return {
          talk: makeTalk(here, SWARM_LANGUAGE),
          heard: () => Buffer.concat(there.sent),
        }
      },
      answers: (take) => void reached.set(self, { online: true, takes: take }),
    }
  }

  function nodeOf(self: PeerId, isOnline: () => boolean, opened: TestStream[]): OverlayNode {
    const node: Pick<OverlayNode, 'self' | 'reservedAt' | 'open'> = {
      self,
      reservedAt: () => (isOnline() ? [ALICE] : []),
      async open({ peerId }) {
        const other = reached.get(peerId)
        if (!isOnline() || other?.online !== true) throw new Error('nobody is there')
        const [here, there] = streamPair({ at: peerId, from: self })
        opened.push(here)
        other.takes(there)
        return here
      },
    }
    return node as OverlayNode // all that private swarms use of it
  }

  return network
}

/** What a stranger must never hear of a swarm: its secret, its entries and their names, its people. */
export function toldOf(victim: NetworkPerson, heard: Uint8Array, knownTo: PeerId[] = []): string[] {
  const { state } = victim.door()
  const { log } = state
  const secret = state.secret()?.secret
  const parts: readonly (readonly [string, Uint8Array])[] = [
    ...(secret === undefined ? [] : [['the secret', secret] as const]),
    ...(log?.entries() ?? []).flatMap(
      ({ bytes, hash }) =>
        [
          ['an entry', bytes],
          ['the name of an entry', bytesOfHex(hash)],
        ] as const,
    ),
    ...(log?.attestations() ?? []).map(({ bytes }) => ['an attestation', bytes] as const),
    ...(state.view()?.members() ?? [])
      .filter(({ peer }) => !knownTo.includes(peer))
      .map(({ peer }) => ['a member', publicKeyOf(peer)] as const),
  ]
  const all = Buffer.from(heard)
  return parts.filter(([, part]) => all.includes(Buffer.from(part))).map(([what]) => what)
}

const SNAPSHOT = { policy: PRIVATE, name: 'Holiday', totalBytes: 1 }

async function valueOf<Value>(
  result: Promise<Result<Value, unknown>> | Result<Value, unknown>,
): Promise<Value> {
  const given = await result
  if (!given.ok) throw new Error(`refused: ${JSON.stringify(given.error)}`)
  return given.value
}
