import * as v from 'valibot'
import { mayAnnounceTo, mayFetch } from './fetchable-url.ts'
import type { EngineError } from './model/errors.ts'
import { isInfoHash, type InfoHash } from './model/ids.ts'
import type { CandidateProblem, Provenance, SourceCandidate } from './model/private-job.ts'
import type { MemberSnapshot } from './model/private-swarm.ts'
import { err, ok, type Result } from './model/result.ts'
import type { SwarmPolicy } from './model/swarm-policy.ts'
import type { TorrentSource } from './model/torrent.ts'
import type { OfferedJob } from './private-jobs.ts'
import { readSource } from './source-text.ts'
import { offersFrom, type Contacts } from './swarm/swarm-gate.ts'
import type { Torrents } from './torrents.ts'

/** What a source names, as far as that can be told without asking anybody. */
export interface NamedContent extends Contacts {
  readonly infoHash: InfoHash
  /** It is an invite: whoever made it lets us in. */
  readonly invite: boolean
}

export interface ContentResolverDeps {
  readonly torrents: Torrents
  jobs(): readonly OfferedJob[]
  members(infoHash: InfoHash): Promise<Result<readonly MemberSnapshot[], EngineError>>
  /** Null when it names nothing, or only a network could tell. */
  named(source: TorrentSource | string): Promise<NamedContent | null>
  readonly pageHost: string
}

/** Says where some content can be had from, and whether what somebody says of it is so. */
export interface ContentResolver {
  /**
   * Of a source, or of the content or job that a text names. Only candidates whose provenance the
   * policy takes are offered. Asks no network. `input/source` when nothing is named.
   */
  find(
    content: TorrentSource | string,
    policy: SwarmPolicy,
  ): Promise<Result<readonly SourceCandidate[], EngineError>>
  /** Null when it may be used now: the policy takes its kind, and it is known from where it says. */
  validate(candidate: unknown, policy: SwarmPolicy): Promise<CandidateProblem | null>
}

export function makeContentResolver(deps: ContentResolverDeps): ContentResolver {
  /** All of them, whatever policy says. */
  const known = async (content: TorrentSource | string): Promise<SourceCandidate[] | null> => {
    const named = isName(content) ? null : await deps.named(content)
    if (named !== null) return about(named, content)
    if (typeof content !== 'string') return null
    const found = deps.jobs().filter(({ job }) => job.id === content || job.contentId === content)
    return found.length === 0 ? null : found.flatMap((offered) => inJob(offered))
  }

  const about = async (
    { infoHash, invite, trackers, webSeeds }: NamedContent,
    content: TorrentSource | string,
  ): Promise<SourceCandidate[]> => {
    const here: TorrentSource = { from: 'info-hash', infoHash }
    const given = typeof content === 'string' ? readSource(content) : ok(content)
    const source = given.ok ? given.value : here
    const from = (provenance: Provenance, names: readonly string[]): SourceCandidate[] =>
      names.map((name) => ({ infoHash, provenance, from: name, source }))

    return [
      ...(await membersWith(infoHash)).map((peerId): SourceCandidate => ({
        infoHash,
        provenance: 'overlay-member',
        from: peerId,
        source: here,
      })),
      ...(invite ? [{ infoHash, provenance: 'invite', from: null, source } as const] : []),
      ...deps.jobs().flatMap((offered) => inJob(offered, infoHash)),
      ...(invite ? [] : [{ infoHash, provenance: 'overlay', from: null, source } as const]),
      ...from(
        'tracker',
        trackers.filter((url) => mayAnnounceTo(url, deps.pageHost)),
      ),
      ...from(
        'web-seed',
        webSeeds.filter((url) => mayFetch(url, deps.pageHost)),
      ),
    ]
  }

  const membersWith = async (infoHash: InfoHash) => {
    const torrent = deps.torrents.get(infoHash)
    if (!torrent.ok || torrent.value.snapshot().policy.name === 'public') return []
    const members = await deps.members(infoHash)
    if (!members.ok) return []
    return members.value.filter(({ self }) => !self).map(({ peerId }) => peerId)
  }

  const inJob = ({ job, infoHashes }: OfferedJob, only?: InfoHash): SourceCandidate[] =>
    job.variants.flatMap(({ id }) => {
      const infoHash = infoHashes.get(id)
      if (infoHash === undefined || (only !== undefined && infoHash !== only)) return []
      const source = { from: 'info-hash', infoHash } as const
      return [{ infoHash, provenance: 'allowlist', from: job.id, source }]
    })

  return {
    async find(content, policy) {
      const candidates = await known(content)
      if (candidates === null) return err({ kind: 'input/source', reason: 'unknown' })
      return ok(candidates.filter(({ provenance }) => offersFrom(policy, provenance)))
    },

    async validate(given, policy) {
      const parsed = v.safeParse(candidate, given)
      if (!parsed.success) return 'format'
      const { infoHash, provenance, from, source } = parsed.output
      if (!offersFrom(policy, provenance)) return 'provenance-denied'
      // Also the source is somebody's word: what it names must be what the candidate says it is.
      const named = await deps.named(source)
      if (named === null || named.infoHash !== infoHash) return 'format'
      const again = await known(source)
      const same = again?.some((one) => one.provenance === provenance && one.from === from)
      return same === true ? null : 'unproved'
    },
  }
}

/** A text that is no source of any kind may still name a content or a job. */
function isName(content: TorrentSource | string): boolean {
  return typeof content === 'string' && !readSource(content).ok
}

const PROVENANCES = [
  'overlay-member',
  'invite',
  'allowlist',
  'overlay',
  'tracker',
  'web-seed',
] as const satisfies readonly Provenance[]

const candidate = v.strictObject({
  infoHash: v.custom<InfoHash>((text) => typeof text === 'string' && isInfoHash(text)),
  provenance: v.picklist(PROVENANCES),
  from: v.nullable(v.string()),
  source: v.variant('from', [
    v.strictObject({ from: v.literal('magnet'), uri: v.string() }),
    v.strictObject({
      from: v.literal('metainfo'),
      // What a message carries never has a shared buffer.
      bytes: v.custom<Uint8Array<ArrayBuffer>>((bytes) => bytes instanceof Uint8Array),
    }),
    v.strictObject({
      from: v.literal('info-hash'),
      infoHash: v.custom<InfoHash>((text) => typeof text === 'string' && isInfoHash(text)),
    }),
    v.strictObject({ from: v.literal('invite'), link: v.string() }),
  ]),
})
