import { expect, test } from 'vitest'
import type { RelaySnapshot } from '../../../../src/engine/model/engine-state.ts'
import { overlaySnapshot } from '../../../../src/engine/overlay/overlay-state.ts'
import { ALICE, BOB } from '../../../support/stream-pair.ts'

const unreachable = { kind: 'overlay/relay-unreachable', address: 'https://relay.example' } as const

function relay(changes: Partial<RelaySnapshot>, attempt = 1) {
  const snapshot: RelaySnapshot = {
    address: 'https://relay.example',
    peerId: BOB,
    state: 'connecting',
    error: null,
    retryAt: null,
    since: 1,
    answeredAt: null,
    stun: null,
    ...changes,
  }
  return { snapshot, attempt }
}

const lost = (retryAt: number) => relay({ state: 'lost', error: unreachable, retryAt })

test('without relays the overlay is off', () => {
  expect(overlaySnapshot([], null, 0)).toEqual({ name: 'off' })
})

test('one relay that holds a reservation is enough, and all of them are told of', () => {
  const relays = [lost(5), relay({ state: 'reserved' })]

  expect(overlaySnapshot(relays, ALICE, 3)).toEqual({
    name: 'reserved',
    self: ALICE,
    relay: BOB,
    peers: 3,
    relays: relays.map(({ snapshot }) => snapshot),
  })
})

test('while a relay is tried it is connecting, and says how often', () => {
  const relays = [lost(5), relay({}, 4)]

  expect(overlaySnapshot(relays, ALICE, 0)).toEqual({
    name: 'connecting',
    relay: 'https://relay.example',
    attempt: 4,
    relays: relays.map(({ snapshot }) => snapshot),
  })
})

test('when all are lost it says why, and when the next is asked', () => {
  const relays = [lost(9), lost(5)]

  expect(overlaySnapshot(relays, ALICE, 0)).toEqual({
    name: 'lost',
    error: unreachable,
    retryAt: 5,
    relays: relays.map(({ snapshot }) => snapshot),
  })
})
