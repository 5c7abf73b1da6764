import { expect } from 'chai'
import type { StoredSwarm, SwarmStore } from '../../src/engine/contracts/swarm-store.ts'
import { infoHashOfDigest } from '../../src/engine/model/ids.ts'
import type { ContractCase } from './contract-case.ts'

export interface SwarmStoreSetup {
  /** On a device that keeps none. */
  readonly store: SwarmStore
  /** The same device as a later visit, or another tab, finds it. */
  readonly again: () => SwarmStore
}

export const swarmOf = (number: number, content = 100): StoredSwarm => ({
  infoHash: infoHashOfDigest(new Uint8Array(20).fill(number)),
  content: new Uint8Array(content).map((_, at) => number + at),
})

const all = async (store: SwarmStore): Promise<readonly StoredSwarm[]> => {
  const found = await store.all()
  expect(found.ok).to.equal(true)
  return (found.ok ? found.value : []).toSorted((one, other) =>
    one.infoHash < other.infoHash ? -1 : 1,
  )
}

/** What every `SwarmStore` promises. */
export const swarmStoreCases: ReadonlyArray<ContractCase<SwarmStoreSetup>> = [
  {
    name: 'keeps none at first',
    async run({ store }) {
      expect(await all(store)).to.deep.equal([])
    },
  },
  {
    name: 'a later visit finds each as it was put last',
    async run({ store, again }) {
      await store.put(swarmOf(1))
      await store.put(swarmOf(2))
      await store.put({ ...swarmOf(1), content: swarmOf(3).content })

      expect(await all(again())).to.deep.equal([
        { ...swarmOf(1), content: swarmOf(3).content },
        swarmOf(2),
      ])
    },
  },
  {
    name: 'two that are put at once are both kept',
    async run({ store, again }) {
      await Promise.all([store.put(swarmOf(1)), again().put(swarmOf(2))])

      expect(await all(again())).to.deep.equal([swarmOf(1), swarmOf(2)])
    },
  },
  {
    name: 'what is changed after it was put is kept as it was',
    async run({ store }) {
      const given = swarmOf(1)
      const putting = store.put(given)
      await putting
      given.content.fill(0)

      expect(await all(store)).to.deep.equal([swarmOf(1)])
    },
  },
  {
    name: 'a whole log is kept, too',
    async run({ store, again }) {
      await store.put(swarmOf(4, 2_000_000))

      expect(await all(again())).to.deep.equal([swarmOf(4, 2_000_000)])
    },
  },
  {
    name: 'one that was removed is gone, the others stay, and it may be put anew',
    async run({ store, again }) {
      await store.put(swarmOf(1))
      await store.put(swarmOf(2))

      await store.remove(swarmOf(1).infoHash)

      expect(await all(again())).to.deep.equal([swarmOf(2)])
      await store.put(swarmOf(1))
      expect(await all(again())).to.deep.equal([swarmOf(1), swarmOf(2)])
    },
  },
]
