import type { IdentityStore, KeptIdentity } from '../contracts/identity-store.ts'
import { ok } from '../model/result.ts'

/** What a device remembers between visits, for tests that visit twice. */
export interface KeptInMemory {
  identity: KeptIdentity | null
}

/** For windows without a disk, and for tests: forgotten with the worker. */
export function makeMemoryIdentityStore(kept: KeptInMemory = { identity: null }): IdentityStore {
  return {
    read: async () => ok(kept.identity),
    keepFirst: async (identity) => ok((kept.identity ??= identity)),
    async replace(identity) {
      kept.identity = identity
      return ok()
    },
    async clear() {
      kept.identity = null
      return ok()
    },
  }
}
