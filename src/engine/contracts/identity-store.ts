import type { ErrorIn } from '../model/errors.ts'
import type { Result } from '../model/result.ts'
import type { Timestamp } from '../model/units.ts'

/** An Ed25519 key and what its owner calls it. */
export interface KeptIdentity {
  /** 32 bytes, from which the whole key pair follows (RFC 8032). Never logged, never sent. */
  readonly seed: Uint8Array<ArrayBuffer>
  readonly name: string | null
  readonly createdAt: Timestamp
}

/**
 * Keeps one identity between visits, so that no raw key is at rest. Every implementation passes
 * its contract suite.
 */
export interface IdentityStore {
  /**
   * Null when there is none, or what is kept cannot be opened any more. `storage/newer` when a
   * newer version of the app wrote it: then nothing is changed.
   */
  read(): Promise<Result<KeptIdentity | null, ErrorIn<'storage'>>>
  /** Keeps it unless another tab was faster; answers what is kept then. */
  keepFirst(identity: KeptIdentity): Promise<Result<KeptIdentity, ErrorIn<'storage'>>>
  /** Puts it in the place of what was kept. */
  replace(identity: KeptIdentity): Promise<Result<void, ErrorIn<'storage'>>>
  clear(): Promise<Result<void, ErrorIn<'storage'>>>
}
