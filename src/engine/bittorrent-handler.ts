import type { PieceStores } from './contracts/piece-store.ts'
import type { ProtocolHandler } from './contracts/protocol-handler.ts'
import type { TorrentRecord } from './contracts/record-store.ts'
import { createTorrent } from './create-torrent.ts'
import { mayAnnounceTo, mayFetch } from './fetchable-url.ts'
import type { Fetch } from './fetch-url.ts'
import type { CreationSnapshot } from './model/engine-state.ts'
import type { EngineError } from './model/errors.ts'
import type { CreationId, InfoHash } from './model/ids.ts'
import type { Metainfo } from './model/metainfo.ts'
import { err, ok, type Result } from './model/result.ts'
import type { Settings } from './model/settings.ts'
import type { SwarmPolicy } from './model/swarm-policy.ts'
import type { AddOptions, SeedFile, Seeded, SeedOptions, TorrentPreview } from './model/torrent.ts'
import { findNamed, isTorrentFileUrl, pathsOf, type NamedTorrent } from './named-torrent.ts'
import { encodeMetainfo, parseMetainfo } from './parse-metainfo.ts'
import type { SwarmTorrentStart } from './swarm-torrent.ts'
import type { Torrent, Torrents } from './torrents.ts'

export interface BitTorrentHandlerDeps {
  readonly fetch: Fetch
  readonly torrents: Torrents
  readonly stores: PieceStores
  /** The web tracker of the relay that served the page. */
  readonly ownTracker: string
  readonly pageHost: string
  settings(): Settings
  readonly makeTorrent: (start: SwarmTorrentStart) => Torrent
  /** Asks peers for the metainfo of an info hash (BEP 9). Rejects with `signal.reason` only. */
  resolve(
    infoHash: InfoHash,
    trackers: readonly string[],
    signal: AbortSignal,
  ): Promise<Result<Metainfo, EngineError>>
  /** Ends a `resolve` of this info hash, so that the torrent itself may join. */
  endResolve(infoHash: InfoHash): Promise<void>
  readonly onCreation: (creation: CreationSnapshot) => void
}

/** Magnets, `.torrent` files, bare info hashes, and URLs of `.torrent` files. */
export function makeBitTorrentHandler(deps: BitTorrentHandlerDeps): ProtocolHandler {
  const { torrents } = deps

  /** Trackers and web seeds to use: what a foreign text names is judged, what a person names is not. */
  const contactsOf = (found: NamedTorrent, options: AddOptions) => ({
    trackers:
      options.trackers ??
      unique([
        ...found.trackers.filter((url) => mayAnnounceTo(url, deps.pageHost)),
        // The makers of a torrent with BEP 27's flag chose its trackers, and no others.
        ...(found.metainfo?.private === true ? [] : ownTrackers()),
      ]),
    webSeeds: options.webSeeds ?? found.webSeeds.filter((url) => mayFetch(url, deps.pageHost)),
  })

  const ownTrackers = () => deps.settings().trackers ?? [deps.ownTracker]

  const previewOf = (found: NamedTorrent, metainfo: Metainfo): TorrentPreview => {
    const { infoHash, name, files, totalBytes, pieceLength, comment, info } = metainfo
    const contacts = contactsOf({ ...found, metainfo }, {})
    const selected = found.selected?.filter((index) => files[index] !== undefined) ?? null
    const some = selected !== null && selected.length > 0 ? selected : null
    return {
      infoHash,
      name,
      protocol: 'bittorrent',
      files: files.map(({ path, length }) => ({ path, length })),
      totalBytes,
      pieceLength,
      ...contacts,
      comment,
      selected: some,
      present: torrents.has(infoHash),
      source: { from: 'metainfo', bytes: encodeMetainfo({ info, ...contacts, comment }) },
      options: contacts,
    }
  }

  return {
    name: 'bittorrent',

    supports: (source) => source.from !== 'url' || isTorrentFileUrl(source.url),

    async preview(source, signal) {
      const found = await findNamed(deps.fetch, source, signal)
      if (!found.ok) return found
      if (found.value.metainfo !== null) return ok(previewOf(found.value, found.value.metainfo))
      const here = torrents.get(found.value.infoHash)
      const bytes = here.ok ? here.value.metainfo() : null
      if (bytes !== null) {
        const kept = await parseMetainfo(bytes)
        return kept.ok ? ok(previewOf(found.value, kept.value)) : kept
      }
      if (here.ok) return err({ kind: 'input/duplicate', infoHash: found.value.infoHash })
      const { trackers } = contactsOf(found.value, {})
      const metainfo = await deps.resolve(found.value.infoHash, trackers, signal)
      return metainfo.ok ? ok(previewOf(found.value, metainfo.value)) : metainfo
    },

    async download(source, options) {
      const policy = options.policy ?? deps.settings().defaultPolicy
      const refusal = refusalOf(policy, options.passphrase)
      if (refusal !== null) return err(refusal)
      const found = await findNamed(deps.fetch, source, new AbortController().signal)
      if (!found.ok) return found
      const { infoHash, metainfo, name, selected } = found.value
      const present = torrents.get(infoHash)
      if (present.ok) {
        const waits = metainfo !== null && present.value.metainfo() === null
        if (!waits) return err({ kind: 'input/duplicate', infoHash })
        present.value.supply(metainfo)
        return ok(infoHash)
      }
      await deps.endResolve(infoHash)
      if (torrents.has(infoHash)) return err({ kind: 'input/duplicate', infoHash })

      const record = recordOf({
        infoHash,
        name: metainfo?.name ?? name,
        metainfo: metainfo === null ? null : encodeMetainfo({ info: metainfo.info }),
        ...contactsOf(found.value, options),
        policy,
        wanted: options.paths ?? pathsOf(metainfo, selected),
        selected: metainfo === null ? selected : null,
        paused: options.paused ?? false,
        deliverTo: options.deliverTo ?? null,
        place: { kind: 'own' },
      })
      torrents.put(deps.makeTorrent({ record, metainfo, known: null }))
      return ok(infoHash)
    },

    async seed(id, files, options, signal): Promise<Result<Seeded, EngineError>> {
      const policy = options.policy ?? deps.settings().defaultPolicy
      const refusal = refusalOf(policy, options.passphrase)
      if (refusal !== null) return err(refusal)
      return create(id, files, { ...options, policy }, signal)
    },
  }

  async function create(
    id: CreationId,
    files: readonly SeedFile[],
    options: SeedOptions & { readonly policy: SwarmPolicy },
    signal: AbortSignal,
  ): Promise<Result<Seeded, EngineError>> {
    const trackers = options.trackers ?? ownTrackers()
    const { policy, trackers: _, passphrase: __, ...given } = options
    const made = await createTorrent(
      {
        stores: deps.stores,
        onCreation: deps.onCreation,
        has: (infoHash) => torrents.has(infoHash),
      },
      id,
      files,
      { ...given, trackers, private: policy.name === 'private' },
      signal,
    )
    if (!made.ok) return made
    const { metainfo, place } = made.value
    const { infoHash } = metainfo

    // There already, or made twice at once: whoever came first seeds it.
    const present = torrents.has(infoHash)
    if (!present) {
      const record = recordOf({
        infoHash,
        name: metainfo.name,
        metainfo: encodeMetainfo({ info: metainfo.info, comment: metainfo.comment }),
        trackers,
        webSeeds: [],
        policy,
        wanted: null,
        selected: null,
        paused: false,
        deliverTo: null,
        place,
      })
      const known = new Uint8Array(Math.ceil(metainfo.pieceCount / 8)).fill(0xff)
      torrents.put(deps.makeTorrent({ record, metainfo, known }))
    }
    const torrent = torrents.get(infoHash)
    if (!torrent.ok) return torrent
    if (present && place.kind === 'picked') torrent.value.lieIn(place)
    const torrentFile = encodeMetainfo({ ...metainfo, trackers })
    return ok({ infoHash, magnet: torrent.value.magnet(), torrentFile })
  }
}

/** Private swarms and passphrases are known words without a room yet: refused, never ignored. */
function refusalOf(policy: SwarmPolicy, passphrase: string | undefined): EngineError | null {
  if (policy.name === 'private') return { kind: 'engine/unsupported', what: 'private swarms' }
  if (passphrase !== undefined) return { kind: 'engine/unsupported', what: 'passphrases' }
  return null
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
}

function recordOf(
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
  }
}
