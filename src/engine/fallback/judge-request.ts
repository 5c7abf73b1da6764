import type { EngineError } from '../model/errors.ts'
import type { InfoHash, PeerId } from '../model/ids.ts'
import type {
  BtFallbackAck,
  BtFallbackRefusal,
  BtFallbackRequest,
  PrivateJob,
} from '../model/private-job.ts'
import type { Result } from '../model/result.ts'
import type { OfferedJob } from '../private-jobs.ts'

export interface RequestJudgeDeps {
  isSupported(): boolean
  jobs(): readonly OfferedJob[]
  /** Whether the peer may take part in the private swarm of this torrent. */
  isMember(infoHash: InfoHash, peer: PeerId): Promise<boolean>
  prepare(job: PrivateJob, variantId: string): Promise<Result<InfoHash, EngineError>>
  /** A link that lets this peer, and nobody else, into the swarm. */
  inviteFor(infoHash: InfoHash, peer: PeerId): Promise<Result<string, EngineError>>
  /** An `EngineError`, or whatever was thrown. */
  onFailure(error: unknown): void
}

/**
 * Judges what a peer asks for, and prepares it.
 *
 * A stranger hears `security-denied` whatever it asks for, so that nobody learns by guessing what is
 * offered here; whoever may have something hears `unknown-job-or-variant` for the rest.
 */
export function makeRequestJudge(
  deps: RequestJudgeDeps,
): (request: BtFallbackRequest, asker: PeerId) => Promise<BtFallbackAck> {
  const mayHave = async (variantId: string, offered: OfferedJob, asker: PeerId) => {
    if (offered.to.has(asker)) return true
    const infoHash = offered.infoHashes.get(variantId)
    return infoHash !== undefined && deps.isMember(infoHash, asker)
  }

  /** Something here is meant for the peer, whatever it asked for. */
  const isKnown = async (asker: PeerId): Promise<boolean> => {
    for (const offered of deps.jobs()) {
      for (const { id } of offered.job.variants) {
        if (await mayHave(id, offered, asker)) return true
      }
    }
    return false
  }

  const judge = async (request: BtFallbackRequest, asker: PeerId): Promise<BtFallbackAck> => {
    if (!deps.isSupported() || deps.jobs().length === 0) return refuse('backend-disabled')
    const { jobId, variantId, contentId } = request
    if (jobId === '' || variantId === '') return refuse('missing-job-id-or-variant-id')
    if (!(await isKnown(asker))) return refuse('security-denied')
    const offered = deps.jobs().find(({ job }) => job.id === jobId)
    const named = offered?.job.variants.some(({ id }) => id === variantId) === true
    if (offered === undefined || !named) return refuse('unknown-job-or-variant')
    const { job } = offered
    if (typeof job.contentId === 'string' && job.contentId !== contentId) {
      return refuse('unknown-job-or-variant')
    }
    if (!(await mayHave(variantId, offered, asker))) return refuse('unknown-job-or-variant')
    const prepared = await deps.prepare(job, variantId)
    if (!prepared.ok) return failed(prepared.error)
    const infoHash = prepared.value
    if (await deps.isMember(infoHash, asker)) return { accepted: true, infoHash, invite: null }
    const invite = await deps.inviteFor(infoHash, asker)
    if (!invite.ok) return failed(invite.error)
    return { accepted: true, infoHash, invite: invite.value }
  }

  const failed = (error: unknown): BtFallbackAck => {
    deps.onFailure(error)
    return refuse('internal-error')
  }

  return async (request, asker) => {
    try {
      return await judge(request, asker)
    } catch (thrown) {
      return failed(thrown)
    }
  }
}

const refuse = (reason: BtFallbackRefusal): BtFallbackAck => ({ accepted: false, reason })
