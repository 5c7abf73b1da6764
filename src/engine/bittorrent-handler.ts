import type { PieceStores } from './contracts/piece-store.ts'
import type { ProtocolHandler } from './contracts/protocol-handler.ts'
import { createTorrent } from './create-torrent.ts'
import { mayAnnounceTo, mayFetch } from './fetchable-url.ts'
import type { Fetch } from './fetch-url.ts'
import type { CreationSnapshot } from './model/engine-state.ts'
import type { EngineError, ErrorIn } from './model/errors.ts'
import type { CreationId, InfoHash } from './model/ids.ts'
import type { Metainfo } from './model/metainfo.ts'
import { err, ok, type Result } from './model/result.ts'
import type { Settings } from './model/settings.ts'
import { isPrivate, PRIVATE, type SwarmPolicy } from './model/swarm-policy.ts'
import type {
  AddOptions,
  SeedFile,
  Seeded,
  SeedOptions,
  TorrentPreview,
  TorrentSource,
} from './model/torrent.ts'
import { findNamed, isTorrentFileUrl, pathsOf, type NamedTorrent } from './named-torrent.ts'
import { recordOf } from './new-record.ts'
import { encodeMetainfo, parseMetainfo } from './parse-metainfo.ts'
import { beginSwarmOf, planDoor } from './private/begin-swarm.ts'
import type { PrivateSwarms } from './private/private-swarms.ts'
import { countUnused, judgeContacts, mayRun } from './swarm/swarm-gate.ts'
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
  /** Loads what belongs to private swarms, if nobody has. */
  privates(): Promise<PrivateSwarms>
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

  /**
   * The policy to begin with: known before anybody is asked for anything, and never from the metainfo,
   * which whoever made it may have flagged or not. A private link cannot be joined as a public one.
   */
  const policyOf = (
    found: Pick<NamedTorrent, 'private'>,
    chosen: SwarmPolicy | undefined,
  ): Result<SwarmPolicy, ErrorIn<'policy'>> => {
    const { privateOnly, defaultPolicy } = deps.settings()
    const closed = defaultPolicy.name === 'private' ? defaultPolicy : PRIVATE
    const policy = chosen ?? (found.private || privateOnly ? closed : defaultPolicy)
    if (!mayRun(policy, privateOnly)) return err({ kind: 'policy/private-only' })
    if (found.private && policy.name === 'public') return contradiction('a private link as public')
    return ok(policy)
  }

  /** What the person is told about how it would be joined. */
  const joining = (found: NamedTorrent, policy: SwarmPolicy) => {
    const unused = countUnused(
      judgeContacts(policy, found).unused,
      policy.name === 'private' ? found.others : 0,
    )
    return { policy, ...(unused === null ? {} : { unused }) }
  }

  const previewOf = (
    found: NamedTorrent,
    metainfo: Metainfo,
    policy: SwarmPolicy,
  ): TorrentPreview => {
    const { infoHash, name, files, totalBytes, pieceLength, comment, info } = metainfo
    const contacts = contactsOf({ ...found, metainfo }, {})
    const selected = found.selected?.filter((index) => files[index] !== undefined) ?? null
    const some = selected !== null && selected.length > 0 ? selected : null
    return {
      ...joining(found, policy),
      infoHash,
      name,
      protocol: 'bittorrent',
      files: files.map(({ path, length }) => ({ path, length })),
      totalBytes,
      pieceLength,
      ...judgeContacts(policy, contacts).used,
      comment,
      selected: some,
      present: torrents.has(infoHash),
      source: { from: 'metainfo', bytes: encodeMetainfo({ info, ...contacts, comment }) },
      options: contacts,
    }
  }

  /** Of a private torrent only its members know more, and nobody else is asked. */
  const previewByName = (
    found: NamedTorrent,
    source: TorrentSource,
    policy: SwarmPolicy,
  ): TorrentPreview => ({
    ...joining(found, policy),
    infoHash: found.infoHash,
    name: found.name ?? found.infoHash,
    protocol: 'bittorrent',
    files: [],
    totalBytes: 0,
    pieceLength: 0,
    trackers: [],
    webSeeds: [],
    comment: null,
    selected: null,
    present: false,
    source,
    options: {},
  })

  return {
    name: 'bittorrent',

    supports: (source) => source.from !== 'url' || isTorrentFileUrl(source.url),

    async preview(source, signal) {
      const found = await findNamed(deps.fetch, source, signal)
      if (!found.ok) return found
      const policy = policyOf(found.value, undefined)
      if (!policy.ok) return policy
      const { metainfo: named } = found.value
      if (named !== null) return ok(previewOf(found.value, named, policy.value))
      const here = torrents.get(found.value.infoHash)
      const bytes = here.ok ? here.value.metainfo() : null
      if (bytes !== null) {
        const kept = await parseMetainfo(bytes)
        return kept.ok ? ok(previewOf(found.value, kept.value, policy.value)) : kept
      }
      if (here.ok) return err({ kind: 'input/duplicate', infoHash: found.value.infoHash })
      if (policy.value.name === 'private') {
        return ok(previewByName(found.value, source, policy.value))
      }
      const { trackers } = contactsOf(found.value, {})
      const metainfo = await deps.resolve(found.value.infoHash, trackers, signal)
      return metainfo.ok ? ok(previewOf(found.value, metainfo.value, policy.value)) : metainfo
    },

    async download(source, options) {
      const meant = policyOf({ private: false }, options.policy)
      if (!meant.ok) return meant // before a URL is asked for
      if (options.passphrase !== undefined) return contradiction('a passphrase without an invite')
      const found = await findNamed(deps.fetch, source, new AbortController().signal)
      if (!found.ok) return found
      const policy = policyOf(found.value, options.policy)
      if (!policy.ok) return policy
      const { infoHash, metainfo, name, selected } = found.value
      const present = torrents.get(infoHash)
      if (present.ok) {
        const isPublic = present.value.snapshot().policy.name === 'public'
        if (options.policy?.name === 'private' && isPublic) {
          return contradiction('a torrent that is public here')
        }
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
        policy: policy.value,
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
      const policy = policyOf({ private: false }, options.policy)
      if (!policy.ok) return policy
      return create(id, files, { ...options, policy: policy.value }, signal)
    },
  }

  async function create(
    id: CreationId,
    files: readonly SeedFile[],
    options: SeedOptions & { readonly policy: SwarmPolicy },
    signal: AbortSignal,
  ): Promise<Result<Seeded, EngineError>> {
    const { policy, trackers: chosen, passphrase: _, door: __, ...given } = options
    const plan = planDoor(policy, options)
    if (!plan.ok) return plan
    const trackers = isPrivate(policy) ? [] : (chosen ?? ownTrackers())
    const said = judgeContacts(policy, { trackers, webSeeds: [] }).used
    const made = await createTorrent(
      {
        stores: deps.stores,
        onCreation: deps.onCreation,
        has: (infoHash) => torrents.has(infoHash),
      },
      id,
      files,
      { ...given, trackers: said.trackers, private: policy.name === 'private' },
      signal,
    )
    if (!made.ok) return made
    const { metainfo, place } = made.value
    const { infoHash } = metainfo

    // There already, or made twice at once: whoever came first seeds it.
    const present = torrents.has(infoHash)
    if (!present && plan.value !== null) {
      const about = { name: metainfo.name, bytes: metainfo.totalBytes }
      const begun = await beginSwarmOf(await deps.privates(), infoHash, plan.value, about)
      if (!begun.ok) return begun
    }
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
    if (policy.name === 'private' && torrent.value.snapshot().policy.name === 'public') {
      return contradiction('a torrent that is public here')
    }
    if (present && place.kind === 'picked') torrent.value.lieIn(place)
    const torrentFile = encodeMetainfo({ ...metainfo, trackers: said.trackers })
    return ok({ infoHash, magnet: torrent.value.magnet(), torrentFile })
  }
}

const contradiction = (what: string) => err({ kind: 'policy/contradiction', what } as const)

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
}
