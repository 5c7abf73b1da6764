import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RtcIceServer } from '../../../../src/engine/contracts/rtc.ts'
import {
  PUBLIC,
  type PeerSource,
  type SwarmPolicy,
} from '../../../../src/engine/model/swarm-policy.ts'
import {
  allows,
  judgeContacts,
  mayPublish,
  mayRun,
  rtcConfigFor,
  type Contacts,
} from '../../../../src/engine/swarm/swarm-gate.ts'

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

const PRIVATE: SwarmPolicy = { name: 'private', sources: ['overlay', 'invite'] }
const ONE = ['wss://tracker.example/announce']
const TWO = ['https://seed.example/a', 'https://seed.example/b']

/** Every policy there can be, and what it lets through. */
const POLICIES: ReadonlyArray<readonly [SwarmPolicy, readonly PeerSource[]]> = [
  [PUBLIC, SOURCES],
  [{ name: 'private', sources: [] }, []],
  [{ name: 'private', sources: ['overlay'] }, ['overlay']],
  [{ name: 'private', sources: ['invite'] }, ['invite']],
  [PRIVATE, ['overlay', 'invite']],
]
const CONTENTS: ReadonlyArray<readonly [string, Contacts]> = [
  ['nothing', { trackers: [], webSeeds: [] }],
  ['trackers', { trackers: ONE, webSeeds: [] }],
  ['web seeds', { trackers: [], webSeeds: TWO }],
  ['both', { trackers: ONE, webSeeds: TWO }],
]
const TABLE = POLICIES.flatMap(([policy, sources]) =>
  [false, true].flatMap((flagged) =>
    CONTENTS.flatMap(([names, contacts]) =>
      SOURCES.map((source) => ({ policy, sources, flagged, names, contacts, source })),
    ),
  ),
)

describe('every policy, source, flag and link', () => {
  test.each(TABLE)(
    '$policy.name $policy.sources, flag $flagged, a link with $names, source $source',
    ({ policy, sources, flagged, contacts, source }) => {
      const { used, unused } = judgeContacts(policy, contacts)
      const open = policy.name === 'public'

      expect(allows(policy, source)).toBe(sources.includes(source))
      expect(mayPublish(policy, flagged)).toBe(open && !flagged)
      expect(used).toEqual(open ? contacts : { trackers: [], webSeeds: [] })
      expect(unused).toEqual(open ? { trackers: [], webSeeds: [] } : contacts)
    },
  )
})

/** What a disk, a backup or a message may hold where a policy should be. */
const forged = fc
  .array(fc.oneof(fc.constantFrom(...SOURCES), fc.string()), { maxLength: 8 })
  // Only a forged record has such sources; the type forbids them.
  .map((sources) => ({ name: 'private', sources }) as unknown as SwarmPolicy)
const urls = fc.array(fc.webUrl(), { maxLength: 5 })

test('no private policy, whatever its stored sources say, lets a tracker or a web seed through', () => {
  fc.assert(
    fc.property(forged, fc.boolean(), urls, urls, (policy, flagged, trackers, webSeeds) => {
      const judged = judgeContacts(policy, { trackers, webSeeds })

      expect(allows(policy, 'tracker')).toBe(false)
      expect(allows(policy, 'web-seed')).toBe(false)
      expect(mayPublish(policy, flagged)).toBe(false)
      expect(judged.used).toEqual({ trackers: [], webSeeds: [] })
      expect(judged.unused).toEqual({ trackers, webSeeds })
    }),
  )
})

test('while only private torrents may run, no public one does', () => {
  expect(mayRun(PUBLIC, false)).toBe(true)
  expect(mayRun(PUBLIC, true)).toBe(false)
  expect(mayRun(PRIVATE, false)).toBe(true)
  expect(mayRun(PRIVATE, true)).toBe(true)
})

const RELAY: RtcIceServer = { urls: ['stun:relay.example:3478'] }
const STUN: RtcIceServer = { urls: ['stun:stun.company.example'] }
const TURN: RtcIceServer = { urls: ['turn:turn.example'], username: 'me', credential: 'mine' }
const MIXED: RtcIceServer = {
  urls: ['stuns:turn.example', 'turns:turn.example', 'STUN:turn.example'],
  username: 'me',
  credential: 'mine',
}

test('a public torrent uses the servers of the settings, and without any the STUN of its relays', () => {
  const hidden = { chosen: [STUN, TURN], ofRelays: [RELAY], hideAddress: true }

  expect(rtcConfigFor(PUBLIC, { ...hidden, hideAddress: false })).toEqual({
    iceServers: [STUN, TURN],
  })
  expect(rtcConfigFor(PUBLIC, { chosen: [], ofRelays: [RELAY], hideAddress: false })).toEqual({
    iceServers: [RELAY],
  })
  // Strangers of a public swarm learn the address from trackers anyway.
  expect(rtcConfigFor(PUBLIC, hidden)).toEqual({ iceServers: [STUN, TURN] })
})

test('a private torrent asks no STUN but that of its relays, and the TURN the person named', () => {
  const chosen = [STUN, TURN, MIXED]

  expect(rtcConfigFor(PRIVATE, { chosen, ofRelays: [RELAY], hideAddress: false })).toEqual({
    iceServers: [RELAY, TURN, { ...MIXED, urls: ['turns:turn.example'] }],
  })
})

test('hidden, there is TURN alone, or no direct path at all', () => {
  const without = { chosen: [STUN], ofRelays: [RELAY], hideAddress: true }

  expect(rtcConfigFor(PRIVATE, { ...without, chosen: [STUN, TURN] })).toEqual({
    iceServers: [TURN],
    iceTransportPolicy: 'relay',
  })
  expect(rtcConfigFor(PRIVATE, without)).toBeNull()
})

test('no private policy lets a third party STUN through, hidden or not', () => {
  const scheme = fc.constantFrom('stun:', 'stuns:', 'STUN:', 'turn:', 'turns:')
  const server = fc
    .array(
      fc.tuple(scheme, fc.domain()).map((parts) => parts.join('')),
      { maxLength: 3 },
    )
    .map((urls) => ({ urls }))

  fc.assert(
    fc.property(forged, fc.array(server), fc.boolean(), (policy, chosen, hideAddress) => {
      const config = rtcConfigFor(policy, { chosen, ofRelays: [RELAY], hideAddress })
      const named = (config?.iceServers ?? []).flatMap(({ urls }) => urls)

      expect(named.filter((url) => /^stuns?:/i.test(url))).toEqual(
        hideAddress ? [] : [...RELAY.urls],
      )
    }),
  )
})
