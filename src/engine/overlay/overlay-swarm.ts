import type { Log } from '../contracts/log.ts'
import type { FoundPeer, OverlayNode } from '../contracts/overlay.ts'
import type { RtcConfig, RtcConnections } from '../contracts/rtc.ts'
import type { PeerId, WirePeerId } from '../model/ids.ts'
import { MINUTE, SECOND, type Millis } from '../model/units.ts'
import { converse, type Conversation } from './conversation.ts'
import { dialAddresses, type OwnRelay } from './dial-addresses.ts'
import type { FewAtOnce } from './few-at-once.ts'
import { offerDirect } from './direct-path.ts'
import type { OverlayPart, OverlaySearch } from './overlay-road.ts'
import { SIGNAL_PROTOCOL, WIRE_PROTOCOL } from '../model/overlay-ids.ts'
import { providerKeyOf } from './provider-key.ts'
import { makeRelayedChannel, type RelayedChannel } from './relayed-channel.ts'

/** Peers one torrent dials at once. */
const MAX_DIALLING = 4
/** Peers remembered for one torrent; a record may be filled with strangers. */
const MAX_CANDIDATES = 200
const LOOKUP_WITHIN: Millis = 20 * SECOND
const DIAL_WITHIN: Millis = 20 * SECOND
/** Said again well before relays forget it, which is after half an hour. */
const PROVIDE_EVERY: Millis = 10 * MINUTE
const PROVIDE_AGAIN: Millis = 5 * SECOND
/** Addresses change several times while a reservation is taken. */
const PROVIDE_SETTLES: Millis = 100
/** Relayed wires a torrent asks for, and serves: the relay pays for each. */
export const MAX_RELAYED_ASKED = 2
export const MAX_RELAYED_SERVED = 4
/** Looks while nobody is linked, in turn, then the last again and again. */
const LOOKS: readonly Millis[] = [1, 2, 3, 5, 10, 20, 40, 60].map((seconds) => seconds * SECOND)
const LOOK_WHEN_LINKED: Millis = 2 * MINUTE
const RETRY_FIRST: Millis = 10 * SECOND
const RETRY_MOST: Millis = 10 * MINUTE
/** A peer that is linked by way of the relay is offered a direct path again. */
const UPGRADE_FIRST: Millis = 15 * SECOND
/** A relayed wire whose budget is spent is not made again for so long. */
const SPENT_FOR: Millis = 10 * MINUTE

export interface OverlaySwarmDeps {
  /** Null while there is none. */
  node(): OverlayNode | null
  ownRelays(): readonly OwnRelay[]
  readonly rtc: RtcConnections
  rtcConfig(): RtcConfig
  readonly wirePeerId: WirePeerId
  readonly log: Log
  /** Announcements and lookups of all torrents. */
  readonly providing: FewAtOnce
  readonly looking: FewAtOnce
  /** Holds the connection to this peer open; the answer lets go of it. */
  lease(peer: PeerId): () => void
  /** A wire goes through a relay from now on: held open and counted until it is closed. */
  relayed(peer: PeerId, channel: RelayedChannel): void
}

/** One torrent in the overlay: found under its provider key, and looking under it. */
export interface OverlaySwarm extends OverlayPart {
  readonly search: OverlaySearch
  readonly left: boolean
  /** Being offered a direct path by us at this moment. Their own offer, if it wins, ends ours. */
  offering(peer: PeerId): boolean
  yieldTo(peer: PeerId): void
  /** Others reach us by other addresses now, or again. */
  reachable(): void
}

interface Candidate {
  found: FoundPeer
  failures: number
  /** `performance.now()` */
  nextTry: Millis
  attempt: AbortController | null
  spentUntil: Millis
}

export function makeOverlaySwarm(
  deps: OverlaySwarmDeps,
  search: OverlaySearch,
  onLeft: () => void,
): OverlaySwarm {
  const { log } = deps
  const key = providerKeyOf(search.infoHash)
  const candidates = new Map<PeerId, Candidate>()
  const stopped = new AbortController()
  let known: number | null = null
  let looks = 0
  let looking = false
  let lookTimer: ReturnType<typeof setTimeout> | undefined
  let provideTimer: ReturnType<typeof setTimeout> | undefined
  let tryTimer: ReturnType<typeof setTimeout> | undefined
  let providing = false
  /** The addresses changed while they were being said. */
  let stale = false

  const reachableNode = (): OverlayNode | null => {
    const node = deps.node()
    return node !== null && node.reservedAt().length > 0 ? node : null
  }

  const within = (time: Millis) => AbortSignal.any([stopped.signal, AbortSignal.timeout(time)])

  const provideIn = (wait: Millis) => {
    clearTimeout(provideTimer)
    if (search.provide && !stopped.signal.aborted) {
      provideTimer = setTimeout(() => void provide(), wait)
    }
  }

  const provide = async () => {
    if (providing) {
      stale = true
      return
    }
    providing = true
    stale = false
    try {
      await deps.providing.run(async () => {
        await reachableNode()?.provide(key, within(LOOKUP_WITHIN))
      })
      provideIn(PROVIDE_EVERY)
    } catch (thrown) {
      log.debug('not provided', { thrown: String(thrown) })
      provideIn(PROVIDE_AGAIN)
    } finally {
      providing = false
      if (stale) provideIn(PROVIDE_SETTLES)
    }
  }

  const lookIn = (wait: Millis) => {
    clearTimeout(lookTimer)
    if (!stopped.signal.aborted) lookTimer = setTimeout(() => void look(), wait)
  }

  const look = async () => {
    if (reachableNode() === null || looking) return
    if (!search.wants() || search.room() <= 0) return lookIn(LOOK_WHEN_LINKED)
    looking = true
    const seen = new Set<PeerId>()
    try {
      await deps.looking.run(async () => {
        const node = reachableNode()
        if (node === null) return
        for await (const found of node.providersOf(key, within(LOOKUP_WITHIN))) {
          if (seen.size >= MAX_CANDIDATES) break
          seen.add(found.peerId)
          remember(found)
        }
        known = seen.size
      })
    } catch (thrown) {
      // A relay without a record of the key answers with none, one that went away with an error.
      log.debug('a lookup failed', { thrown: String(thrown) })
    } finally {
      looking = false
    }
    for (const [peerId, { failures, attempt }] of candidates) {
      if (!seen.has(peerId) && failures > 0 && attempt === null) candidates.delete(peerId)
    }
    search.onChange()
    const wait = search.direct() > 0 ? LOOK_WHEN_LINKED : LOOKS[Math.min(looks, LOOKS.length - 1)]
    looks += 1
    lookIn(wait ?? LOOK_WHEN_LINKED)
  }

  const remember = (found: FoundPeer) => {
    if (deps.ownRelays().some(({ peerId }) => peerId === found.peerId)) return
    const candidate = candidates.get(found.peerId)
    if (candidate !== undefined) candidate.found = found
    else if (candidates.size < MAX_CANDIDATES) {
      candidates.set(found.peerId, {
        found,
        failures: 0,
        nextTry: 0,
        attempt: null,
        spentUntil: 0,
      })
    }
    tryNext()
  }

  /** Dials whoever is due, as far as there is room. */
  const tryNext = () => {
    clearTimeout(tryTimer)
    const node = reachableNode()
    if (node === null || stopped.signal.aborted || !search.wants()) return
    const now = performance.now()
    let soonest = Infinity
    for (const [identity, candidate] of candidates) {
      if (candidate.attempt !== null || search.linked({ identity }) === 'direct') continue
      if (candidate.nextTry > now) {
        soonest = Math.min(soonest, candidate.nextTry)
        continue
      }
      if (connecting() >= MAX_DIALLING || search.room() <= 0) continue
      if (deps.rtc.budget.room() <= 0) {
        soonest = Math.min(soonest, now + RETRY_FIRST)
        continue
      }
      void attempt(node, identity, candidate)
    }
    if (soonest < Infinity) tryTimer = setTimeout(tryNext, soonest - now)
  }

  const attempt = async (node: OverlayNode, identity: PeerId, candidate: Candidate) => {
    const own = new AbortController()
    candidate.attempt = own
    const signal = AbortSignal.any([stopped.signal, own.signal])
    const release = deps.lease(identity)
    search.onChange()
    let met = false
    try {
      met = await meet(node, identity, candidate, signal)
    } catch (thrown) {
      if (!signal.aborted) log.debug('a peer is not reached', { thrown: String(thrown) })
    } finally {
      release()
      candidate.attempt = null
    }
    if (stopped.signal.aborted) return
    const first = search.linked({ identity }) === 'relayed' ? UPGRADE_FIRST : RETRY_FIRST
    candidate.failures = met ? 0 : candidate.failures + 1
    const wait = first * 2 ** Math.min(Math.max(0, candidate.failures - 1), 10)
    candidate.nextTry = performance.now() + Math.min(wait, RETRY_MOST)
    search.onChange()
    tryNext()
  }

  /** True when a road was found that was not there before. */
  const meet = async (
    node: OverlayNode,
    identity: PeerId,
    candidate: Candidate,
    signal: AbortSignal,
  ): Promise<boolean> => {
    const { infoHash } = search
    const to = dialAddresses(candidate.found, deps.ownRelays())
    const open = async (protocol: string): Promise<Conversation> => {
      const patience = AbortSignal.any([signal, AbortSignal.timeout(DIAL_WITHIN)])
      return converse(await node.open(to, protocol, patience))
    }

    const talk = await open(SIGNAL_PROTOCOL)
    const outcome = await offerDirect(
      deps,
      talk,
      { infoHash, wirePeerId: deps.wirePeerId },
      signal,
    ).finally(() => talk.end())
    if (outcome.found === 'direct') {
      const { channel, close } = outcome.open
      const road = {
        channel,
        close,
        identity,
        wirePeerId: outcome.wirePeerId,
        path: 'direct',
      } as const
      if (signal.aborted || !search.accepts(road)) {
        close()
        return false
      }
      search.onRoad(road)
      return true
    }
    if (outcome.found !== 'no-path' || signal.aborted) return false
    if (!mayRelay(identity, candidate)) return false

    const wire = await open(WIRE_PROTOCOL)
    const accepted = await ask(wire, { type: 'wire', infoHash, wirePeerId: deps.wirePeerId })
    if (accepted?.type !== 'accept' || signal.aborted || !mayRelay(identity, candidate)) {
      wire.end()
      return false
    }
    const { wirePeerId } = accepted
    const channel = makeRelayedChannel(wire)
    const road = {
      channel,
      identity,
      wirePeerId,
      path: 'relayed',
      close: () => channel.close(),
    } as const
    if (!search.accepts(road)) {
      channel.close()
      return false
    }
    deps.relayed(identity, channel)
    channel.addEventListener('close', () => {
      if (channel.bytesLeft === 0) candidate.spentUntil = performance.now() + SPENT_FOR
    })
    search.onRoad(road)
    return true
  }

  const mayRelay = (identity: PeerId, { spentUntil }: Candidate): boolean => {
    if (search.linked({ identity }) !== null || search.direct() > 0) return false
    const asked = [...candidates.keys()].filter(
      (identity) => search.linked({ identity }) === 'relayed',
    )
    return asked.length < MAX_RELAYED_ASKED && performance.now() >= spentUntil
  }

  const connecting = () => {
    let count = 0
    for (const { attempt } of candidates.values()) if (attempt !== null) count += 1
    return count
  }

  const reachable = () => {
    looks = 0
    provideIn(PROVIDE_SETTLES)
    lookIn(0)
    tryNext()
  }
  if (reachableNode() !== null) reachable()

  return {
    search,
    get known() {
      return known
    },
    get connecting() {
      return connecting()
    },
    get left() {
      return stopped.signal.aborted
    },
    offering: (peer) => candidates.get(peer)?.attempt !== null && candidates.has(peer),
    yieldTo: (peer) => candidates.get(peer)?.attempt?.abort(),
    reachable,
    hungry() {
      looks = Math.min(looks, 2)
      lookIn(SECOND)
      tryNext()
    },
    leave() {
      if (stopped.signal.aborted) return
      stopped.abort(new DOMException('the torrent was left', 'AbortError'))
      clearTimeout(lookTimer)
      clearTimeout(provideTimer)
      clearTimeout(tryTimer)
      if (search.provide)
        deps
          .node()
          ?.unprovide(key)
          .catch(() => {})
      onLeft()
    },
  }
}

async function ask(talk: Conversation, question: Parameters<Conversation['say']>[0]) {
  talk.say(question)
  const patience = setTimeout(() => talk.stream.abort('no answer'), DIAL_WITHIN)
  try {
    return await talk.next()
  } finally {
    clearTimeout(patience)
  }
}
