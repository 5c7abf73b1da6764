import { expect } from 'chai'
import { openDB } from 'idb'
import { makeIdbIdentityStore } from '../../src/engine/adapters/idb-identity-store.ts'
import type { ContractCase } from './contract-case.ts'
import { anIdentity, seedOf } from './identity-store.contract.ts'

/** What only the identity in IndexedDB has to promise: there is a disk, and somebody may look at it. */
export const idbIdentityCases: ReadonlyArray<ContractCase<null>> = [
  {
    name: 'no key is in the database but one that cannot be read out',
    async run() {
      const name = crypto.randomUUID()
      await makeIdbIdentityStore(name).keepFirst(anIdentity({ seed: seedOf(3) }))

      const found = await everythingIn(name)
      const keys = found.filter((value) => value instanceof CryptoKey)
      const bytes = found.flatMap((value) =>
        value instanceof ArrayBuffer
          ? [new Uint8Array(value)]
          : value instanceof Uint8Array
            ? [value]
            : [],
      )

      expect(keys.map(({ extractable }) => extractable)).to.deep.equal([false])
      expect(bytes.map(({ length }) => length).sort()).to.deep.equal([12, 48])
      const plain = seedOf(3).join()
      expect(bytes.some((one) => one.join().includes(plain.slice(0, 20)))).to.equal(false)
    },
  },
  {
    name: 'what a newer version wrote is said to be so, and left as it is',
    async run() {
      const name = crypto.randomUUID()
      const store = makeIdbIdentityStore(name)
      await store.keepFirst(anIdentity({}))
      await change(name, (record) => ({ ...record, version: 2, more: true }))

      const newer = { ok: false, error: { kind: 'storage/newer' } }
      expect(await store.read()).to.deep.equal(newer)
      expect(await store.keepFirst(anIdentity({ seed: seedOf(9) }))).to.deep.equal(newer)
      expect(await everythingIn(name)).to.include(2)
    },
  },
  {
    name: 'one that was damaged on the disk is as good as none, and gives way to another',
    async run() {
      const name = crypto.randomUUID()
      const store = makeIdbIdentityStore(name)
      await store.keepFirst(anIdentity({ seed: seedOf(1) }))
      await change(name, (record) => ({ ...record, sealed: new ArrayBuffer(48) }))

      const found = await store.read()
      const kept = await store.keepFirst(anIdentity({ seed: seedOf(2) }))

      expect(found).to.deep.equal({ ok: true, value: null })
      expect(kept).to.deep.equal({ ok: true, value: anIdentity({ seed: seedOf(2) }) })
      expect(await store.read()).to.deep.equal(kept)
    },
  },
]

/** Every value in every store of a database, however deep. */
async function everythingIn(name: string): Promise<unknown[]> {
  const database = await openDB(name)
  const found: unknown[] = []
  for (const store of database.objectStoreNames) {
    for (const record of await database.getAll(store)) found.push(...valuesIn(record))
  }
  database.close()
  return found
}

function valuesIn(value: unknown): unknown[] {
  const plain = typeof value === 'object' && value !== null && value.constructor === Object
  return plain ? Object.values(value).flatMap(valuesIn) : [value]
}

async function change(name: string, next: (record: object) => object): Promise<void> {
  const database = await openDB(name)
  // What the store itself put there.
  const record = (await database.get('identity', 'self')) as object
  await database.put('identity', next(record), 'self')
  database.close()
}
