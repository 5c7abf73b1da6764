import type { OverlayNode, OverlayStream } from '../contracts/overlay.ts'
import type { OverlayPeerSnapshot, OverlaySnapshot, RelaySnapshot } from '../model/engine-state.ts'
import { toCause, type EngineError } from '../model/errors.ts'
import type { InfoHash, PeerId } from '../model/ids.ts'
import {
  FALLBACK_PROTOCOL,
  SIGNAL_PROTOCOL,
  SWARM_PROTOCOL,
  WIRE_PROTOCOL,
} from '../model/overlay-ids.ts'
import { iceServersInUse } from '../model/ice-servers.ts'
import type { Result } from '../model/result.ts'
import type { IceServer, Settings } from '../model/settings.ts'
import type { Bytes } from '../model/units.ts'
import type { OwnRelay } from './dial-addresses.ts'
import type { Identity } from './identity.ts'
import { mayDial } from './may-dial.ts'
import type { OverlayDeps } from './overlay.ts'
import { overlaySnapshot } from './overlay-state.ts'
import type { OverlaySwarm } from './overlay-swarm.ts'
import { makePeerBook, type PeerBook } from './peer-book.ts'
import { wordsOf } from './peer-words.ts'
import { makeReception } from './reception.ts'
import { parseRelayAddress } from './relay-address.ts'
import { makeRelayKeeper, type RelayKeeper } from './relay-keeper.ts'

/** One identity at one list of relays: from the first question to a relay until it is stopped. */
export interface OverlayLife {
  readonly node: OverlayNode | null
  /** Null while there is no node. */
  readonly book: PeerBook | null
  ownRelays(): readonly OwnRelay[]
  peers(): Promise<readonly OverlayPeerSnapshot[]>
  relays(): readonly RelaySnapshot[]
  iceServers(): readonly IceServer[]
  retryNow(): void
  stop(): Promise<void>
}

type MetPeer = Pick<OverlayPeerSnapshot, 'path' | 'downBytes' | 'upBytes'>

export interface OverlayLifeDeps extends OverlayDeps {
  identity(): Promise<Result<Identity, EngineError>>
  swarms(): ReadonlyMap<InfoHash, OverlaySwarm>
  /** Others reach us by other addresses now, or again. */
  onReachable(): void
  /** A stream about private swarms; whoever takes it closes it. */
  onSwarmTalk(stream: OverlayStream): void
}

/** Whether strangers of the overlay may learn our addresses. They may where public torrents run. */
export function tellsStrangers({ privateOnly, hideAddress }: Settings): boolean {
  return !privateOnly && !hideAddress
}

/** Relays as the settings name them; what is no address of one is left out. */
export function relayNames(settings: Settings, ownRelay: string): readonly string[] {
  return settings.relays ?? [ownRelay]
}

export function startOverlayLife(deps: OverlayLifeDeps): OverlayLife {
  const { log } = deps
  let node: OverlayNode | null = null
  let book: PeerBook | null = null
  let making: Promise<OverlayNode> | null = null
  let stopped = false
  let failure: EngineError | null = null
  let told = ''
  let reachedAt = ''

  const named = relayNames(deps.settings(), deps.ownRelay).flatMap((name) => {
    const address = parseRelayAddress(name)
    return address === null ? [] : [{ name, address }]
  })

  const strangers = () => {
    const relays = new Set(keepers.map(({ snapshot }) => snapshot.peerId))
    return (node?.connections() ?? []).filter(({ peerId }) => !relays.has(peerId))
  }

  const tell = () => {
    if (stopped) return
    const peers = new Set(strangers().map(({ peerId }) => peerId)).size
    const snapshot: OverlaySnapshot =
      failure === null
        ? overlaySnapshot(keepers, node?.self ?? null, peers)
        : {
            name: 'lost',
            error: failure,
            retryAt: 0,
            relays: keepers.map(({ snapshot }) => snapshot),
          }
    const text = JSON.stringify(snapshot)
    if (text === told) return
    told = text
    deps.publish(snapshot)
  }

  const onChange = () => {
    if (stopped) return
    for (const keeper of keepers) keeper.look()
    tell()
    const addresses = (node?.reservedAt().length ?? 0) > 0 ? (node?.addresses() ?? []) : []
    const text = addresses.join(' ')
    if (text === reachedAt) return
    reachedAt = text
    if (text !== '') deps.onReachable()
  }

  const makeNode = async (): Promise<OverlayNode> => {
    const self = await deps.identity()
    if (!self.ok) {
      failure = self.error
      throw new Error(`no identity: ${self.error.kind}`)
    }
    const made = await deps.makeNode({
      seed: self.value.seed,
      relays: named.length,
      comment: 'chiral-web',
      webRtc: tellsStrangers(deps.settings()),
      iceServers: () => iceServersOf(deps.settings(), keepers),
      mayDial: (address) => !stopped && mayDial(address, keepers, deps.pageHost),
      onChange,
    })
    const peers = makePeerBook(made)
    const reception = makeReception({
      rtc: deps.rtc,
      self: made.self,
      wirePeerId: deps.wirePeerId,
      swarm: (infoHash) => deps.swarms().get(infoHash),
      lease: (peer) => peers.lease(peer),
      relayed: (peer, channel) => peers.relayed(peer, channel),
    })
    await made.handle(SIGNAL_PROTOCOL, (stream) => reception.signal(stream))
    await made.handle(FALLBACK_PROTOCOL, (stream) => deps.onFallbackTalk(stream))
    await made.handle(SWARM_PROTOCOL, (stream) => deps.onSwarmTalk(stream))
    await made.handle(WIRE_PROTOCOL, (stream) => reception.wire(stream))
    if (stopped) {
      await made.stop()
      throw new Error('the overlay is stopped')
    }
    node = made
    book = peers
    return made
  }

  const keepers: readonly RelayKeeper[] = named.map(({ name, address }) =>
    makeRelayKeeper({
      name,
      address,
      node: () => {
        making ??= makeNode().catch((thrown: unknown) => {
          making = null
          if (!stopped) log.error('the overlay node could not be made', { cause: toCause(thrown) })
          throw thrown
        })
        return making
      },
      reservedAt: () => node?.reservedAt() ?? [],
      fetch: deps.fetch,
      log,
      onChange: tell,
    }),
  )
  tell()

  const torrentsWith = (identity: PeerId): readonly InfoHash[] =>
    [...deps.swarms()].flatMap(([infoHash, { search }]) =>
      search.linked({ identity }) === null ? [] : [infoHash],
    )

  return {
    get node() {
      return node
    },
    get book() {
      return book
    },

    ownRelays: () =>
      keepers.flatMap(({ snapshot, address, up }) =>
        snapshot.peerId !== null && up
          ? [{ peerId: snapshot.peerId, multiaddr: address.multiaddr }]
          : [],
      ),

    async peers() {
      const found = new Map<PeerId, MetPeer>()
      const meet = (peerId: PeerId, path: 'direct' | 'relayed', down: Bytes, up: Bytes) => {
        const met = found.get(peerId)
        found.set(peerId, {
          path: met?.path === 'direct' ? 'direct' : path,
          downBytes: (met?.downBytes ?? 0) + down,
          upBytes: (met?.upBytes ?? 0) + up,
        })
      }
      for (const { peerId, path } of strangers()) meet(peerId, path, 0, 0)
      // Whoever is linked by a data channel of ours needs no connection of libp2p any more.
      for (const { search } of deps.swarms().values()) {
        for (const { identity, path, downBytes, upBytes } of search.identities()) {
          meet(identity, path, downBytes, upBytes)
        }
      }
      return Promise.all(
        [...found].map(async ([peerId, met]): Promise<OverlayPeerSnapshot> => ({
          peerId,
          words: wordsOf(peerId),
          client: (await node?.clientOf(peerId)) ?? null,
          ...met,
          torrents: torrentsWith(peerId),
          relayedBytes: book?.relayedBytes(peerId) ?? 0,
          relayedBytesLeft: book?.relayedBytesLeft(peerId) ?? null,
        })),
      )
    },

    relays: () => keepers.map(({ snapshot }) => snapshot),

    iceServers: () => stunOf(keepers),

    retryNow() {
      for (const keeper of keepers) keeper.retryNow()
    },

    async stop() {
      stopped = true
      book?.stop()
      for (const keeper of keepers) keeper.stop()
      await node?.stop()
    },
  }
}

function iceServersOf(
  settings: Pick<Settings, 'iceServers'>,
  keepers: readonly RelayKeeper[],
): readonly IceServer[] {
  const relays = keepers.map(({ snapshot }) => snapshot)
  return iceServersInUse(settings, relays).map(({ from: _from, ...server }) => server)
}

function stunOf(keepers: readonly RelayKeeper[]): readonly IceServer[] {
  return iceServersOf({ iceServers: [] }, keepers)
}
