import { makeRequestJudge } from './fallback/judge-request.ts'
import type { Log } from './contracts/log.ts'
import { toCause, type EngineError } from './model/errors.ts'
import type { InfoHash, PeerId } from './model/ids.ts'
import {
  MAX_JOBS,
  type BtFallbackAck,
  type BtFallbackRequest,
  type CandidateProblem,
  type PrivateJob,
  type PrivateTorrentModeOptions,
  type SourceCandidate,
} from './model/private-job.ts'
import type { InviteOptions, MemberSnapshot } from './model/private-swarm.ts'
import { err, ok, type Result } from './model/result.ts'
import type { Settings } from './model/settings.ts'
import { PRIVATE, type SwarmPolicy } from './model/swarm-policy.ts'
import type { AddOptions, TorrentSource } from './model/torrent.ts'
import { makeContentResolver, type ContentResolver } from './content-resolver.ts'
import { makePrivateJobs, readAudience, readJob, TOO_MANY_JOBS } from './private-jobs.ts'
import { policyOfMode } from './private-mode.ts'
import { readSource } from './source-text.ts'
import { mayRun } from './swarm/swarm-gate.ts'
import type { Torrents } from './torrents.ts'

export interface PrivateBackendDeps {
  /** Private swarms can be taken part in: there is an overlay to meet members in, and a disk to keep. */
  isSupported(): boolean
  readonly torrents: Torrents
  settings(): Pick<Settings, 'defaultPolicy' | 'privateOnly'>
  add(source: TorrentSource | string, options: AddOptions): Promise<Result<InfoHash, EngineError>>
  members(infoHash: InfoHash): Promise<Result<readonly MemberSnapshot[], EngineError>>
  invite(infoHash: InfoHash, options: InviteOptions): Promise<Result<string, EngineError>>
  /** What a source names, without asking any network; null when that cannot be told. */
  named: Parameters<typeof makeContentResolver>[0]['named']
  /** Whether a URL that came from elsewhere may be contacted from this page. */
  readonly pageHost: string
  /** Asks a peer in the overlay. Null when it does not answer. */
  ask(peer: PeerId, request: BtFallbackRequest, signal: AbortSignal): Promise<BtFallbackAck | null>
  readonly log: Log
}

/**
 * Private torrents for programs that know content by jobs and variants, and fall back to BitTorrent
 * among their own peers when other ways to it fail.
 */
export interface PrivateBackend {
  isSupported(): boolean
  /**
   * Joins one variant's torrent as a private one and answers with its info hash; what is there and
   * private already is as good. `policy/contradiction` for options that ask for a public one, and
   * for a torrent that is in the list as a public one: whoever wants that changes its policy.
   */
  prepare(
    job: unknown,
    variantId: string,
    options?: PrivateTorrentModeOptions,
  ): Promise<Result<InfoHash, EngineError>>
  /** The same for an info hash or a magnet URI. What is got is in the list from then on. */
  fetch(
    infoHashOrMagnet: string,
    options?: PrivateTorrentModeOptions,
  ): Promise<Result<InfoHash, EngineError>>
  /**
   * From now on the variants of this job are prepared for these peers, and for members of their
   * swarms, when they ask. Kept until the engine ends.
   */
  offer(job: unknown, to: unknown): Promise<Result<void, EngineError>>
  withdraw(jobId: string): void
  /** Asks another peer for a job of its own. `overlay/dial` when there is no answer. */
  ask(
    peer: PeerId,
    request: BtFallbackRequest,
    signal: AbortSignal,
  ): Promise<Result<BtFallbackAck, EngineError>>
  /** Judges such a request of somebody else. Never rejects. */
  answer(request: BtFallbackRequest, asker: PeerId): Promise<BtFallbackAck>
  /** With null as for new torrents; never as for a torrent that could not be added now. */
  findCandidates(
    content: TorrentSource | string,
    policy: SwarmPolicy | null,
  ): Promise<Result<readonly SourceCandidate[], EngineError>>
  /** Null when the candidate may be used. */
  validateCandidate(
    candidate: unknown,
    policy: SwarmPolicy | null,
  ): Promise<CandidateProblem | null>
}

export function makePrivateBackend(deps: PrivateBackendDeps): PrivateBackend {
  const { torrents, log } = deps
  const jobs = makePrivateJobs()
  const resolver: ContentResolver = makeContentResolver({
    torrents,
    jobs: () => jobs.all(),
    members: (infoHash) => deps.members(infoHash),
    named: (source) => deps.named(source),
    pageHost: deps.pageHost,
  })

  const join = async (
    source: TorrentSource | string,
    options: PrivateTorrentModeOptions,
  ): Promise<Result<InfoHash, EngineError>> => {
    const policy = policyOfMode(options)
    if (!policy.ok) return policy
    if (policy.value.name === 'public') return contradiction('a private torrent that is public')
    if (!deps.isSupported()) return err({ kind: 'engine/unsupported', what: 'private swarms' })
    // Whoever invites has said how the swarm is met; anything else is met as the options say.
    const added = await deps.add(source, { policy: policy.value })
    if (added.ok) return added
    if (added.error.kind !== 'input/duplicate') return added
    const present = torrents.get(added.error.infoHash)
    if (!present.ok) return present
    const isPrivate = present.value.snapshot().policy.name === 'private'
    return isPrivate ? ok(present.value.infoHash) : contradiction('a torrent that is public here')
  }

  const prepare: PrivateBackend['prepare'] = async (given, variantId, options = {}) => {
    const job = readJob(given)
    if (!job.ok) return job
    const variant = job.value.variants.find(({ id }) => id === variantId)
    if (variant === undefined) return err({ kind: 'input/source', reason: 'unknown' })
    return join(variant.source, options)
  }

  const isMember = async (infoHash: InfoHash, peer: PeerId): Promise<boolean> => {
    const present = torrents.get(infoHash)
    if (!present.ok || present.value.snapshot().policy.name === 'public') return false
    const members = await deps.members(infoHash)
    return members.ok && members.value.some(({ peerId }) => peerId === peer)
  }

  const inForce = (chosen: SwarmPolicy | null): SwarmPolicy => {
    const { defaultPolicy, privateOnly } = deps.settings()
    const policy = chosen ?? defaultPolicy
    return mayRun(policy, privateOnly) ? policy : PRIVATE
  }

  return {
    isSupported: () => deps.isSupported(),
    prepare,

    async fetch(text, options = {}) {
      const source = readSource(text)
      if (!source.ok) return source
      const { from } = source.value
      if (from !== 'magnet' && from !== 'info-hash') {
        return err({ kind: 'input/source', reason: 'unknown' })
      }
      return join(source.value, options)
    },

    async offer(given, to) {
      const job = readJob(given)
      if (!job.ok) return job
      const audience = readAudience(to)
      if (audience === null) return err({ kind: 'input/source', reason: 'unknown' })
      const there = jobs.all().some((offered) => offered.job.id === job.value.id)
      if (!there && jobs.size >= MAX_JOBS) return err(TOO_MANY_JOBS)
      const infoHashes = new Map<string, InfoHash>()
      for (const { id, source } of job.value.variants) {
        const named = await deps.named(source)
        if (named !== null) infoHashes.set(id, named.infoHash)
      }
      jobs.offer(job.value, audience, infoHashes)
      return ok()
    },

    withdraw: (jobId) => jobs.withdraw(jobId),

    async ask(peer, request, signal) {
      const answer = await deps.ask(peer, request, signal)
      if (answer !== null) return ok(answer)
      signal.throwIfAborted()
      return err({ kind: 'overlay/dial', peer, cause: toCause(new Error('no answer')) })
    },

    answer: makeRequestJudge({
      isSupported: () => deps.isSupported(),
      jobs: () => jobs.all(),
      isMember,
      prepare: (job: PrivateJob, variantId) => prepare(job, variantId),
      inviteFor: (infoHash, peer) =>
        deps.invite(infoHash, { boundTo: peer, uses: 1, counter: 'issuer' }),
      onFailure: (error) => log.warn('a torrent that was asked for is not prepared', { error }),
    }),

    findCandidates: (content, policy) => resolver.find(content, inForce(policy)),
    validateCandidate: (candidate, policy) => resolver.validate(candidate, inForce(policy)),
  }
}

const contradiction = (what: string) => err({ kind: 'policy/contradiction', what } as const)
