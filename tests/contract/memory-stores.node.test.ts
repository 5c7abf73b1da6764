import { describe, test } from 'vitest'
import { makeMemoryIdentityStore } from '../../src/engine/adapters/memory-identity-store.ts'
import { makeMemoryPieceStores } from '../../src/engine/adapters/memory-piece-store.ts'
import {
  makeMemoryRecordStore,
  nothingRemembered,
} from '../../src/engine/adapters/memory-record-store.ts'
import { makeMemoryRedemptions } from '../../src/engine/adapters/memory-redemptions.ts'
import { makeMemorySwarmStore } from '../../src/engine/adapters/memory-swarm-store.ts'
import type { PieceStores } from '../../src/engine/contracts/piece-store.ts'
import { ok } from '../../src/engine/model/result.ts'
import type { SealedPage } from '../../src/engine/storage/journal-page.ts'
import { makePieceCache } from '../../src/engine/storage/piece-cache.ts'
import { MIB } from '../../src/engine/model/units.ts'
import { identityStoreCases } from './identity-store.contract.ts'
import {
  fullDeviceCases,
  ownBytesCases,
  pieceStoreCases,
  type PieceStoreSetup,
} from './piece-store.contract.ts'
import { recordStoreCases } from './record-store.contract.ts'
import type { StoredSwarm } from '../../src/engine/contracts/swarm-store.ts'
import type { InfoHash } from '../../src/engine/model/ids.ts'
import { swarmStoreCases } from './swarm-store.contract.ts'
import { redemptionsCases } from './redemptions.contract.ts'

describe('piece stores in memory', () => {
  test.each([...pieceStoreCases, ...ownBytesCases])('$name', ({ run }) => run(setup()))
})

describe('piece stores in memory that is full', () => {
  test.each(fullDeviceCases)('$name', ({ run }) => run(setup({ capacity: 20.5 * MIB })))
})

describe('piece stores in memory behind a cache', () => {
  test.each(pieceStoreCases)('$name', ({ run }) => {
    const stores = cached(makeMemoryPieceStores())
    return run({ stores, again: async () => stores })
  })
})

describe('piece stores in memory that is full, behind a cache', () => {
  test.each(fullDeviceCases)('$name', ({ run }) => {
    const stores = cached(makeMemoryPieceStores({ capacity: 20.5 * MIB }))
    return run({ stores, again: async () => stores })
  })
})

describe('the identity in memory', () => {
  test.each(identityStoreCases)('$name', ({ run }) => {
    const kept = { identity: null }
    const again = () => makeMemoryIdentityStore(kept)
    return run({ store: again(), again })
  })
})

describe('private swarms in memory', () => {
  test.each(swarmStoreCases)('$name', ({ run }) => {
    const kept = new Map<InfoHash, StoredSwarm>()
    const again = () => makeMemorySwarmStore(kept)
    return run({ store: again(), again })
  })
})

describe('uses of invites in memory', () => {
  test.each(redemptionsCases)('$name', ({ run }) =>
    run({ redemptions: makeMemoryRedemptions(), relay: 'https://relay.test' }),
  )
})

describe('records in memory', () => {
  test.each(recordStoreCases)('$name', ({ run }) => {
    const remembered = nothingRemembered()
    return run({
      records: makeMemoryRecordStore(remembered),
      again: async () => makeMemoryRecordStore(remembered),
      async plantTorrent(stored) {
        remembered.torrents.set(stored.infoHash, stored)
      },
      async plantSettings(stored) {
        remembered.settings = stored
      },
      async spoilPage(infoHash, spoil) {
        // What the store itself put there.
        remembered.journal.set(infoHash, spoil(remembered.journal.get(infoHash) as SealedPage))
      },
    })
  })
})

function cached(stores: PieceStores): PieceStores {
  const cache = makePieceCache()
  return {
    ...stores,
    async open(infoHash, shape, choice) {
      const opened = await stores.open(infoHash, shape, choice)
      return opened.ok ? ok(cache.over(opened.value)) : opened
    },
  }
}

/** Memory knows no later visit: `again` is the same stores. */
function setup(limits?: { readonly capacity: number }): PieceStoreSetup {
  const stores = makeMemoryPieceStores(limits)
  return { stores, again: async () => stores }
}
