import type { IdentityStore, KeptIdentity } from '../contracts/identity-store.ts'
import { ok } from '../model/result.ts'

/** For windows without a disk, and for tests: forgotten with the worker. */
export function makeMemoryIdentityStore(): IdentityStore {
  let kept: KeptIdentity | null = null

  return {
    read: async () => ok(kept),
    keepFirst: async (identity) => ok((kept ??= identity)),
    async replace(identity) {
      kept = identity
      return ok()
    },
    async clear() {
      kept = null
      return ok()
    },
  }
}
