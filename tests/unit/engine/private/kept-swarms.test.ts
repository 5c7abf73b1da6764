import { expect, test } from 'vitest'
import { makeMemorySwarmStore } from '../../../../src/engine/adapters/memory-swarm-store.ts'
import type { SwarmStore } from '../../../../src/engine/contracts/swarm-store.ts'
import { err } from '../../../../src/engine/model/result.ts'
import { PRIVATE } from '../../../../src/engine/model/swarm-policy.ts'
import { anInfoHash } from '../../../support/a-torrent.ts'
import { privateSwarms } from '../../../support/private-swarms.ts'

const ABOUT = { name: 'holiday', bytes: 1000 }

test('a swarm of an earlier visit is there again, with the same name', async () => {
  const store = makeMemorySwarmStore()
  const seed = crypto.getRandomValues(new Uint8Array(32))
  const before = await privateSwarms({ store }, seed).create(anInfoHash(), 'members', ABOUT)

  const later = privateSwarms({ store }, seed)
  await later.ready

  expect(before.ok && later.get(anInfoHash())?.swarm).toBe(before.ok && before.value.swarm)
})

test('while what is kept cannot be read, nothing is written over it', async () => {
  const kept = makeMemorySwarmStore()
  await privateSwarms({ store: kept }).create(anInfoHash(), 'members', ABOUT)
  const before = await kept.all()
  const broken = { kind: 'storage/io', cause: { name: 'UnknownError', message: 'disk' } } as const
  const store: SwarmStore = { ...kept, all: async () => err(broken) }

  const swarms = privateSwarms({ store })
  swarms.meetingDoor(anInfoHash(), PRIVATE)
  const created = await swarms.create(anInfoHash(), 'members', ABOUT)

  expect(created).toEqual(err(broken))
  expect(await kept.all()).toEqual(before)
})

test('a swarm that a newer version keeps is left as it is', async () => {
  const store = makeMemorySwarmStore()
  await store.put({ infoHash: anInfoHash(), content: new Uint8Array([1, 2, 3]) })
  const before = await store.all()

  const created = await privateSwarms({ store }).create(anInfoHash(), 'members', ABOUT)

  expect(created).toEqual(err({ kind: 'storage/newer' }))
  expect(await store.all()).toEqual(before)
})
