import { expect, test } from 'vitest'
import type { JoinedTorrent, PeerLink } from '../../../../src/engine/contracts/torrent-client.ts'
import type { PeerId, WirePeerId } from '../../../../src/engine/model/ids.ts'
import { PRIVATE, PUBLIC, type SwarmPolicy } from '../../../../src/engine/model/swarm-policy.ts'
import type { OverlaySearch } from '../../../../src/engine/overlay/overlay-road.ts'
import type { AnnounceSpec } from '../../../../src/engine/swarm/announcement.ts'
import { OPEN_GATE } from '../../../../src/engine/swarm/rate-limit.ts'
import { makeSwarmPeers } from '../../../../src/engine/swarm/swarm-peers.ts'
import type { WireChannel } from '../../../../src/engine/swarm/wire-channel.ts'
import { anInfoHash } from '../../../support/a-torrent.ts'

const TRACKERS = ['wss://a.example/announce', 'wss://b.example/announce']
const WEB_SEEDS = ['https://seed.example/f']
const PEER = 'cd'.repeat(20) as WirePeerId // 20 bytes

/** A torrent's search for peers, and a note of everything it asks of others. */
function peersOf(policy: SwarmPolicy, flagged = false) {
  const announced: AnnounceSpec[] = []
  const left: (string | undefined)[] = []
  const searches: OverlaySearch[] = []
  const webSeeds: string[] = []
  const links: PeerLink[] = []
  let overlayLeft = 0
  const joined = {
    addWebSeed: (url: string) => void webSeeds.push(url),
    addPeer: (link: PeerLink) => links.push(link) > 0,
    // The rest is for whoever asks about peers that are there.
  } as unknown as JoinedTorrent
  const peers = makeSwarmPeers({
    infoHash: anInfoHash(),
    policy,
    flagged: () => flagged,
    trackers: TRACKERS,
    webSeeds: WEB_SEEDS,
    joined,
    banned: new Set<WirePeerId | PeerId>(),
    trackerClient: {
      join(spec) {
        announced.push(spec)
        return {
          snapshot: {
            url: spec.url,
            state: 'connecting',
            lastAnswerAt: null,
            nextAnnounceAt: null,
            seeds: null,
            leeches: null,
            warning: null,
            error: null,
          },
          connecting: 0,
          completed() {},
          hungry() {},
          leave: (silently) => void left.push(silently),
        }
      },
      retryNow() {},
      stop() {},
    },
    overlay: {
      join(search) {
        searches.push(search)
        return { known: null, connecting: 0, hungry() {}, leave: () => void (overlayLeft += 1) }
      },
    },
    rtcConfig: () => null,
    provide: true,
    counts: () => ({ uploaded: 0, downloaded: 0, left: 1 }),
    gates: () => ({ down: OPEN_GATE, up: OPEN_GATE, release() {} }),
    onChange() {},
  })
  return { peers, announced, left, searches, webSeeds, links, overlayLeft: () => overlayLeft }
}

/** An open channel that says nothing, and whether it was closed. */
function anOpenChannel() {
  let closed = false
  const events = new EventTarget()
  const channel: WireChannel = {
    bufferedAmount: 0,
    bufferedAmountLowThreshold: 0,
    send() {},
    close() {},
    onmessage: null,
    addEventListener: (type, listener) => events.addEventListener(type, () => listener()),
  }
  return {
    // A browser's channel has more; a link uses no more than this.
    open: { channel, close: () => (closed = true) } as never,
    isClosed: () => closed,
  }
}

test.each([
  ['public', PUBLIC, false, TRACKERS, WEB_SEEDS, 1],
  ['public with the flag', PUBLIC, true, TRACKERS, WEB_SEEDS, 0],
] as const)('%s: trackers %#', (_name, policy, flagged, trackers, webSeeds, searches) => {
  const met = peersOf(policy, flagged)

  expect(met.announced.map(({ url }) => url)).toEqual(trackers)
  expect(met.webSeeds).toEqual(webSeeds)
  expect(met.searches).toHaveLength(searches)
})

test.each([PRIVATE, { name: 'private', sources: [] }, { name: 'private', sources: ['overlay'] }])(
  'a private torrent is announced nowhere and fetched from nobody: %j',
  (policy) => {
    const met = peersOf(policy as SwarmPolicy)

    expect(met.announced).toEqual([])
    expect(met.webSeeds).toEqual([])
    expect(met.peers.facts()).toMatchObject({ trackers: 0, webSeeds: 0 })
    // Whoever is met in the overlay is met as a member.
    expect(met.searches.every((search) => search.policy.name === 'private')).toBe(true)
  },
)

test('cut, it tells trackers nothing, and no link is left when that returns', () => {
  const met = peersOf(PUBLIC)
  const { open, isClosed } = anOpenChannel()
  met.announced[0]!.onChannel(open, PEER)

  met.peers.cut()

  expect(met.left).toEqual(['silently', 'silently'])
  expect(met.overlayLeft()).toBe(1)
  expect(met.links.map(({ destroying }) => destroying)).toEqual([true])
  expect(met.announced[0]!.accepts(PEER)).toBe(false)
  expect(isClosed()).toBe(true)
})

test('left in the ordinary way, it says goodbye', () => {
  const met = peersOf(PUBLIC)

  met.peers.leave()

  expect(met.left).toEqual([undefined, undefined])
})
