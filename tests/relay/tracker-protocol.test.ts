import { expect, test } from 'vitest'
import { trackerInTest } from './support/tracker-in-test.ts'
import { anId, anOffer, joinTracker, type TrackerPeer } from './support/tracker-peer.ts'

const SWARM = anId('swarm')
const hasOffer = (message: object) => 'offer' in message
const hasAnswer = (message: object) => 'answer' in message

function answerTo(offerer: TrackerPeer, from: TrackerPeer, offerId: string) {
  return {
    action: 'announce',
    info_hash: SWARM,
    peer_id: from.peerId,
    to_peer_id: offerer.peerId,
    offer_id: offerId,
    answer: { type: 'answer', sdp: `v=0 answer of ${from.peerId}` },
  }
}

test('an announce is answered with the interval and the counts, seeds apart from the rest', async () => {
  const { url } = await trackerInTest()
  const seed = await joinTracker(url, 'seed')
  const leech = await joinTracker(url, 'leech')

  await seed.announce(SWARM, { event: 'started', left: 0 })
  const reply = await leech.announce(SWARM, { event: 'started', left: 5 })

  expect(reply).toEqual({
    action: 'announce',
    info_hash: SWARM,
    interval: 120,
    complete: 1,
    incomplete: 1,
  })
})

test('a peer that does not know yet what it lacks counts as incomplete', async () => {
  const { url } = await trackerInTest()
  const peer = await joinTracker(url)

  expect(await peer.announce(SWARM, { left: null })).toMatchObject({ complete: 0, incomplete: 1 })
})

test('the counts follow completion, new wishes, stop and disconnection', async () => {
  const { url } = await trackerInTest()
  const watcher = await joinTracker(url, 'watcher')
  const peer = await joinTracker(url, 'peer')
  await watcher.announce(SWARM)
  const counted: unknown[] = []
  const count = async (members: object) => {
    await peer.announce(SWARM, { ...members })
    const { complete, incomplete } = await watcher.announce(SWARM)
    counted.push([complete, incomplete])
  }

  await count({ event: 'started', left: 3 })
  await count({ event: 'completed', left: 0 })
  await count({ event: 'completed', left: 0 })
  await count({ event: 'paused', left: undefined })
  await count({ event: 'update', left: 7 })
  await count({ event: 'stopped' })
  await count({ event: 'stopped' })

  expect(counted).toEqual([
    [0, 2],
    [1, 1],
    [1, 1],
    [1, 1],
    [0, 2],
    [0, 1],
    [0, 1],
  ])
})

test('an offer reaches another peer, and its answer comes back', async () => {
  const { url } = await trackerInTest()
  const alice = await joinTracker(url, 'alice')
  const bob = await joinTracker(url, 'bob')
  await alice.announce(SWARM)

  await bob.announce(SWARM, { offers: [anOffer('one')] })
  const offer = await alice.hears(hasOffer)
  alice.send(answerTo(bob, alice, anId('one')))
  const answer = await bob.hears(hasAnswer)

  expect(offer).toEqual({
    action: 'announce',
    info_hash: SWARM,
    peer_id: bob.peerId,
    offer_id: anId('one'),
    offer: { type: 'offer', sdp: 'v=0 one' },
  })
  expect(answer).toEqual({
    action: 'announce',
    info_hash: SWARM,
    peer_id: alice.peerId,
    offer_id: anId('one'),
    answer: { type: 'answer', sdp: `v=0 answer of ${alice.peerId}` },
  })
})

test('identifiers travel as any twenty byte values, also those that are no text', async () => {
  const { url } = await trackerInTest()
  const bytes = String.fromCharCode(0, 10, 34, 92, 127, 128, 160, 173, 192, 255).repeat(2)
  const alice = await joinTracker(url, 'alice')
  const bob = await joinTracker(url, 'bob')
  await alice.announce(bytes)

  await bob.announce(bytes, { offers: [{ ...anOffer('one'), offer_id: bytes }] })

  expect(await alice.hears(hasOffer)).toMatchObject({ info_hash: bytes, offer_id: bytes })
})

test('each offer of an announce goes to a different peer, and none comes back to its maker', async () => {
  const { url } = await trackerInTest()
  const others = await Promise.all(
    Array.from({ length: 8 }, (_, index) => joinTracker(url, `other ${index}`)),
  )
  for (const other of others) await other.announce(SWARM)
  const maker = await joinTracker(url, 'maker')

  const offers = Array.from({ length: 20 }, (_, index) => anOffer(`offer ${index}`))
  await maker.announce(SWARM, { offers })
  await Promise.all([maker, ...others].map((peer) => peer.settled()))

  expect(others.map(({ heard }) => heard.filter(hasOffer).length)).toEqual(Array(8).fill(1))
  expect(maker.heard.filter(hasOffer)).toEqual([])
})

test('an offer carries nothing but its type and SDP', async () => {
  const { url } = await trackerInTest()
  const alice = await joinTracker(url, 'alice')
  const bob = await joinTracker(url, 'bob')
  await alice.announce(SWARM)

  const stuffed = { type: 'offer', sdp: 'v=0', junk: 'x'.repeat(1000) }
  await bob.announce(SWARM, {
    junk: 1,
    offers: [{ offer_id: anId('one'), offer: stuffed, ip: '1' }],
  })

  const { offer, ...rest } = await alice.hears(hasOffer)
  expect(offer).toEqual({ type: 'offer', sdp: 'v=0' })
  expect(Object.keys(rest).sort()).toEqual(['action', 'info_hash', 'offer_id', 'peer_id'])
})

test('a scrape answers for the swarms it names, known or not', async () => {
  const { url } = await trackerInTest()
  const peer = await joinTracker(url)
  await peer.announce(SWARM, { left: 0 })

  peer.send({ action: 'scrape', info_hash: [SWARM, anId('unknown')] })

  expect(await peer.hears(({ action }) => action === 'scrape')).toEqual({
    action: 'scrape',
    files: {
      [SWARM]: { complete: 1, incomplete: 0, downloaded: 1 },
      [anId('unknown')]: { complete: 0, incomplete: 0, downloaded: 0 },
    },
    flags: { min_request_interval: 120 },
  })
})

test('one connection may announce several peers, as two clients in one page do', async () => {
  const { url } = await trackerInTest()
  const page = await joinTracker(url, 'first')
  await page.announce(SWARM)

  await page.announce(SWARM, { peer_id: anId('second'), offers: [anOffer('one')] })

  expect(await page.hears(hasOffer)).toMatchObject({ peer_id: anId('second') })
})

test('a peer that disconnects is out of every swarm, and empty swarms are gone', async () => {
  const { url, tracker } = await trackerInTest()
  const watcher = await joinTracker(url, 'watcher')
  const peer = await joinTracker(url, 'peer')
  await watcher.announce(SWARM)
  await peer.announce(SWARM)
  await peer.announce(anId('other'))

  await peer.leave()

  expect(await watcher.announce(SWARM)).toMatchObject({ complete: 0, incomplete: 1 })
  expect(tracker.size).toEqual({ connections: 1, swarms: 1, memberships: 1 })
})

test('a message in a binary frame is understood as well', async () => {
  const { url } = await trackerInTest()
  const peer = await joinTracker(url)

  peer.sendBinary({ action: 'scrape', info_hash: SWARM })

  expect(await peer.hears(({ action }) => action === 'scrape')).toHaveProperty('files')
})
