import type { StoredSwarm, SwarmStore } from '../contracts/swarm-store.ts'
import type { InfoHash } from '../model/ids.ts'
import { ok } from '../model/result.ts'

/** For windows in which the browser keeps nothing, and for tests. */
export function makeMemorySwarmStore(
  swarms: Map<InfoHash, StoredSwarm> = new Map<InfoHash, StoredSwarm>(),
): SwarmStore {
  return {
    all: async () => ok([...swarms.values()]),
    async put({ infoHash, content }) {
      swarms.set(infoHash, { infoHash, content: content.slice() })
      return ok()
    },
    async remove(infoHash) {
      swarms.delete(infoHash)
      return ok()
    },
  }
}
