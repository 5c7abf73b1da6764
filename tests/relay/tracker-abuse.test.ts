import { expect, onTestFinished, test, vi } from 'vitest'
import { TRACKER_LIMITS } from '../../relay/tracker-limits.ts'
import { hasEnded, rawUpgrade, textFrame } from './support/raw-upgrade.ts'
import { trackerInTest } from './support/tracker-in-test.ts'
import { anId, anOffer, joinTracker, type TrackerPeer } from './support/tracker-peer.ts'

const SWARM = anId('swarm')
const hasOffer = (message: object) => 'offer' in message
const hasAnswer = (message: object) => 'answer' in message
const isFailure = (message: object) => 'failure reason' in message

const announce = { action: 'announce', info_hash: SWARM, peer_id: anId('x') }
const answer = {
  ...announce,
  to_peer_id: anId('y'),
  offer_id: anId('o'),
  answer: { type: 'answer', sdp: 'v=0' },
}

/** The second and the third end the stock tracker's process, the first lists all its swarms. */
const MALFORMED: Readonly<Record<string, unknown>> = {
  'a scrape without an info hash': { action: 'scrape' },
  'a scrape of a number': { action: 'scrape', info_hash: 5 },
  'an offer that is null': { ...announce, offers: [null] },
  'a scrape of nothing': { action: 'scrape', info_hash: [] },
  'a scrape of too many': { action: 'scrape', info_hash: Array(129).fill(SWARM) },
  'a scrape of a list in a list': { action: 'scrape', info_hash: [[SWARM]] },
  'no JSON': '{"action":"announce"',
  'an empty message': '',
  'a JSON null': 'null',
  'a JSON list': '[]',
  'a deep list': '['.repeat(30_000) + ']'.repeat(30_000),
  'an unknown action': { ...announce, action: 'connect' },
  'an action named like a method': { ...announce, action: 'toString' },
  'an announce whose members hide in __proto__': `{"__proto__":${JSON.stringify(announce)}}`,
  'an info hash of 19 characters': { ...announce, info_hash: 'x'.repeat(19) },
  'an info hash in hexadecimal': { ...announce, info_hash: '0'.repeat(40) },
  'an info hash beyond bytes': { ...announce, info_hash: 'ł'.repeat(20) },
  'a peer id that is a list': { ...announce, peer_id: Array(20).fill('x') },
  'an event named like a method': { ...announce, event: 'constructor' },
  'an event that is an object': { ...announce, event: { toString: 1 } },
  'a negative left': { ...announce, left: -1 },
  'a left that is text': { ...announce, left: '5' },
  'offers that are no list': { ...announce, offers: { length: 5 } },
  'an offer without an id': { ...announce, offers: [{ offer: { type: 'offer', sdp: 'v=0' } }] },
  'an offer of type answer': {
    ...announce,
    offers: [{ offer_id: anId('o'), offer: { type: 'answer', sdp: 'v=0' } }],
  },
  'an SDP that is a number': { ...announce, offers: [{ ...anOffer('o'), offer: { sdp: 5 } }] },
  'an SDP that is too long': { ...announce, offers: [anOffer('o', 'x'.repeat(16 * 1024 + 1))] },
  'an answer to nobody': { ...answer, to_peer_id: undefined },
  'an answer to no offer': { ...answer, offer_id: 7 },
  'an answer that is text': { ...answer, answer: 'v=0' },
  'an answer with an SDP that is too long': {
    ...answer,
    answer: { type: 'answer', sdp: 'x'.repeat(16 * 1024 + 1) },
  },
}

test.for(Object.entries(MALFORMED))(
  '%s is answered with a reason, and the connection stays of use',
  async ([, message]) => {
    const { url, tracker } = await trackerInTest()
    const bystander = await joinTracker(url, 'bystander')
    const peer = await joinTracker(url)
    await bystander.announce(SWARM)

    peer.send(message)
    const failure = await peer.hears(isFailure)

    expect(failure['failure reason']).toMatch(/^[A-Z][^\n]+\.$/)
    expect(failure['action']).toMatch(/^(announce|scrape)$/)
    expect(tracker.size.memberships).toBe(1)
    expect(await peer.announce(SWARM)).toMatchObject({ incomplete: 2 })
  },
)

test('members named __proto__ change neither the message nor any object', async () => {
  const { url } = await trackerInTest()
  const peer = await joinTracker(url)

  peer.send(
    `{"__proto__":{"event":"stopped"},"action":"announce","info_hash":"${SWARM}",` +
      `"peer_id":"${peer.peerId}","constructor":{"prototype":{"left":0}}}`,
  )

  expect(await peer.hears(({ action }) => action === 'announce')).toMatchObject({
    complete: 0,
    incomplete: 1,
  })
  expect(({} as { left?: unknown }).left).toBe(undefined)
})

test('nobody can stop a peer in its name', async () => {
  const { url } = await trackerInTest()
  const victim = await joinTracker(url, 'victim')
  const attacker = await joinTracker(url, 'attacker')
  await victim.announce(SWARM)

  const reply = await attacker.announce(SWARM, { peer_id: victim.peerId, event: 'stopped' })

  expect(reply['failure reason']).toBe('This peer_id is in use by another connection.')
  expect(await victim.announce(SWARM)).toMatchObject({ incomplete: 1 })
})

test('nobody can offer in the name of a peer', async () => {
  const { url } = await trackerInTest()
  const bystander = await joinTracker(url, 'bystander')
  const victim = await joinTracker(url, 'victim')
  const attacker = await joinTracker(url, 'attacker')
  for (const peer of [bystander, victim, attacker]) await peer.announce(SWARM)

  const offers = [anOffer('forged'), anOffer('forged too')]
  await attacker.announce(SWARM, { peer_id: victim.peerId, offers })
  await bystander.settled()

  expect(bystander.heard.filter(hasOffer)).toEqual([])
})

test('an offer is answered once, by the peer it was given to and by nobody else', async () => {
  const { url } = await trackerInTest()
  const maker = await joinTracker(url, 'maker')
  const chosen = await joinTracker(url, 'chosen')
  const late = await joinTracker(url, 'late')
  await chosen.announce(SWARM)
  await maker.announce(SWARM, { offers: [anOffer('one')] })
  await chosen.hears(hasOffer)
  await late.announce(SWARM)
  const say = async (peer: TrackerPeer, members: object) => {
    peer.send({ ...answer, peer_id: peer.peerId, to_peer_id: maker.peerId, ...members })
    await peer.settled()
  }

  await say(late, { offer_id: anId('one') })
  await say(late, { offer_id: anId('one'), peer_id: chosen.peerId })
  await say(chosen, { offer_id: anId('one'), peer_id: late.peerId })
  await say(chosen, { offer_id: anId('two') })
  await say(chosen, { offer_id: anId('one'), info_hash: anId('elsewhere') })
  await maker.settled()
  const before = maker.heard.filter(hasAnswer)
  await say(chosen, { offer_id: anId('one') })
  await say(chosen, { offer_id: anId('one') })
  await maker.settled()
  const after = maker.heard.filter(hasAnswer)

  expect(before).toEqual([])
  expect(after).toHaveLength(1)
  expect(after[0]).toMatchObject({ peer_id: chosen.peerId })
})

test('of the offers of one announce no more than twenty are passed on', async () => {
  const { url } = await trackerInTest()
  const page = await joinTracker(url, 'page')
  const maker = await joinTracker(url, 'maker')
  for (let index = 0; index < 25; index++) {
    await page.announce(SWARM, { peer_id: anId(`peer ${index}`) })
  }

  const offers = Array.from({ length: 25 }, (_, index) => anOffer(`offer ${index}`))
  await maker.announce(SWARM, { offers })
  await page.settled()

  expect(page.heard.filter(hasOffer)).toHaveLength(20)
})

test('an answer that comes too late goes nowhere', async () => {
  const { url } = await trackerInTest({ offerLifetime: 0 })
  const maker = await joinTracker(url, 'maker')
  const other = await joinTracker(url, 'other')
  await other.announce(SWARM)
  await maker.announce(SWARM, { offers: [anOffer('o')] })
  await other.hears(hasOffer)

  other.send({ ...answer, peer_id: other.peerId, to_peer_id: maker.peerId })
  await other.settled()
  await maker.settled()

  expect(maker.heard.filter(hasAnswer)).toEqual([])
})

test('a page that lost its network gets its peer id back from its dead connection', async () => {
  const { port, url, tracker } = await trackerInTest({ probeTimeout: 20 })
  const dead = await rawUpgrade(port)
  const peer = await joinTracker(url, 'page')
  dead.write(textFrame(JSON.stringify({ ...announce, peer_id: peer.peerId, left: 9 })))
  await new Promise((resolve) => dead.once('data', resolve))

  const reply = await peer.announce(SWARM, { left: 0 })
  await hasEnded(dead)

  expect(reply).toMatchObject({ complete: 1, incomplete: 0 })
  expect(tracker.size.memberships).toBe(1)
})

test('twenty thousand swarms from one connection leave at most its share, and nothing after it', async () => {
  const { url, tracker } = await trackerInTest({ messages: 100_000 })
  const flooder = await joinTracker(url, 'flooder')

  for (let index = 0; index < 20_000; index++) {
    flooder.send({ ...announce, peer_id: flooder.peerId, info_hash: anId(`swarm ${index}`) })
  }
  await flooder.settled()
  const during = tracker.size
  const refused = flooder.heard.filter(isFailure).length
  await flooder.leave()
  const bystander = await joinTracker(url)
  await bystander.announce(SWARM)

  expect(during).toEqual({
    connections: 1,
    swarms: TRACKER_LIMITS.swarms,
    memberships: TRACKER_LIMITS.swarms,
  })
  expect(refused).toBe(20_000 - TRACKER_LIMITS.swarms)
  expect(tracker.size).toEqual({ connections: 1, swarms: 1, memberships: 1 })
})

test('a message of 50 MiB is refused before it is read', async () => {
  const { url } = await trackerInTest()
  const bystander = await joinTracker(url, 'bystander')
  const flooder = await joinTracker(url, 'flooder')

  flooder.send(' '.repeat(50 * 1024 * 1024))

  expect([1009, 1006]).toContain(await flooder.closed)
  expect(await bystander.announce(SWARM)).toMatchObject({ incomplete: 1 })
})

test('malformed messages without end close the connection with a reason', async () => {
  const { url } = await trackerInTest({ malformedMessages: 5 })
  const peer = await joinTracker(url)

  for (let index = 0; index < 5; index++) peer.send('nonsense')

  expect(await peer.closed).toBe(1008)
})

test('a burst beyond the pace is served late, but whole and in order', async () => {
  const { url } = await trackerInTest({ messages: 20, messageWindow: 100 })
  const eager = await joinTracker(url, 'eager')
  const hashes = Array.from({ length: 60 }, (_, index) => anId(`scrape ${index}`))

  for (const hash of hashes) eager.send({ action: 'scrape', info_hash: hash })
  await eager.settled()

  const served = eager.heard.map(({ files }) => Object.keys(files ?? {})[0])
  expect(served.slice(0, 60)).toEqual(hashes)
})

test('a peer that never reads is cut off before it costs memory', async () => {
  const { port, tracker } = await trackerInTest({ messages: 1e9, unsentBytes: 64 * 1024 })
  const deaf = await rawUpgrade(port)
  const infoHashes = Array.from({ length: 128 }, (_, index) => anId(`swarm ${index}`))
  const scrape = textFrame(JSON.stringify({ action: 'scrape', info_hash: infoHashes }))
  deaf.pause()

  // Each is answered with some 10 KiB; the system's own buffers swallow the first few megabytes.
  const flooding = setInterval(() => deaf.write(Buffer.concat(Array(50).fill(scrape))), 1)
  await expect.poll(() => tracker.size.connections, { timeout: 30_000 }).toBe(0)
  clearInterval(flooding)
})

test('a connection that answers no ping is dropped, and one that does stays', async () => {
  vi.useFakeTimers({ toFake: ['setInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const { port, url, tracker } = await trackerInTest()
  const alive = await joinTracker(url, 'alive')
  const dead = await rawUpgrade(port)

  for (let beat = 0; beat < 2; beat++) {
    const pinged = alive.pinged()
    vi.advanceTimersByTime(TRACKER_LIMITS.heartbeat)
    await pinged
  }
  await hasEnded(dead)

  expect(await alive.announce(SWARM)).toMatchObject({ incomplete: 1 })
  expect(tracker.size.connections).toBe(1)
})

test('a sender that is kept waiting is not taken for dead', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { url, tracker } = await trackerInTest({ messages: 4, messageWindow: 600_000 })
  const watcher = await joinTracker(url, 'watcher')
  const eager = await joinTracker(url, 'eager')
  for (let index = 0; index < 5; index++) eager.send({ action: 'scrape', info_hash: SWARM })
  await eager.hears(({ action }) => action === 'scrape')

  for (let beat = 0; beat < 3; beat++) {
    const pinged = watcher.pinged()
    vi.advanceTimersByTime(TRACKER_LIMITS.heartbeat)
    await pinged
  }

  expect(tracker.size.connections).toBe(2)
})

test('a page that is frozen, though its browser answers pings, leaves the swarm', async () => {
  vi.useFakeTimers({ toFake: ['setInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  let time = 0
  const { url, tracker } = await trackerInTest({}, () => time)
  const frozen = await joinTracker(url, 'frozen')
  await frozen.announce(SWARM)
  const sizes: number[] = []

  for (const age of [TRACKER_LIMITS.memberLifetime - 1, TRACKER_LIMITS.memberLifetime]) {
    time = age
    const pinged = frozen.pinged()
    vi.advanceTimersByTime(TRACKER_LIMITS.heartbeat)
    await pinged
    sizes.push(tracker.size.memberships)
  }

  expect(sizes).toEqual([1, 0])
  expect(await frozen.announce(SWARM)).toMatchObject({ incomplete: 1 })
})

test('a tracker that is full says so before the handshake', async () => {
  const { url, tracker } = await trackerInTest({ connections: 1 })
  await joinTracker(url)

  await expect(joinTracker(url)).rejects.toThrow('503')
  expect(tracker.size.connections).toBe(1)
})
