import { expect } from 'chai'
import { openDB } from 'idb'
import { makeIdbSwarmStore } from '../../src/engine/adapters/idb-swarm-store.ts'
import type { ContractCase } from './contract-case.ts'
import { swarmOf } from './swarm-store.contract.ts'

/** What only private swarms in IndexedDB have to promise: somebody may look at the disk. */
export const idbSwarmCases: ReadonlyArray<ContractCase<null>> = [
  {
    name: 'nothing of a swarm is readable in the database, and its key cannot be read out',
    async run() {
      const name = crypto.randomUUID()
      const swarm = swarmOf(1)
      await makeIdbSwarmStore(name).put(swarm)

      const database = await openDB(name)
      const sealed: unknown[] = await database.getAll('swarms')
      const key: unknown = await database.get('keys', 'seal')
      database.close()

      expect(key instanceof CryptoKey && key.extractable).to.equal(false)
      const bytes = sealed
        .flatMap((one) => Object.values(one as Record<string, unknown>))
        .flatMap(bytesIn)
      expect(bytes.some((one) => one.join().includes(swarm.content.slice(0, 8).join()))).to.equal(
        false,
      )
    },
  },
  {
    name: 'one that was damaged, or put in the place of another, is left out',
    async run() {
      const name = crypto.randomUUID()
      const store = makeIdbSwarmStore(name)
      for (const number of [1, 2, 3]) await store.put(swarmOf(number))

      const database = await openDB(name)
      const record = (await database.get('swarms', swarmOf(1).infoHash)) as { sealed: ArrayBuffer }
      new Uint8Array(record.sealed)[5]! ^= 1
      await database.put('swarms', record)
      const moved = (await database.get('swarms', swarmOf(2).infoHash)) as object
      await database.put('swarms', { ...moved, infoHash: swarmOf(9).infoHash })
      await database.delete('swarms', swarmOf(2).infoHash)
      database.close()

      expect(await store.all()).to.deep.equal({ ok: true, value: [swarmOf(3)] })
    },
  },
  {
    name: 'a database of a newer version is said to be so',
    async run() {
      const name = crypto.randomUUID()
      const newer = await openDB(name, 9)
      newer.close()

      expect(await makeIdbSwarmStore(name).all()).to.deep.equal({
        ok: false,
        error: { kind: 'storage/newer' },
      })
    },
  },
]

function bytesIn(value: unknown): Uint8Array[] {
  if (value instanceof ArrayBuffer) return [new Uint8Array(value)]
  return value instanceof Uint8Array ? [value] : []
}
