import './support/patience.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TRACKER_LIMITS } from '../../relay/tracker-limits.ts'
import { parseTrackerMessage, type AnnounceEvent } from '../../relay/tracker-messages.ts'
import { makeTrackerSwarms } from '../../relay/tracker-swarms.ts'
import { trackerInTest } from './support/tracker-in-test.ts'
import { anId, joinTracker } from './support/tracker-peer.ts'

const SEED = 20261121

/** Values of every kind where an identifier, a number, a list or a description is expected. */
const anything = fc.oneof(
  fc.constantFrom(anId('a'), anId('b'), 'announce', 'scrape', 'started', 'stopped', '__proto__'),
  fc.constantFrom(null, true, -1, 0, 1e308, '', '\0', 'x'.repeat(40), '\ud800'),
  fc.jsonValue({ maxDepth: 3 }),
)

const nearMiss = fc.record(
  {
    action: fc.oneof({ weight: 6, arbitrary: fc.constantFrom('announce', 'scrape') }, anything),
    info_hash: fc.oneof({ weight: 6, arbitrary: fc.constant(anId('a')) }, anything),
    peer_id: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(anId('p'), anId('q')) }, anything),
    event: anything,
    left: anything,
    numwant: anything,
    offers: fc.oneof(
      anything,
      fc.array(
        fc.oneof(
          anything,
          fc.record(
            {
              offer_id: fc.oneof(fc.constant(anId('o')), anything),
              offer: fc.oneof(fc.constant({ type: 'offer', sdp: 'v=0' }), anything),
            },
            { requiredKeys: [] },
          ),
        ),
        { maxLength: 30 },
      ),
    ),
    answer: fc.oneof(fc.constant({ type: 'answer', sdp: 'v=0' }), anything),
    to_peer_id: fc.oneof(fc.constant(anId('q')), anything),
    offer_id: fc.oneof(fc.constant(anId('o')), anything),
    ['__proto__']: anything,
    constructor: anything,
    toString: anything,
  },
  { requiredKeys: ['action'] },
)

const aMessage = fc.oneof(
  { weight: 8, arbitrary: nearMiss.map((message) => JSON.stringify(message)) },
  // One character of a good message changed, as by a broken proxy.
  {
    weight: 2,
    arbitrary: fc
      .tuple(nearMiss, fc.nat(), fc.string({ maxLength: 3 }))
      .map(([message, at, text]) => {
        const json = JSON.stringify(message)
        const place = at % json.length
        return json.slice(0, place) + text + json.slice(place + 1)
      }),
  },
  { weight: 1, arbitrary: fc.string() },
)

test('whatever is parsed is either refused with a sentence or wholly within the limits', () => {
  let served = 0

  fc.assert(
    fc.property(aMessage, (text) => {
      const parsed = parseTrackerMessage(text, TRACKER_LIMITS)
      if (!parsed.ok) {
        expect(parsed.failure.reason).toMatch(/^[A-Z].*\.$/)
        return
      }
      served++
      const { request } = parsed
      const ids = [
        ...('infoHashes' in request ? request.infoHashes : [request.infoHash, request.peerId]),
        ...('offers' in request ? request.offers.map(({ offerId }) => offerId) : []),
        ...('offerId' in request ? [request.offerId, request.toPeerId] : []),
      ]
      for (const id of ids) expect(Buffer.from(id, 'latin1').toString('latin1')).toBe(id)
      expect(ids.every((id) => id.length === 20)).toBe(true)
      if ('offers' in request) expect(request.offers.length).toBeLessThanOrEqual(20)
    }),
    { seed: SEED, numRuns: 5000 },
  )

  expect(served).toBeGreaterThan(500)
})

test('thousands of foreign messages over a socket leave the tracker serving others', async () => {
  const { url, tracker } = await trackerInTest({ messages: 1e9, malformedMessages: 1e9 })
  const bystander = await joinTracker(url, 'bystander')
  const fuzzer = await joinTracker(url, 'fuzzer')

  for (const message of fc.sample(aMessage, { seed: SEED, numRuns: 3000 })) fuzzer.send(message)
  await fuzzer.settled()
  await fuzzer.leave()

  expect(await bystander.announce(anId('swarm'))).toMatchObject({ incomplete: 1 })
  expect(tracker.size).toEqual({ connections: 1, swarms: 1, memberships: 1 })
})

interface Step {
  readonly connection: number
  readonly infoHash: string
  readonly peer: number
  readonly event: AnnounceEvent
  readonly left: number | null
  readonly does: 'announce' | 'leave' | 'sweep'
  readonly wait: number
}

const aStep: fc.Arbitrary<Step> = fc.record({
  connection: fc.nat(4),
  infoHash: fc.constantFrom(anId('s'), anId('t'), anId('u')),
  peer: fc.nat(2),
  event: fc.constantFrom('started', 'stopped', 'completed', 'update'),
  left: fc.constantFrom(0, 7, null),
  does: fc.oneof(
    { weight: 12, arbitrary: fc.constant('announce' as const) },
    { weight: 1, arbitrary: fc.constantFrom('leave' as const, 'sweep' as const) },
  ),
  wait: fc.nat(1000),
})

test('through any sequence the counts equal a plain list of who is there, and nothing is left over', () => {
  fc.assert(
    fc.property(fc.array(aStep, { maxLength: 60 }), (steps) => {
      let time = 0
      const limits = { ...TRACKER_LIMITS, swarms: 4, memberLifetime: 9000, openOffers: 3 }
      const swarms = makeTrackerSwarms<{ congested: boolean }>({
        limits,
        now: () => time,
        random: () => (time % 97) / 97,
      })
      const connections = Array.from({ length: 5 }, (_, index) => ({ congested: index === 4 }))
      const plain = new Map<string, { owner: number; complete: boolean; seen: number }>()
      const mine = (owner: number) => [...plain.values()].filter((peer) => peer.owner === owner)

      for (const { connection: owner, infoHash, peer, event, left, does, wait } of steps) {
        time += wait
        const connection = connections[owner]!
        if (does === 'leave') {
          swarms.leave(connection)
          for (const [key, known] of plain) if (known.owner === owner) plain.delete(key)
        } else if (does === 'sweep') {
          swarms.sweep()
          for (const [key, known] of plain) if (known.seen + 9000 <= time) plain.delete(key)
        } else {
          const peerId = anId(`${owner} ${peer}`)
          const key = infoHash + peerId
          const offers = ['1', '2', '3', '4'].map((name) => ({ offerId: anId(name), sdp: 'v=0' }))
          const request = { action: 'announce', infoHash, peerId, event, left, offers } as const
          const known = plain.get(key)
          const isFull = known === undefined && mine(owner).length >= 4

          const result = swarms.announce(connection, request)

          if (event === 'stopped') plain.delete(key)
          else if (!isFull) {
            const before = known?.complete ?? false
            const complete = left === null ? event === 'completed' || before : left === 0
            plain.set(key, { owner, complete, seen: time })
          }
          expect(result.type).toBe(isFull && event !== 'stopped' ? 'refused' : 'counted')
          if (result.type === 'counted') {
            const targets = result.offers.map(({ to }) => to)
            expect(targets.every((to) => !to.congested)).toBe(true)
            expect(result.offers.length).toBeLessThanOrEqual(4)
          }
        }

        for (const hash of [anId('s'), anId('t'), anId('u')]) {
          const there = [...plain].filter(([key]) => key.startsWith(hash))
          const complete = there.filter(([, known]) => known.complete).length
          expect(swarms.scrape(hash)).toEqual({ complete, incomplete: there.length - complete })
        }
        const hashes = new Set([...plain.keys()].map((key) => key.slice(0, 20)))
        expect(swarms.size).toEqual({ swarms: hashes.size, memberships: plain.size })
      }

      for (const connection of connections) swarms.leave(connection)
      expect(swarms.size).toEqual({ swarms: 0, memberships: 0 })
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('offers are spread evenly over a large swarm', () => {
  const swarms = makeTrackerSwarms<{ congested: boolean; offers: number }>({
    limits: TRACKER_LIMITS,
    now: () => 0,
    random: seededRandom(),
  })
  const request = { action: 'announce', infoHash: anId('s'), event: 'update', left: 1 } as const
  const others = Array.from({ length: 50 }, () => ({ congested: false, offers: 0 }))
  for (const [index, other] of others.entries()) {
    swarms.announce(other, { ...request, peerId: anId(`${index}`), offers: [] })
  }
  const maker = { congested: false, offers: 0 }
  const offers = Array.from({ length: 5 }, (_, index) => ({
    offerId: anId(`${index}`),
    sdp: 'v=0',
  }))

  for (let round = 0; round < 1000; round++) {
    const result = swarms.announce(maker, { ...request, peerId: anId('maker'), offers })
    if (result.type === 'counted') for (const { to } of result.offers) to.offers++
  }

  expect(maker.offers).toBe(0)
  expect(Math.min(...others.map((other) => other.offers))).toBeGreaterThan(60)
  expect(Math.max(...others.map((other) => other.offers))).toBeLessThan(140)
})

/** A linear congruential generator (Numerical Recipes), so that the spread is always the same. */
function seededRandom(): () => number {
  let state = SEED
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
