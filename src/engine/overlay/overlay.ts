import type { IdentityStore } from '../contracts/identity-store.ts'
import type { Log } from '../contracts/log.ts'
import type { OverlayNode, OverlayNodeSpec } from '../contracts/overlay.ts'
import type { Fetch } from '../fetch-url.ts'
import type {
  IdentitySnapshot,
  OverlayPeerSnapshot,
  OverlaySnapshot,
} from '../model/engine-state.ts'
import { toCause, type EngineError } from '../model/errors.ts'
import type { PeerId } from '../model/ids.ts'
import { ok, type Result } from '../model/result.ts'
import type { IceServer, Settings } from '../model/settings.ts'
import { makeIdentities, type Identity } from './identity.ts'
import { mayDial } from './may-dial.ts'
import { overlaySnapshot } from './overlay-state.ts'
import { wordsOf } from './peer-words.ts'
import { parseRelayAddress } from './relay-address.ts'
import { makeRelayKeeper, type RelayKeeper } from './relay-keeper.ts'

/** What the overlay needs from outside; each is asked for when it is first used, and not before. */
export interface OverlayVendors {
  makeNode(spec: OverlayNodeSpec): Promise<OverlayNode>
  /** Of the Ed25519 key with this seed. */
  peerIdOf(seed: Uint8Array): Promise<PeerId>
  readonly identities: IdentityStore
}

export interface OverlayDeps extends OverlayVendors {
  readonly fetch: Fetch
  readonly log: Log
  /** Origin of the relay that served the page. */
  readonly ownRelay: string
  readonly pageHost: string
  settings(): Settings
  publish(overlay: OverlaySnapshot): void
}

/** The Chiral side: who we are, where we are reached, and who else is there. */
export interface Overlay {
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
  /** STUN of the relays, for whoever names no ICE servers. */
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
  let life = startLife(deps, () => identities.current())
  let names = relayNames()

  function relayNames(): string {
    return (deps.settings().relays ?? [deps.ownRelay]).join('\n')
  }

  const restart = async () => {
    const ended = life.stop()
    names = relayNames()
    life = startLife(deps, () => identities.current())
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
    iceServers: () => life.iceServers(),
    settingsChanged() {
      if (relayNames() !== names) void restart()
    },
    online: () => life.retryNow(),
    stop: () => life.stop(),
  }
}

/** One identity at one list of relays: from the first question to a relay until it is stopped. */
interface Life {
  readonly node: OverlayNode | null
  peers(): Promise<readonly OverlayPeerSnapshot[]>
  iceServers(): readonly IceServer[]
  retryNow(): void
  stop(): Promise<void>
}

function startLife(
  deps: OverlayDeps,
  identity: () => Promise<Result<Identity, EngineError>>,
): Life {
  const { log } = deps
  let node: OverlayNode | null = null
  let making: Promise<OverlayNode> | null = null
  let stopped = false
  let told = ''
  let failure: EngineError | null = null

  const named = (deps.settings().relays ?? [deps.ownRelay]).flatMap((name) => {
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
        : { name: 'lost', error: failure, retryAt: 0 }
    const text = JSON.stringify(snapshot)
    if (text === told) return
    told = text
    deps.publish(snapshot)
  }

  const makeNode = async (): Promise<OverlayNode> => {
    const self = await identity()
    if (!self.ok) {
      failure = self.error
      throw new Error(`no identity: ${self.error.kind}`)
    }
    const made = await deps.makeNode({
      seed: self.value.seed,
      relays: named.length,
      comment: 'chiral-web',
      iceServers: () => iceServersOf(deps.settings(), keepers),
      mayDial: (address) => !stopped && mayDial(address, keepers, deps.pageHost),
      onChange() {
        for (const keeper of keepers) keeper.look()
        tell()
      },
    })
    if (stopped) {
      await made.stop()
      throw new Error('the overlay is stopped')
    }
    node = made
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

  return {
    get node() {
      return node
    },

    async peers() {
      const found = new Map<PeerId, 'direct' | 'relayed'>()
      for (const { peerId, path } of strangers()) {
        if (found.get(peerId) !== 'direct') found.set(peerId, path)
      }
      return Promise.all(
        [...found].map(async ([peerId, path]): Promise<OverlayPeerSnapshot> => ({
          peerId,
          words: wordsOf(peerId),
          client: (await node?.clientOf(peerId)) ?? null,
          path,
          torrents: [],
          relayedBytes: 0,
        })),
      )
    },

    iceServers: () => iceServersOf(deps.settings(), keepers),

    retryNow() {
      for (const keeper of keepers) keeper.retryNow()
    },

    async stop() {
      stopped = true
      for (const keeper of keepers) keeper.stop()
      await node?.stop()
    },
  }
}

function iceServersOf(settings: Settings, keepers: readonly RelayKeeper[]): readonly IceServer[] {
  if (settings.iceServers.length > 0) return settings.iceServers
  const urls = keepers.flatMap(({ stun }) => (stun === null ? [] : [stun]))
  return urls.length === 0 ? [] : [{ urls }]
}
