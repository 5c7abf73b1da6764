import type { RtcConfig } from '../contracts/rtc.ts'
import type { JoinedTorrent, PeerLink } from '../contracts/torrent-client.ts'
import type { InfoHash, PeerId, WirePeerId } from '../model/ids.ts'
import { isPrivate, type PeerSource, type SwarmPolicy } from '../model/swarm-policy.ts'
import type { SwarmFacts, TrackerSnapshot } from '../model/torrent.ts'
import type { Bytes } from '../model/units.ts'
import type { LinkedIdentity, OverlayPart, OverlaySearch } from '../overlay/overlay-road.ts'
import type { Announcement } from './announcement.ts'
import { makePeerLink } from './peer-link.ts'
import type { PeerGates } from './rate-limits.ts'
import { judgeContacts, mayPublish } from './swarm-gate.ts'
import type { WebTrackerClient } from './web-tracker-client.ts'
import type { WireChannel } from './wire-channel.ts'

/** Links of one torrent; more only share the same road and slow each other (libtorrent: 50). */
const MAX_PEERS = 40

export interface SwarmPeersSpec {
  readonly infoHash: InfoHash
  readonly policy: SwarmPolicy
  /** The metainfo carries BEP 27's flag. False before it is known. */
  flagged(): boolean
  readonly trackers: readonly string[]
  readonly webSeeds: readonly string[]
  readonly joined: JoinedTorrent
  /** Outlives this: who was banned stays banned when the torrent is paused and goes on. */
  readonly banned: Set<WirePeerId | PeerId>
  readonly trackerClient: WebTrackerClient
  readonly overlay: OverlaySearches
  /** How peers of the overlay are met directly; null where they are not (`rtcConfigFor`). */
  rtcConfig(): RtcConfig | null
  /** Whether others may find us in the overlay. A look at what is inside only looks. */
  readonly provide: boolean
  counts(): { readonly uploaded: Bytes; readonly downloaded: Bytes; readonly left: Bytes }
  /** Limits for one more peer. */
  gates(): PeerGates
  onChange(): void
}

/** Where the overlay is asked for peers. */
export interface OverlaySearches {
  join(search: OverlaySearch): OverlayPart
}

/** Finds peers for one torrent that is taking part in its swarm, and hands it their links. */
export interface SwarmPeers {
  facts(): SwarmFacts
  trackers(): readonly TrackerSnapshot[]
  /** The metainfo is known now: it may say where peers may come from. */
  learned(): void
  /** Everything is here: the trackers are told. */
  completed(): void
  /** Nobody is left to get anything from. */
  hungry(): void
  /** Trackers are told nothing, and every link is cut before this returns. Then it is left. */
  cut(): void
  leave(): void
}

/** An open road, and who is at its other end. */
interface Arrival {
  readonly channel: WireChannel
  readonly path: 'direct' | 'relayed'
  readonly source: PeerSource
  readonly identity: PeerId | null
  /** Left out: as long as it is open. */
  readonly reachable?: () => boolean
  close(): void
}

export function makeSwarmPeers(spec: SwarmPeersSpec): SwarmPeers {
  const { infoHash, policy, joined, banned } = spec
  const links = new Map<WirePeerId, PeerLink>()
  const roads = new WeakMap<PeerLink, Arrival>()
  let left = false

  /**
   * A direct road takes the place of a relayed one, and any of one that leads nowhere just now: a
   * peer that slept, or has another address, comes anew before the browser gives its old road up.
   * Otherwise who is here already stays.
   */
  const welcome = (peer: WirePeerId, identity: PeerId | null, path: 'direct' | 'relayed') => {
    if (left || banned.has(peer) || (identity !== null && banned.has(identity))) return false
    const here = links.get(peer)
    if (here === undefined || (here.path === 'relayed' && path === 'direct')) return true
    return roads.get(here)?.reachable?.() === false
  }

  const connect = (peer: WirePeerId, arrival: Arrival) => {
    const { channel, path, source, identity } = arrival
    if (!welcome(peer, identity, path)) return arrival.close()
    const before = links.get(peer)
    const { down, up, release } = spec.gates()
    // Both are there for a moment when one takes the other's place.
    const id = path === 'direct' ? peer : `${peer} relayed`
    const link = makePeerLink({
      id: id === before?.id ? `${id} again` : id,
      infoHash,
      source,
      path,
      identity,
      channel,
      down,
      up,
      onClosed(bannedFor) {
        if (bannedFor !== null) {
          banned.add(peer)
          if (identity !== null) banned.add(identity)
        }
        if (links.get(peer) === link) links.delete(peer)
        release()
        arrival.close()
        if (!left) spec.onChange()
      },
    })
    links.set(peer, link)
    roads.set(link, arrival)
    joined.addPeer(link)
    before?.destroy()
  }

  const { used } = judgeContacts(policy, spec)
  const announcements: readonly Announcement[] = used.trackers.map((url) =>
    spec.trackerClient.join({
      url,
      infoHash,
      counts: () => spec.counts(),
      room: () => MAX_PEERS - links.size,
      linked: () => links.size,
      accepts: (peer) => welcome(peer, null, 'direct'),
      onChannel: (open, peer) =>
        connect(peer, { ...open, path: 'direct', source: 'tracker', identity: null }),
      onChange: () => spec.onChange(),
    }),
  )
  for (const url of used.webSeeds) joined.addWebSeed(url)

  const linkOf = (identity: PeerId): PeerLink | null => {
    for (const link of links.values()) if (link.identity === identity) return link
    return null
  }
  const linkedIdentities = (): readonly LinkedIdentity[] => {
    const known = new Map(joined.peers().map((peer) => [peer.id, peer]))
    return [...links.values()].flatMap(({ id, identity, path }) => {
      const { downBytes = 0, upBytes = 0 } = known.get(id) ?? {}
      return identity === null ? [] : [{ identity, path, downBytes, upBytes }]
    })
  }
  // A private torrent has a door of its own there, and nothing that a stranger could find.
  const viaOverlay = () => isPrivate(policy) || mayPublish(policy, spec.flagged())
  let overlay: OverlayPart | null = viaOverlay()
    ? spec.overlay.join({
        infoHash,
        policy,
        provide: spec.provide,
        rtcConfig: () => spec.rtcConfig(),
        wants: () => spec.counts().left > 0,
        room: () => MAX_PEERS - links.size,
        linked: ({ identity }) => linkOf(identity)?.path ?? null,
        identities: linkedIdentities,
        direct: () => [...links.values()].filter(({ path }) => path === 'direct').length,
        accepts: ({ identity, wirePeerId, path }) => welcome(wirePeerId, identity, path),
        onRoad: ({ wirePeerId, ...road }) => connect(wirePeerId, road),
        onlyWith(admits) {
          for (const link of links.values()) {
            if (link.identity === null || !admits(link.identity)) link.destroy()
          }
        },
        onChange: () => spec.onChange(),
      })
    : null

  const largest = (pick: (snapshot: TrackerSnapshot) => number | null): number | null =>
    announcements.reduce<number | null>((found, { snapshot }) => {
      const value = pick(snapshot)
      return value === null ? found : Math.max(found ?? 0, value)
    }, null)
  const inState = (state: TrackerSnapshot['state']) =>
    announcements.filter(({ snapshot }) => snapshot.state === state).length

  return {
    facts: () => ({
      trackers: announcements.length,
      trackersAnswered: inState('answered'),
      trackersFailed: inState('failed'),
      webSeeds: used.webSeeds.length,
      connecting:
        announcements.reduce((sum, { connecting }) => sum + connecting, 0) +
        (overlay?.connecting ?? 0),
      knownSeeds: largest(({ seeds }) => seeds),
      knownLeeches: largest(({ leeches }) => leeches),
      overlayPeers: overlay?.known ?? null,
    }),
    trackers: () => announcements.map(({ snapshot }) => snapshot),
    learned() {
      if (overlay === null || viaOverlay()) return
      overlay.leave()
      overlay = null
      for (const link of links.values()) if (link.source === 'overlay') link.destroy()
    },
    completed() {
      for (const announcement of announcements) announcement.completed()
    },
    hungry() {
      for (const announcement of announcements) announcement.hungry()
      overlay?.hungry()
    },
    cut() {
      left = true
      for (const announcement of announcements) announcement.leave('silently')
      overlay?.leave()
      for (const link of [...links.values()]) {
        roads.get(link)?.close() // a link ends in a later task, its road at once
        link.destroy()
      }
    },
    leave() {
      left = true
      for (const announcement of announcements) announcement.leave()
      overlay?.leave()
    },
  }
}

export const NO_SWARM: SwarmFacts = {
  trackers: 0,
  trackersAnswered: 0,
  trackersFailed: 0,
  webSeeds: 0,
  connecting: 0,
  knownSeeds: null,
  knownLeeches: null,
  overlayPeers: null,
}
