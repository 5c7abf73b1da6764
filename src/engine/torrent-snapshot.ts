import type { PrivacySnapshot } from './model/private-swarm.ts'
import type { TorrentSnapshot, UnusedContacts } from './model/torrent.ts'
import { folderOf } from './storage/handles-of.ts'
import { countUnused, judgeContacts, type Contacts } from './swarm/swarm-gate.ts'
import { NO_SWARM } from './swarm/swarm-peers.ts'
import type { TorrentLife } from './torrent-life.ts'
import type { TorrentState } from './torrent-state.ts'

/** What the page is told of a torrent of the swarm. Trackers of ours that rest are no news. */
export function torrentSnapshot(
  { record, holdings, part }: TorrentLife,
  { phase, trouble }: TorrentState,
  ownTrackers: readonly string[],
  privacy: PrivacySnapshot | undefined,
): TorrentSnapshot {
  const { infoHash, name, policy, addedAt, completedAt } = record.value
  const metainfo = holdings.files?.metainfo
  const counts = holdings.files?.kept.counts
  const totals = part?.joined.totals()
  const folder = folderOf(record.value)
  const unused = unusedOf(judgeContacts(policy, record.value).unused, ownTrackers)
  return {
    infoHash,
    name: metainfo?.name ?? name ?? infoHash,
    protocol: 'bittorrent',
    phase,
    policy,
    ...(privacy === undefined ? {} : { privacy }),
    addedAt,
    completedAt,
    totalPieces: metainfo?.pieceCount ?? 0,
    havePieces: counts?.havePieces ?? 0,
    fileCount: metainfo?.files.length ?? 0,
    ...(folder === null ? {} : { folder }),
    totalBytes: metainfo?.totalBytes ?? 0,
    wantedBytes: counts?.wantedBytes ?? 0,
    haveBytes: counts?.haveBytes ?? 0,
    ...record.totals(totals?.downBytes ?? 0, totals?.upBytes ?? 0),
    downRate: Math.round(totals?.downRate ?? 0),
    upRate: Math.round(totals?.upRate ?? 0),
    limits: record.value.limits,
    peerCount: totals?.peerCount ?? 0,
    swarm: part?.peers.facts() ?? NO_SWARM,
    ...(unused === null ? {} : { unused }),
    others: part?.joined.others() ?? null,
    trouble,
  }
}

function unusedOf({ trackers, webSeeds }: Contacts, own: readonly string[]): UnusedContacts | null {
  return countUnused({ trackers: trackers.filter((url) => !own.includes(url)), webSeeds })
}
