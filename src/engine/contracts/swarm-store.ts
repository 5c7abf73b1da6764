import type { ErrorIn } from '../model/errors.ts'
import type { InfoHash } from '../model/ids.ts'
import type { Result } from '../model/result.ts'

/** One private swarm at rest: what is inside is its owner's affair. */
export interface StoredSwarm {
  readonly infoHash: InfoHash
  readonly content: Uint8Array<ArrayBuffer>
}

/**
 * Keeps private swarms between visits, so that no secret of them is readable at rest. Every
 * implementation passes its contract suite.
 */
export interface SwarmStore {
  /** Those that cannot be opened any more are left out. */
  all(): Promise<Result<readonly StoredSwarm[], ErrorIn<'storage'>>>
  /** Puts it in the place of what was kept; on the disk when it is answered. */
  put(swarm: StoredSwarm): Promise<Result<void, ErrorIn<'storage'>>>
  remove(infoHash: InfoHash): Promise<Result<void, ErrorIn<'storage'>>>
}
