import * as v from 'valibot'
import type { ErrorIn } from './model/errors.ts'
import { isPeerId, type InfoHash, type PeerId } from './model/ids.ts'
import {
  MAX_CONTENT_ID,
  MAX_JOB_NAME,
  MAX_JOBS,
  MAX_VARIANTS,
  type PrivateJob,
  type PrivateVariant,
} from './model/private-job.ts'
import { err, ok, type Result } from './model/result.ts'

/** Jobs that peers may ask for: an allowlist of content. Lives as long as the engine. */
export interface PrivateJobs {
  readonly size: number
  /** Takes the place of a job of the same id. `infoHashes`: by variant id, where it is known. */
  offer(job: PrivateJob, to: readonly PeerId[], infoHashes: ReadonlyMap<string, InfoHash>): void
  withdraw(id: string): void
  all(): readonly OfferedJob[]
}

export interface OfferedJob {
  readonly job: PrivateJob
  readonly to: ReadonlySet<PeerId>
  readonly infoHashes: ReadonlyMap<string, InfoHash>
}

export function makePrivateJobs(): PrivateJobs {
  const jobs = new Map<string, OfferedJob>()

  return {
    get size() {
      return jobs.size
    },
    offer(job, to, infoHashes) {
      jobs.set(job.id, { job, to: new Set(to), infoHashes })
    },
    withdraw: (id) => void jobs.delete(id),
    all: () => [...jobs.values()],
  }
}

/** A job as a script gives it: bounded, each variant once. Its sources are read when they are used. */
export function readJob(given: unknown): Result<PrivateJob, ErrorIn<'input'>> {
  const parsed = v.safeParse(job, given)
  if (!parsed.success) return err({ kind: 'input/source', reason: 'unknown' })
  const { id, contentId, variants } = parsed.output
  return ok({ id, contentId, variants })
}

/** Who may ask, as a script gives it; null when one of them is no peer id. */
export function readAudience(given: unknown): readonly PeerId[] | null {
  const parsed = v.safeParse(audience, given)
  return parsed.success ? parsed.output : null
}

/** What is said when no more fit. */
export const TOO_MANY_JOBS = {
  kind: 'engine/unsupported',
  what: `more than ${MAX_JOBS} jobs`,
} as const

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_JOB_NAME))
const job = v.strictObject({
  id: name,
  contentId: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(MAX_CONTENT_ID))), null),
  variants: v.pipe(
    v.array(
      v.strictObject({
        id: name,
        // Judged by whoever reads sources.
        source: v.custom<PrivateVariant['source']>(
          (source) => typeof source === 'string' || (typeof source === 'object' && source !== null),
        ),
      }),
    ),
    v.minLength(1),
    v.maxLength(MAX_VARIANTS),
    v.check((variants) => new Set(variants.map(({ id }) => id)).size === variants.length),
  ),
})
const audience = v.pipe(
  v.array(v.custom<PeerId>((text) => typeof text === 'string' && isPeerId(text))),
  v.maxLength(MAX_JOBS),
)
