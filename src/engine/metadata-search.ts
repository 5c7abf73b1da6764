import type { EngineError } from './model/errors.ts'
import type { InfoHash } from './model/ids.ts'
import type { Metainfo } from './model/metainfo.ts'
import type { Result } from './model/result.ts'
import { resolveMetainfo } from './swarm/resolve-metainfo.ts'

/** Asks peers for metainfo, for a preview: one search an info hash, the last one that was begun. */
export interface MetadataSearch {
  /** Rejects with `signal.reason`, or when another takes its place. */
  begin(
    infoHash: InfoHash,
    trackers: readonly string[],
    signal: AbortSignal,
  ): Promise<Result<Metainfo, EngineError>>
  /** Resolves when nobody searches for it any more. */
  end(infoHash: InfoHash): Promise<void>
}

export function makeMetadataSearch(deps: Parameters<typeof resolveMetainfo>[0]): MetadataSearch {
  const running = new Map<InfoHash, { readonly stop: AbortController; done: Promise<unknown> }>()

  const end = async (infoHash: InfoHash): Promise<void> => {
    const search = running.get(infoHash)
    if (search === undefined) return
    search.stop.abort(new DOMException('the torrent was added', 'AbortError'))
    await search.done.catch(() => undefined)
  }

  return {
    async begin(infoHash, trackers, signal) {
      await end(infoHash)
      const stop = new AbortController()
      const both = AbortSignal.any([signal, stop.signal])
      const done = resolveMetainfo(deps, infoHash, trackers, both)
      const search = { stop, done }
      running.set(infoHash, search)
      try {
        return await done
      } finally {
        if (running.get(infoHash) === search) running.delete(infoHash)
      }
    },
    end,
  }
}
