import type { IdentityStore } from '../contracts/identity-store.ts'
import type { Log } from '../contracts/log.ts'
import type { OverlayNode, OverlayNodeSpec, OverlayStream } from '../contracts/overlay.ts'
import type { Redemptions } from '../contracts/redemptions.ts'
import type { RtcConnections } from '../contracts/rtc.ts'
import type { SwarmStore } from '../contracts/swarm-store.ts'
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
import { relayNames, startOverlayLife, tellsStrangers, type OverlayLife } from './overlay-life.ts'
import type { OverlayPart, OverlaySearch } from './overlay-road.ts'
import { publicDoor } from './meeting-door.ts'
import { makeOverlaySwarm, type OverlaySwarm } from './overlay-swarm.ts'
import { makeSigner } from '../membership/peer-keys.ts'
import { countUse } from '../private/count-uses.ts'
import { makePrivateSwarms, type PrivateSwarms } from '../private/private-swarms.ts'
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
  readonly swarmStore: SwarmStore
  /** Counts the uses of invites. */
  readonly redemptions: Redemptions
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
  /** Who may take part in this torrent, or where we stand there, is another now. */
  onPrivacy(infoHash: InfoHash): void
}

/** The Chiral side: who we are, where we are reached, and who else is there. */
export interface Overlay {
  readonly private: PrivateSwarms
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
        privates.reachable()
      },
      onSwarmTalk: (stream) => privates.answer(stream),
    })
  /** With another list of relays, or another way to be met, another life begins. */
  const namesNow = () =>
    [tellsStrangers(deps.settings()), ...relayNames(deps.settings(), deps.ownRelay)].join('\n')
  let names = namesNow()
  let life = begin()

  /** As the person calls themselves, for those who let them in. */
  let name: string | null = null
  const privates = makePrivateSwarms({
    store: deps.swarmStore,
    log: deps.log,
    async signer() {
      const self = await identities.current()
      if (!self.ok) return self
      name = self.value.name
      return ok(await makeSigner(self.value.seed))
    },
    name: () => name,
    now: () => Date.now(),
    node: () => life.node,
    ownRelays: () => life.ownRelays(),
    lease: (peer) => life.book?.lease(peer) ?? (() => {}),
    count: (token, guest) => countUse(deps.redemptions, token, guest),
    linked: (infoHash) =>
      swarms
        .get(infoHash)
        ?.search.identities()
        .map(({ identity }) => identity) ?? [],
    onChange(infoHash) {
      swarms.get(infoHash)?.doorChanged()
      deps.onPrivacy(infoHash)
    },
  })

  const restart = async () => {
    const ended = life.stop()
    names = namesNow()
    life = begin()
    await ended
  }

  const becomeAnother = async () => {
    await restart()
    await privates.reopen()
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
    private: privates,

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
        search.policy.name === 'private'
          ? privates.meetingDoor(infoHash, search.policy)
          : publicDoor(infoHash),
        () => {
          if (swarms.get(infoHash) === swarm) swarms.delete(infoHash)
        },
      )
      swarms.set(infoHash, swarm)
      return swarm
    },

    identity: async () => told(await identities.current()),
    async rename(given) {
      const renamed = await identities.rename(given)
      if (renamed.ok) name = renamed.value.name
      return told(renamed)
    },
    exportIdentity: (passphrase) => identities.export(passphrase),
    async importIdentity(bytes, passphrase) {
      const imported = await identities.import(bytes, passphrase)
      if (imported.ok) await becomeAnother()
      return told(imported)
    },
    async forgetIdentity() {
      const cleared = await identities.clear()
      if (!cleared.ok) return cleared
      await becomeAnother()
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
