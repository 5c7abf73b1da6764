import { expect } from 'chai'
import type { IdentityStore, KeptIdentity } from '../../src/engine/contracts/identity-store.ts'
import type { ContractCase } from './contract-case.ts'

export interface IdentityStoreSetup {
  /** On a device that keeps none. */
  readonly store: IdentityStore
  /** The same device as a later visit, or another tab, finds it. */
  readonly again: () => IdentityStore
}

/** What every `IdentityStore` promises. */
export const identityStoreCases: ReadonlyArray<ContractCase<IdentityStoreSetup>> = [
  {
    name: 'keeps none at first',
    async run({ store }) {
      expect(await store.read()).to.deep.equal({ ok: true, value: null })
    },
  },
  {
    name: 'a later visit finds it as it was',
    async run({ store, again }) {
      const identity = anIdentity({ name: 'Zoë' })
      await store.keepFirst(identity)

      expect(await again().read()).to.deep.equal({ ok: true, value: identity })
    },
  },
  {
    name: 'of two that are made at once the first is kept, and both makers are given it',
    async run({ store, again }) {
      const kept = await Promise.all([
        store.keepFirst(anIdentity({ seed: seedOf(1) })),
        again().keepFirst(anIdentity({ seed: seedOf(2) })),
      ])

      expect(kept[0]).to.deep.equal(kept[1])
      expect(await store.read()).to.deep.equal(kept[0])
    },
  },
  {
    name: 'what is put in its place is found instead',
    async run({ store, again }) {
      await store.keepFirst(anIdentity({ seed: seedOf(1) }))

      await store.replace(anIdentity({ seed: seedOf(2), name: 'other' }))

      expect(await again().read()).to.deep.equal({
        ok: true,
        value: anIdentity({ seed: seedOf(2), name: 'other' }),
      })
    },
  },
  {
    name: 'what was cleared is gone, and another may be kept',
    async run({ store, again }) {
      await store.keepFirst(anIdentity({ seed: seedOf(1) }))

      await store.clear()

      expect(await again().read()).to.deep.equal({ ok: true, value: null })
      await store.keepFirst(anIdentity({ seed: seedOf(2) }))
      expect(await again().read()).to.deep.include({ value: anIdentity({ seed: seedOf(2) }) })
    },
  },
]

export function anIdentity(changes: Partial<KeptIdentity>): KeptIdentity {
  return { seed: seedOf(7), name: null, createdAt: 1_790_000_000_000, ...changes }
}

export function seedOf(byte: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(32).map((_, at) => byte + at)
}
