import type { IdentityStore } from '../contracts/identity-store.ts'
import type { Log } from '../contracts/log.ts'
import type { OverlayNode, OverlayNodeSpec, OverlayStream } from '../contracts/overlay.ts'
import type { RtcConnections } from '../contracts/rtc.ts'
import type { Fetch } from '../fetch-url.ts'
import type {
  IdentitySnapshot,
  OverlayPeerSnapshot,
  OverlaySnapshot,
  RelaySnapshot,
} from '../model/engine-state.ts'
import type { EngineError } from '../model/errors.ts'
import type { InfoHash, PeerId, WirePeerId } from '../model/ids.ts'
import { ok, type Result } from '../model/result.ts'
import type { IceServer, Settings } from '../model/settings.ts'
import { dialAddresses } from './dial-addresses.ts'
import { makeFewAtOnce } from './few-at-once.ts'
import { makeIdentities, type Identity } from './identity.ts'
import { relayNames, startOverlayLife, type OverlayLife } from './overlay-life.ts'
import type { OverlayPart, OverlaySearch } from './overlay-road.ts'
import { publicDoor } from './meeting-door.ts'
import { makeOverlaySwarm, type OverlaySwarm } from './overlay-swarm.ts'
import { wordsOf } from './peer-words.ts'

/** Streams of the DHT for all torrents together; a relay lets one page have sixteen. */
const MAX_PROVIDING = 3
const MAX_LOOKING = 4

/** What the overlay needs from outside; each is asked for when it is first used, and not before. */
export interface OverlayVendors {
  makeNode(spec: OverlayNodeSpec): Promise<OverlayNode>
  /** Of the Ed25519 key with this seed. */
  peerIdOf(seed: Uint8Array): Promise<PeerId>
  readonly identities: IdentityStore
}

export interface OverlayDeps extends OverlayVendors {
  readonly rtc: RtcConnections
  readonly wirePeerId: WirePeerId
  readonly fetch: Fetch
  readonly log: Log
  /** Origin of the relay that served the page. */
  readonly ownRelay: string
  readonly pageHost: string
  settings(): Settings
  publish(overlay: OverlaySnapshot): void
  /** A peer asks for a private torrent; whoever takes the stream closes it. */
  onFallbackTalk(stream: OverlayStream): void
}

/** The Chiral side: who we are, where we are reached, and who else is there. */
export interface Overlay {
  /** Looks for peers of one torrent until it is left. At most one search of an info hash. */
  join(search: OverlaySearch): OverlayPart
  identity(): Promise<Result<IdentitySnapshot, EngineError>>
  rename(name: string): Promise<Result<IdentitySnapshot, EngineError>>
  exportIdentity(passphrase: string): Promise<Result<Uint8Array<ArrayBuffer>, EngineError>>
  importIdentity(
    bytes: Uint8Array,
    passphrase: string,
  ): Promise<Result<IdentitySnapshot, EngineError>>
  /** Another one is made at once; the old one is gone unless it was exported. */
  forgetIdentity(): Promise<Result<IdentitySnapshot, EngineError>>
  peers(): Promise<readonly OverlayPeerSnapshot[]>
  /** Every relay of the settings. */
  relays(): readonly RelaySnapshot[]
  /** A stream to a peer by way of our relays. Rejects when it cannot be reached, or we cannot. */
  open(peer: PeerId, protocol: string, signal: AbortSignal): Promise<OverlayStream>
  /** STUN of the relays, whatever ICE servers the settings name. */
  iceServers(): readonly IceServer[]
  settingsChanged(): void
  /** The network came back. */
  online(): void
  stop(): Promise<void>
}

export function makeOverlay(deps: OverlayDeps): Overlay {
  const identities = makeIdentities({
    store: deps.identities,
    peerIdOf: (seed) => deps.peerIdOf(seed),
  })
  const swarms = new Map<InfoHash, OverlaySwarm>()
  const providing = makeFewAtOnce(MAX_PROVIDING)
  const looking = makeFewAtOnce(MAX_LOOKING)

  const begin = (): OverlayLife =>
    startOverlayLife({
      ...deps,
      identity: () => identities.current(),
      swarms: () => swarms,
      onReachable() {
        for (const swarm of swarms.values()) swarm.reachable()
      },
    })
  const namesNow = () => relayNames(deps.settings(), deps.ownRelay).join('\n')
  let names = namesNow()
  let life = begin()

  const restart = async () => {
    const ended = life.stop()
    names = namesNow()
    life = begin()
    await ended
  }

  const snapshotOf = ({ peerId, name, createdAt }: Identity): IdentitySnapshot => ({
    peerId,
    words: wordsOf(peerId),
    name,
    createdAt,
    addresses: life.node?.self === peerId ? life.node.addresses() : [],
  })

  const told = (result: Result<Identity, EngineError>): Result<IdentitySnapshot, EngineError> =>
    result.ok ? ok(snapshotOf(result.value)) : result

  return {
    join(search) {
      const { infoHash } = search
      const swarm = makeOverlaySwarm(
        {
          node: () => life.node,
          ownRelays: () => life.ownRelays(),
          rtc: deps.rtc,
          wirePeerId: deps.wirePeerId,
          log: deps.log,
          providing,
          looking,
          lease: (peer) => life.book?.lease(peer) ?? (() => {}),
          relayed: (peer, channel) => life.book?.relayed(peer, channel),
        },
        search,
        publicDoor(infoHash),
        () => {
          if (swarms.get(infoHash) === swarm) swarms.delete(infoHash)
        },
      )
      swarms.set(infoHash, swarm)
      return swarm
    },

    identity: async () => told(await identities.current()),
    rename: async (name) => told(await identities.rename(name)),
    exportIdentity: (passphrase) => identities.export(passphrase),
    async importIdentity(bytes, passphrase) {
      const imported = await identities.import(bytes, passphrase)
      if (imported.ok) await restart()
      return told(imported)
    },
    async forgetIdentity() {
      const cleared = await identities.clear()
      if (!cleared.ok) return cleared
      await restart()
      return told(await identities.current())
    },

    peers: () => life.peers(),
    relays: () => life.relays(),
    async open(peerId, protocol, signal) {
      if (life.node === null) throw new Error('no relay answered yet')
      const to = dialAddresses({ peerId, addresses: [] }, life.ownRelays())
      return life.node.open(to, protocol, signal)
    },
    iceServers: () => life.iceServers(),
    settingsChanged() {
      if (namesNow() !== names) void restart()
    },
    online: () => life.retryNow(),
    stop: () => life.stop(),
  }
}
