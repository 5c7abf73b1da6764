import type { ProtocolHandler } from './contracts/protocol-handler.ts'
import { NO_PRIORITIES, type HttpRecord, type TorrentRecord } from './contracts/record-store.ts'
import { fetchUrl, type Fetch } from './fetch-url.ts'
import type { EngineError, ErrorIn } from './model/errors.ts'
import { infoHashOfDigest, type InfoHash } from './model/ids.ts'
import { err, ok, type Result } from './model/result.ts'
import type { Settings } from './model/settings.ts'
import { PUBLIC, type SwarmPolicy } from './model/swarm-policy.ts'
import type { Bytes } from './model/units.ts'
import { NO_LIMITS, type AddOptions, type TorrentPreview } from './model/torrent.ts'
import type { Torrent, Torrents } from './torrents.ts'

export interface HttpHandlerDeps {
  settings(): Settings
  readonly fetch: Fetch
  readonly torrents: Torrents
  /** Takes over where the URL turns out to be that of a `.torrent`. */
  readonly torrentFiles: ProtocolHandler
  makeTorrent(record: TorrentRecord & { readonly http: HttpRecord }): Torrent
}

/** One plain file by URL. */
export function makeHttpHandler(deps: HttpHandlerDeps): ProtocolHandler {
  const { torrents } = deps

  /** Asks for the whole file and goes away: HEAD is not allowed everywhere, and answers less. */
  const look = async (url: string, signal: AbortSignal): Promise<Result<Seen, EngineError>> => {
    const answer = await fetchUrl(deps.fetch, url, { range: 'bytes=0-' }, signal)
    if (!answer.ok) return answer
    const { headers, body } = answer.value
    await body?.cancel()
    const length = headers.get('content-length')
    return ok({
      length: length === null ? null : Number(length),
      torrentFile: /^application\/x-bittorrent\b/i.test(headers.get('content-type') ?? ''),
    })
  }

  /** The server of a plain file is a third party: it learns who asks, and for what. */
  const refusalOf = (policy: SwarmPolicy = PUBLIC): ErrorIn<'policy'> | null => {
    if (deps.settings().privateOnly) return { kind: 'policy/private-only' }
    if (policy.name === 'public') return null
    return { kind: 'policy/contradiction', what: 'a file of the web that is private' }
  }

  return {
    name: 'http',

    supports: (source) => source.from === 'url' && isHttpUrl(source.url),

    async preview(source, signal) {
      if (source.from !== 'url') return err({ kind: 'input/source', reason: 'unknown' })
      const refusal = refusalOf()
      if (refusal !== null) return err(refusal)
      const { url } = source
      const seen = await look(url, signal)
      if (!seen.ok) return seen
      if (seen.value.torrentFile) return deps.torrentFiles.preview(source, signal)
      const infoHash = await idOfUrl(url)
      const name = nameOf(url)
      const length = seen.value.length ?? 0
      return ok<TorrentPreview>({
        infoHash,
        name,
        protocol: 'http',
        files: [{ path: name, length }],
        totalBytes: length,
        pieceLength: 0,
        trackers: [],
        webSeeds: [],
        comment: null,
        selected: null,
        present: torrents.has(infoHash),
        source,
        options: {},
      })
    },

    async download(source, options): Promise<Result<InfoHash, EngineError>> {
      if (source.from !== 'url') return err({ kind: 'input/source', reason: 'unknown' })
      // What is behind the URL may be a `.torrent`: that is looked at before it is called public.
      const refusal = refusalOf()
      if (refusal !== null) return err(refusal)
      const infoHash = await idOfUrl(source.url)
      if (torrents.has(infoHash)) return err({ kind: 'input/duplicate', infoHash })
      const seen = await look(source.url, new AbortController().signal)
      if (!seen.ok) return seen
      if (seen.value.torrentFile) return deps.torrentFiles.download(source, options)
      if (torrents.has(infoHash)) return err({ kind: 'input/duplicate', infoHash })
      const contradiction = refusalOf(options.policy)
      if (contradiction !== null) return err(contradiction)
      torrents.put(deps.makeTorrent(recordOf(source.url, infoHash, options)))
      return ok(infoHash)
    },

    seed: () => Promise.resolve(err({ kind: 'engine/unsupported', what: 'seeding by HTTP' })),
  }
}

interface Seen {
  readonly length: Bytes | null
  readonly torrentFile: boolean
}

function recordOf(url: string, infoHash: InfoHash, options: AddOptions) {
  const policy: SwarmPolicy = PUBLIC
  return {
    infoHash,
    protocol: 'http' as const,
    name: nameOf(url),
    metainfo: null,
    trackers: [],
    webSeeds: [],
    policy,
    wanted: null,
    selected: null,
    paused: options.paused ?? false,
    addedAt: Date.now(),
    completedAt: null,
    downBytes: 0,
    upBytes: 0,
    http: { url, length: null, keptBytes: 0, validator: null },
    place: { kind: 'own' as const },
    deliverTo: options.deliverTo ?? null,
    delivered: [],
    priorities: NO_PRIORITIES,
    limits: NO_LIMITS,
  }
}

/** Stable for one URL and never the info hash of a torrent: it is the hash of other bytes. */
export async function idOfUrl(url: string): Promise<InfoHash> {
  const bytes = new TextEncoder().encode(`chiral/url:${new URL(url).href}`)
  return infoHashOfDigest(new Uint8Array(await crypto.subtle.digest('SHA-1', bytes)))
}

function isHttpUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}

/** The last part of the path, as a server of files would name it. */
function nameOf(url: string): string {
  const { pathname, hostname } = new URL(url)
  const last = pathname.slice(pathname.lastIndexOf('/') + 1)
  try {
    return decodeURIComponent(last) || hostname
  } catch {
    return last
  }
}
