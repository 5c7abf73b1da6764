import { expect, test } from 'vitest'
import {
  PUBLIC,
  type PeerSource,
  type SwarmPolicy,
} from '../../../../src/engine/model/swarm-policy.ts'
import { allows, mayPublish } from '../../../../src/engine/swarm/swarm-gate.ts'

const SOURCES: readonly PeerSource[] = ['tracker', 'overlay', 'invite', 'web-seed']
const allowedBy = (policy: SwarmPolicy) => SOURCES.filter((source) => allows(policy, source))

test('a public torrent takes peers from everywhere', () => {
  expect(allowedBy({ name: 'public' })).toEqual(SOURCES)
})

test('a private torrent takes peers from the sources it names and no others', () => {
  expect(allowedBy({ name: 'private', sources: ['overlay'] })).toEqual(['overlay'])
  expect(allowedBy({ name: 'private', sources: ['invite'] })).toEqual(['invite'])
  expect(allowedBy({ name: 'private', sources: ['overlay', 'invite'] })).toEqual([
    'overlay',
    'invite',
  ])
})

test('a private torrent without sources takes no peer at all', () => {
  expect(allowedBy({ name: 'private', sources: [] })).toEqual([])
})

test('a private policy that names a tracker or a web seed, as only a forged record can, still refuses them', () => {
  // The type forbids it; bytes on a disk do not know the type.
  const forged = { name: 'private', sources: [...SOURCES] } as unknown as SwarmPolicy

  expect(allowedBy(forged)).toEqual(['overlay', 'invite'])
})

test('only what is public in every way is found under a key that anybody can compute', () => {
  const privately = { name: 'private', sources: ['overlay', 'invite'] } as const

  expect(mayPublish(PUBLIC, false)).toBe(true)
  expect(mayPublish(PUBLIC, true)).toBe(false)
  expect(mayPublish(privately, false)).toBe(false)
})
