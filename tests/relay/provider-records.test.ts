import { expect, test } from 'vitest'
import { makeProviderRecords } from '../../relay/overlay/provider-records.ts'

const LIMITS = {
  providers: 100,
  providersPerKey: 4,
  providersPerPeer: 10,
  providersTold: 3,
  providerLifetime: 1000,
}
const VALUE = new Uint8Array([1])

function someRecords(here: readonly string[] = []) {
  const clock = { time: 0 }
  const records = makeProviderRecords({
    limits: LIMITS,
    isHere: (peer) => here.includes(peer),
    now: () => clock.time,
  })
  const peersOf = (key: string) => records.peersOf(key).map(([peer]) => peer)
  return { clock, records, peersOf }
}

test('the newest providers of a key are told first, and no more than fit into an answer', () => {
  const { records, peersOf } = someRecords()

  for (const peer of ['a', 'b', 'c', 'd']) records.put('key', peer, VALUE)
  records.put('key', 'a', VALUE)

  expect(peersOf('key')).toEqual(['a', 'd', 'c'])
  expect(peersOf('other')).toEqual([])
})

test('providers that are connected come before those that are not', () => {
  const { records, peersOf } = someRecords(['a'])

  for (const peer of ['a', 'b', 'c', 'd']) records.put('key', peer, VALUE)

  expect(peersOf('key')).toEqual(['a', 'd', 'c'])
})

test('a flooded key loses providers that are gone, and keeps the connected one', () => {
  const { records, peersOf } = someRecords(['honest'])
  records.put('key', 'honest', VALUE)

  for (let index = 0; index < 1000; index++) records.put('key', `sybil ${index}`, VALUE)

  expect(peersOf('key')).toEqual(['honest', 'sybil 999', 'sybil 998'])
})

test('a peer that floods loses its own oldest records and nobody else’s', () => {
  const { records, peersOf } = someRecords()
  records.put('key', 'honest', VALUE)

  for (let index = 0; index < 1000; index++) records.put(`garbage ${index}`, 'flood', VALUE)

  expect(records.size).toBe(11)
  expect(peersOf('key')).toEqual(['honest'])
  expect(peersOf('garbage 999')).toEqual(['flood'])
  expect(peersOf('garbage 989')).toEqual([])
})

test('all together are never more than the total', () => {
  const { records, peersOf } = someRecords()

  for (let index = 0; index < 1000; index++) records.put(`${index}`, `${index}`, VALUE)

  expect(records.size).toBe(100)
  expect(peersOf('999')).toEqual(['999'])
})

test('a record is forgotten at the end of its life, and kept when it was renewed', () => {
  const { clock, records, peersOf } = someRecords()
  records.put('key', 'silent', VALUE)
  records.put('key', 'alive', VALUE)

  clock.time = 999
  records.put('key', 'alive', VALUE)
  clock.time = 1000

  expect(peersOf('key')).toEqual(['alive'])
  expect(records.size).toBe(1)
})
