import type { PieceStores } from '../contracts/piece-store.ts'
import type { OrphanSnapshot, StorageUsage } from '../model/engine-state.ts'
import type { InfoHash } from '../model/ids.ts'
import type { Metainfo } from '../model/metainfo.ts'
import type { Bytes } from '../model/units.ts'
import { parseMetainfo } from '../parse-metainfo.ts'

/** Folders looked into at once. */
const LOOKS_IN_FLIGHT = 8

/** Who uses the space: the torrents of the list, and data that is nobody's. Largest first. */
export async function measureUsage(
  stores: PieceStores,
  isListed: (infoHash: InfoHash) => boolean,
  /** Removed, but it may be taken back. */
  isLeaving: (infoHash: InfoHash) => boolean,
): Promise<StorageUsage> {
  const torrents: { infoHash: InfoHash; bytes: Bytes }[] = []
  const orphans: OrphanSnapshot[] = []
  const queue = (await stores.list()).values()

  const look = async (): Promise<void> => {
    // The lanes share one iterator, so each folder is looked into by one of them.
    for (const infoHash of queue) {
      if (isLeaving(infoHash)) continue
      const stored = await stores.look(infoHash)
      if (stored === null) continue
      if (isListed(infoHash)) torrents.push({ infoHash, bytes: stored.bytes })
      else {
        const metainfo = await readMetainfo(infoHash, stored.metainfo)
        orphans.push({ infoHash, name: metainfo?.name ?? null, bytes: stored.bytes })
      }
    }
  }
  await Promise.all(Array.from({ length: LOOKS_IN_FLIGHT }, look))

  const largestFirst = (one: { bytes: Bytes }, other: { bytes: Bytes }) => other.bytes - one.bytes
  return { torrents: torrents.sort(largestFirst), orphans: orphans.sort(largestFirst) }
}

/** The metainfo that lies beside a torrent's data; null when it is not that torrent's. */
export async function readMetainfo(
  infoHash: InfoHash,
  stored: Uint8Array | null,
): Promise<Metainfo | null> {
  if (stored === null) return null
  const parsed = await parseMetainfo(stored)
  return parsed.ok && parsed.value.infoHash === infoHash ? parsed.value : null
}
