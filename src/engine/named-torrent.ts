import { fetchUrl, readBody, type Fetch } from './fetch-url.ts'
import { parseMagnet } from './magnet.ts'
import type { EngineError } from './model/errors.ts'
import type { FileIndex, InfoHash } from './model/ids.ts'
import type { Metainfo } from './model/metainfo.ts'
import { err, ok, unreachable, type Result } from './model/result.ts'
import type { TorrentSource } from './model/torrent.ts'
import { MAX_METAINFO_LENGTH, parseMetainfo } from './parse-metainfo.ts'

/** What a source names, before or after its metainfo is known. */
export interface NamedTorrent {
  readonly infoHash: InfoHash
  readonly name: string | null
  readonly metainfo: Metainfo | null
  /** As they were named: nobody has judged them yet. */
  readonly trackers: readonly string[]
  readonly webSeeds: readonly string[]
  readonly selected: readonly FileIndex[] | null
  /** The link says that it is for members only. The metainfo's own flag is another matter (BEP 27). */
  readonly private: boolean
  /** Places beside trackers and web seeds that are named and never used. */
  readonly others: number
}

/** Reads a source strictly; asks the network for a URL only. Rejects with `signal.reason` only. */
export async function findNamed(
  fetch: Fetch,
  source: TorrentSource,
  signal: AbortSignal,
): Promise<Result<NamedTorrent, EngineError>> {
  switch (source.from) {
    case 'magnet': {
      const magnet = parseMagnet(source.uri)
      return magnet.ok ? ok({ ...magnet.value, metainfo: null }) : magnet
    }
    case 'info-hash': {
      const { infoHash } = source
      return ok({ infoHash, name: null, metainfo: null, ...NOTHING_NAMED })
    }
    case 'metainfo':
      return namedIn(source.bytes)
    case 'url': {
      const bytes = await fetchTorrentFile(fetch, source.url, signal)
      if (!bytes.ok) return bytes
      const found = await namedIn(bytes.value)
      // What is behind the URL is a page or another kind of file: the URL is what is wrong.
      const other = !found.ok && !looksBencoded(bytes.value)
      return other ? err({ kind: 'http/not-a-torrent', url: source.url }) : found
    }
    case 'invite':
      return err({ kind: 'engine/unsupported', what: 'invites' })
    default:
      return unreachable(source)
  }
}

/** By its looks: that of a `.torrent` file. */
export function isTorrentFileUrl(url: string): boolean {
  return URL.canParse(url) && /\.torrent$/i.test(new URL(url).pathname)
}

/** Files that a source selected by their numbers; null for all, or while nobody can tell. */
export function pathsOf(
  metainfo: Metainfo | null,
  selected: readonly FileIndex[] | null,
): readonly string[] | null {
  if (metainfo === null || selected === null) return null
  const paths = selected.flatMap((index) => metainfo.files[index]?.path ?? [])
  return paths.length > 0 ? paths : null
}

const SAID_NOTHING = { selected: null, private: false, others: 0 } as const
const NOTHING_NAMED = { trackers: [], webSeeds: [], ...SAID_NOTHING } as const

async function namedIn(bytes: Uint8Array): Promise<Result<NamedTorrent, EngineError>> {
  const metainfo = await parseMetainfo(bytes)
  if (!metainfo.ok) return metainfo
  const { infoHash, name, trackers, webSeeds } = metainfo.value
  const contacts = { trackers, webSeeds }
  return ok({ infoHash, name, metainfo: metainfo.value, ...contacts, ...SAID_NOTHING })
}

async function fetchTorrentFile(
  fetch: Fetch,
  url: string,
  signal: AbortSignal,
): Promise<Result<Uint8Array<ArrayBuffer>, EngineError>> {
  const answer = await fetchUrl(fetch, url, {}, signal)
  if (!answer.ok) return answer
  return readBody(answer.value, url, MAX_METAINFO_LENGTH, signal)
}

function looksBencoded(bytes: Uint8Array): boolean {
  return bytes[0] === 'd'.charCodeAt(0)
}
