import { describe, test } from 'vitest'
import { makeMemoryPieceStores } from '../../src/engine/adapters/memory-piece-store.ts'
import { MIB } from '../../src/engine/model/units.ts'
import { fullDeviceCases, pieceStoreCases, type PieceStoreSetup } from './piece-store.contract.ts'

describe('piece stores in memory', () => {
  test.each(pieceStoreCases)('$name', ({ run }) => run(setup()))
})

describe('piece stores in memory that is full', () => {
  test.each(fullDeviceCases)('$name', ({ run }) => run(setup({ capacity: 20.5 * MIB })))
})

/** Memory knows no later visit: `again` is the same stores. */
function setup(limits?: { readonly capacity: number }): PieceStoreSetup {
  const stores = makeMemoryPieceStores(limits)
  return { stores, again: async () => stores }
}
