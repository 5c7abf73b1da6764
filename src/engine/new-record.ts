import { NO_PRIORITIES, type TorrentRecord } from './contracts/record-store.ts'
import { NO_LIMITS } from './model/torrent.ts'

/** The record of a torrent that was just added. */
export function recordOf(
  known: Pick<
    TorrentRecord,
    | 'infoHash'
    | 'name'
    | 'metainfo'
    | 'trackers'
    | 'webSeeds'
    | 'policy'
    | 'wanted'
    | 'selected'
    | 'paused'
    | 'deliverTo'
    | 'place'
  >,
): TorrentRecord {
  return {
    ...known,
    protocol: 'bittorrent',
    addedAt: Date.now(),
    completedAt: null,
    downBytes: 0,
    upBytes: 0,
    http: null,
    delivered: [],
    priorities: NO_PRIORITIES,
    limits: NO_LIMITS,
  }
}
