import type { TorrentRecord } from '../contracts/record-store.ts'
import type { HandleToAsk } from '../model/torrent.ts'

/** What of a torrent lies outside the browser's storage, and how it is used. */
export function handlesOf({
  place,
  deliverTo,
}: Pick<TorrentRecord, 'place' | 'deliverTo'>): readonly HandleToAsk[] {
  const roots = place.kind === 'picked' ? place.roots : []
  return [
    ...roots.map((handle) => ({ handle, mode: 'read' }) as const),
    ...(deliverTo === null ? [] : [{ handle: deliverTo, mode: 'readwrite' } as const]),
  ]
}

/** The name of the folder its files lie in or are written to; null when there is no one folder. */
export function folderOf(record: Pick<TorrentRecord, 'place' | 'deliverTo'>): string | null {
  const [only, ...more] = handlesOf(record)
  return only?.handle.kind === 'directory' && more.length === 0 ? only.handle.name : null
}
