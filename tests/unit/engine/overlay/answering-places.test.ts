import { expect, test } from 'vitest'
import {
  makeAnsweringPlaces,
  MAX_ANSWERING,
  MAX_ANSWERING_PEER,
  UNDISTURBED,
} from '../../../../src/engine/overlay/answering-places.ts'
import { ALICE, strangers } from '../../../support/stream-pair.ts'

function setUp() {
  let time = 0
  const places = makeAnsweringPlaces(() => time)
  return { places, pass: (millis: number) => (time += millis) }
}

test('four that stall do not keep a newcomer waiting: one of them loses its older place', () => {
  const { places } = setUp()
  const stalling = strangers(MAX_ANSWERING / MAX_ANSWERING_PEER)
  const held = stalling.flatMap((peer) => [places.take(peer), places.take(peer)])

  const place = places.take(ALICE)

  expect(held.every((one) => one !== null)).toBe(true)
  expect(place?.signal.aborted).toBe(false)
  expect(held.map((one) => one?.signal.aborted).indexOf(true)).toBe(0)
  expect(held.filter((one) => one?.signal.aborted)).toHaveLength(1)
})

test('one peer has two places and no more, whoever else is there', () => {
  const { places } = setUp()
  const first = places.take(ALICE)
  places.take(ALICE)

  expect(places.take(ALICE)).toBeNull()
  first?.leave()
  expect(places.take(ALICE)).not.toBeNull()
})

test('where everybody has one, the oldest gives way when it had time enough, and not before', () => {
  const { places, pass } = setUp()
  const [oldest, ...others] = strangers(MAX_ANSWERING).map((peer) => {
    const place = places.take(peer)
    pass(1)
    return place
  })

  pass(UNDISTURBED - MAX_ANSWERING - 1)
  expect(places.take(ALICE)).toBeNull()
  pass(1)
  expect(places.take(ALICE)).not.toBeNull()

  expect(oldest?.signal.aborted).toBe(true)
  expect(others.some((place) => place?.signal.aborted)).toBe(false)
})

test('who has a place already does not take another’s', () => {
  const { places, pass } = setUp()
  const [peer, ...others] = strangers(MAX_ANSWERING)
  const held = [peer!, ...others].map((one) => places.take(one))
  pass(2 * UNDISTURBED)

  expect(places.take(peer!)).toBeNull()
  expect(held.some((place) => place?.signal.aborted)).toBe(false)
})

test('a place that was left, even twice, is there for the next', () => {
  const { places } = setUp()
  const held = strangers(MAX_ANSWERING).map((peer) => places.take(peer))
  held[0]?.leave()
  held[0]?.leave()

  expect(places.take(ALICE)).not.toBeNull()
  expect(held.some((place) => place?.signal.aborted)).toBe(false)
})
