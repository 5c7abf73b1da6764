import type { TorrentRecord } from '../contracts/record-store.ts'
import type { RtcConfig } from '../contracts/rtc.ts'
import type {
  JoinedTorrent,
  JoinPlan,
  SwarmEvents,
  SwarmTotals,
  TorrentClient,
} from '../contracts/torrent-client.ts'
import type { InfoHash, PeerId, WirePeerId } from '../model/ids.ts'
import type { Metainfo } from '../model/metainfo.ts'
import type { Bytes } from '../model/units.ts'
import type { PeerGates } from './rate-limits.ts'
import { makeSwarmPeers, type OverlaySearches, type SwarmPeers } from './swarm-peers.ts'
import type { WebTrackerClient } from './web-tracker-client.ts'

export interface SwarmPartSpec {
  readonly client: TorrentClient
  readonly trackerClient: WebTrackerClient
  readonly overlay: OverlaySearches
  /** How peers of the overlay are met directly; null where they are not. */
  rtcConfig(): RtcConfig | null
  readonly record: Pick<TorrentRecord, 'infoHash' | 'policy' | 'trackers' | 'webSeeds'>
  readonly uploadSlots: number
  /** Peers not to meet again; outlives the part. */
  readonly banned: Set<WirePeerId | PeerId>
  /** Limits for one more peer of this torrent. */
  gates(infoHash: InfoHash): PeerGates
  /** As far as it is known by now. */
  metainfo(): Metainfo | null
  /** All good bytes, wanted or not. */
  haveBytes(): Bytes
  plan(metainfo: Metainfo): Promise<JoinPlan | null>
  onChange(): void
}

/** What exists only while a torrent takes part in its swarm: its wires, and who is met. */
export interface SwarmPart {
  readonly joined: JoinedTorrent
  readonly peers: SwarmPeers
  /**
   * Every wire ends before this returns, and nobody is told why: the tracker hears no goodbye, since
   * that would be one more word to it. Then `leave`.
   */
  cut(): void
  /** From now on nothing is told any more. What was moved, and when the swarm is left. */
  leave(): { readonly totals: SwarmTotals; readonly left: Promise<void> }
}

/** Joins the swarm, and looks for peers. Events come once this has returned. */
export function takePart(spec: SwarmPartSpec, events: SwarmEvents): SwarmPart {
  const { infoHash, policy, trackers, webSeeds } = spec.record
  let present = false

  // Events of a part that was left are late news about nothing.
  const ifPresent = <Args extends unknown[]>(tell: (...args: Args) => void) => {
    return (...args: Args) => {
      if (present) tell(...args)
    }
  }
  const joined = spec.client.join(
    {
      infoHash,
      metainfo: spec.metainfo(),
      private: policy.name === 'private' || spec.metainfo()?.private === true,
      uploadSlots: spec.uploadSlots,
      plan: (metainfo) => spec.plan(metainfo),
    },
    {
      metainfo: ifPresent((metainfo) => events.metainfo(metainfo)),
      checked: ifPresent((pieces) => events.checked(pieces)),
      ready: ifPresent((have) => events.ready(have)),
      verified: ifPresent((piece) => events.verified(piece)),
      storageFailed: ifPresent((error) => events.storageFailed(error)),
      failed: ifPresent((error) => events.failed(error)),
      webSeedFailed: ifPresent((url, status) => events.webSeedFailed(url, status)),
      peersChanged: ifPresent(() => events.peersChanged()),
    },
  )

  const announced = () => {
    const moved = present ? joined.totals() : { downBytes: 0, upBytes: 0 }
    const metainfo = spec.metainfo()
    // Before the metainfo is known nobody can say how much is left; one byte makes us a leech.
    const left = metainfo === null ? 1 : metainfo.totalBytes - spec.haveBytes()
    return { uploaded: moved.upBytes, downloaded: moved.downBytes, left }
  }
  const peers = makeSwarmPeers({
    infoHash,
    policy,
    flagged: () => spec.metainfo()?.private ?? false,
    trackers,
    webSeeds,
    joined,
    banned: spec.banned,
    trackerClient: spec.trackerClient,
    overlay: spec.overlay,
    rtcConfig: () => spec.rtcConfig(),
    provide: true,
    counts: announced,
    gates: () => spec.gates(infoHash),
    onChange: () => spec.onChange(),
  })
  present = true

  type Left = ReturnType<SwarmPart['leave']>
  let gone: Left | null = null
  const go = (): Left => {
    const totals = joined.totals()
    present = false
    gone = { totals, left: joined.leave() }
    return gone
  }

  return {
    joined,
    peers,

    cut() {
      if (gone !== null) return
      peers.cut()
      go()
    },

    leave() {
      if (gone !== null) return gone
      peers.leave()
      return go()
    },
  }
}
