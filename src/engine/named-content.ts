import type { NamedContent } from './content-resolver.ts'
import type { Fetch } from './fetch-url.ts'
import type { EngineError } from './model/errors.ts'
import { ok, type Result } from './model/result.ts'
import type { TorrentPreview, TorrentSource } from './model/torrent.ts'
import { findNamed } from './named-torrent.ts'
import { readSource } from './source-text.ts'

export interface NamedContentDeps {
  readonly fetch: Fetch
  /** Of an invite, which is read and not asked for. */
  preview(source: TorrentSource, signal: AbortSignal): Promise<Result<TorrentPreview, EngineError>>
}

/** What a source names, asking no network: null for a URL, and for what names nothing. */
export function makeNamedContent(
  deps: NamedContentDeps,
): (given: TorrentSource | string) => Promise<NamedContent | null> {
  const never = new AbortController().signal

  return async (given) => {
    const source = typeof given === 'string' ? readSource(given) : ok(given)
    if (!source.ok || source.value.from === 'url') return null
    if (source.value.from === 'invite') {
      const preview = await deps.preview(source.value, never)
      if (!preview.ok) return null
      return { infoHash: preview.value.infoHash, invite: true, trackers: [], webSeeds: [] }
    }
    const named = await findNamed(deps.fetch, source.value, never)
    if (!named.ok) return null
    const { infoHash, trackers, webSeeds } = named.value
    return { infoHash, invite: false, trackers, webSeeds }
  }
}
