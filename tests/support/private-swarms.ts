import { makeMemorySwarmStore } from '../../src/engine/adapters/memory-swarm-store.ts'
import { silentLog } from '../../src/engine/contracts/log.ts'
import { makeSigner } from '../../src/engine/membership/peer-keys.ts'
import { ok } from '../../src/engine/model/result.ts'
import {
  makePrivateSwarms,
  type PrivateSwarms,
  type PrivateSwarmsDeps,
} from '../../src/engine/private/private-swarms.ts'

/** Private swarms of somebody whom nobody can reach, unless the test says how. */
export function privateSwarms(
  changes: Partial<PrivateSwarmsDeps> = {},
  seed: Uint8Array = crypto.getRandomValues(new Uint8Array(32)),
): PrivateSwarms {
  return makePrivateSwarms({
    store: makeMemorySwarmStore(),
    log: silentLog,
    signer: async () => ok(await makeSigner(seed)),
    name: () => null,
    now: () => Date.now(),
    node: () => null,
    ownRelays: () => [],
    lease: () => () => {},
    count: () => Promise.resolve(null),
    linked: () => [],
    onChange() {},
    ...changes,
  })
}
