import type { RtcConfig } from '../contracts/rtc.ts'
import type { TorrentClient } from '../contracts/torrent-client.ts'
import type { EngineError } from '../model/errors.ts'
import type { InfoHash, WirePeerId } from '../model/ids.ts'
import type { Metainfo } from '../model/metainfo.ts'
import { err, ok, type Result } from '../model/result.ts'
import { PUBLIC } from '../model/swarm-policy.ts'
import { OPEN_GATE } from './rate-limit.ts'
import { makeSwarmPeers, type OverlaySearches } from './swarm-peers.ts'
import type { WebTrackerClient } from './web-tracker-client.ts'

export interface ResolveDeps {
  readonly client: TorrentClient
  readonly trackerClient: WebTrackerClient
  readonly overlay: OverlaySearches
  rtcConfig(): RtcConfig | null
}

/**
 * Joins a swarm only to ask for the metainfo (BEP 9), and leaves it again. Waits as long as the
 * caller does; rejects with `signal.reason` only.
 */
export async function resolveMetainfo(
  deps: ResolveDeps,
  infoHash: InfoHash,
  trackers: readonly string[],
  signal: AbortSignal,
): Promise<Result<Metainfo, EngineError>> {
  signal.throwIfAborted()
  const { client, trackerClient, overlay } = deps
  const { promise, resolve, reject } = Promise.withResolvers<Result<Metainfo, EngineError>>()
  const onAbort = () => reject(signal.reason as Error)
  signal.addEventListener('abort', onAbort, { once: true })

  const joined = client.join(
    {
      infoHash,
      metainfo: null,
      private: false,
      uploadSlots: 0,
      plan: () => Promise.resolve(null),
    },
    {
      metainfo: (metainfo) => resolve(ok(metainfo)),
      failed: (error) => resolve(err(error)),
      checked() {},
      ready() {},
      verified() {},
      storageFailed() {},
      webSeedFailed() {},
      peersChanged() {},
    },
  )
  const peers = makeSwarmPeers({
    infoHash,
    policy: PUBLIC,
    flagged: () => false,
    trackers,
    webSeeds: [],
    joined,
    banned: new Set<WirePeerId>(),
    trackerClient,
    overlay,
    rtcConfig: () => deps.rtcConfig(),
    provide: false,
    counts: () => ({ uploaded: 0, downloaded: 0, left: 1 }),
    gates: () => ({ down: OPEN_GATE, up: OPEN_GATE, release() {} }),
    onChange() {},
  })

  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', onAbort)
    peers.leave()
    await joined.leave()
  }
}
