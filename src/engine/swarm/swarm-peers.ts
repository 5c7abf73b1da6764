import type { JoinedTorrent } from '../contracts/torrent-client.ts'
import type { InfoHash, WirePeerId } from '../model/ids.ts'
import type { SwarmPolicy } from '../model/swarm-policy.ts'
import type { SwarmFacts, TrackerSnapshot } from '../model/torrent.ts'
import type { Bytes } from '../model/units.ts'
import { makePeerLink } from './peer-link.ts'
import type { PeerGates } from './rate-limits.ts'
import type { OpenChannel } from './rtc-handshake.ts'
import { allows } from './swarm-gate.ts'
import type { Announcement } from './announcement.ts'
import type { WebTrackerClient } from './web-tracker-client.ts'

/** Links of one torrent; more only share the same road and slow each other (libtorrent: 50). */
const MAX_PEERS = 40

export interface SwarmPeersSpec {
  readonly infoHash: InfoHash
  readonly policy: SwarmPolicy
  readonly trackers: readonly string[]
  readonly webSeeds: readonly string[]
  readonly joined: JoinedTorrent
  /** Outlives this: who was banned stays banned when the torrent is paused and goes on. */
  readonly banned: Set<WirePeerId>
  readonly trackerClient: WebTrackerClient
  counts(): { readonly uploaded: Bytes; readonly downloaded: Bytes; readonly left: Bytes }
  /** Limits for one more peer. */
  gates(): PeerGates
  onChange(): void
}

/** Finds peers for one torrent that is taking part in its swarm, and hands it their links. */
export interface SwarmPeers {
  facts(): SwarmFacts
  trackers(): readonly TrackerSnapshot[]
  /** Everything is here: the trackers are told. */
  completed(): void
  /** Nobody is left to get anything from. */
  hungry(): void
  leave(): void
}

export function makeSwarmPeers(spec: SwarmPeersSpec): SwarmPeers {
  const { infoHash, policy, joined, banned } = spec
  const links = new Set<WirePeerId>()
  let left = false

  const connect = ({ channel, close }: OpenChannel, peer: WirePeerId) => {
    if (left || links.has(peer)) return close()
    links.add(peer)
    const { down, up, release } = spec.gates()
    const link = makePeerLink({
      id: peer,
      infoHash,
      source: 'tracker',
      channel,
      down,
      up,
      onClosed(bannedFor) {
        if (bannedFor !== null) banned.add(peer)
        links.delete(peer)
        release()
        close()
        if (!left) spec.onChange()
      },
    })
    joined.addPeer(link)
  }

  const announcements: readonly Announcement[] = (
    allows(policy, 'tracker') ? spec.trackers : []
  ).map((url) =>
    spec.trackerClient.join({
      url,
      infoHash,
      counts: () => spec.counts(),
      room: () => MAX_PEERS - links.size,
      linked: () => links.size,
      accepts: (peer) => !left && !links.has(peer) && !banned.has(peer),
      onChannel: connect,
      onChange: () => spec.onChange(),
    }),
  )
  const webSeeds = allows(policy, 'web-seed') ? spec.webSeeds : []
  for (const url of webSeeds) joined.addWebSeed(url)

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
      webSeeds: webSeeds.length,
      connecting: announcements.reduce((sum, { connecting }) => sum + connecting, 0),
      knownSeeds: largest(({ seeds }) => seeds),
      knownLeeches: largest(({ leeches }) => leeches),
    }),
    trackers: () => announcements.map(({ snapshot }) => snapshot),
    completed() {
      for (const announcement of announcements) announcement.completed()
    },
    hungry() {
      for (const announcement of announcements) announcement.hungry()
    },
    leave() {
      left = true
      for (const announcement of announcements) announcement.leave()
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
}
