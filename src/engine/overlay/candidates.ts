import type { Log } from '../contracts/log.ts'
import type { FoundPeer, OverlayNode } from '../contracts/overlay.ts'
import type { RtcConnections } from '../contracts/rtc.ts'
import type { PeerId } from '../model/ids.ts'
import { MINUTE, SECOND, type Millis } from '../model/units.ts'
import { dialAddresses } from './dial-addresses.ts'
import { meetPeer, type MeetDeps } from './meet-peer.ts'
import type { MeetingDoor } from './meeting-door.ts'
import type { OverlayRoad, OverlaySearch } from './overlay-road.ts'

/** Peers one torrent dials at once. */
const MAX_DIALLING = 4
/** Peers remembered for one torrent; a record may be filled with strangers. */
export const MAX_CANDIDATES = 200
/** Relayed wires a torrent asks for: the relay pays for each. */
const MAX_RELAYED_ASKED = 2
const RETRY_FIRST: Millis = 10 * SECOND
const RETRY_MOST: Millis = 10 * MINUTE
/** Those we call on are few, and one of them may be all that lets us in. */
const RETRY_CALLED_MOST: Millis = 30 * SECOND
/** A peer that is linked by way of the relay is offered a direct path again. */
const UPGRADE_FIRST: Millis = 15 * SECOND
/** A relayed wire whose budget is spent is not made again for so long. */
const SPENT_FOR: Millis = 10 * MINUTE

export interface CandidatesDeps extends MeetDeps {
  readonly rtc: RtcConnections
  readonly log: Log
  /** Null while others cannot reach us. */
  reachableNode(): OverlayNode | null
  /** Holds the connection to this peer open; the answer lets go of it. */
  lease(peer: PeerId): () => void
}

/** Whom the overlay told of for one torrent, and when each of them is met. */
export interface Candidates {
  /** Roads being made. */
  readonly connecting: number
  /** Remembered, and dialled as soon as there is room. */
  found(peer: FoundPeer, source: OverlayRoad['source']): void
  /** Whoever failed and is not named any more is forgotten. */
  onlyNamed(peers: ReadonlySet<PeerId>): void
  /** Who may come in is another: others' offers under way end, and who may is tried at once. */
  onlyWith(admits: (peer: PeerId) => boolean): void
  /** Dials whoever is due, as far as there is room. */
  meet(): void
  /** Being offered a direct path by us at this moment. */
  offering(peer: PeerId): boolean
  /** Ends our own offer to this peer. */
  yieldTo(peer: PeerId): void
}

interface Candidate {
  found: FoundPeer
  source: OverlayRoad['source']
  /** It was let in once: who never was may still be about to be. */
  met: boolean
  failures: number
  /** `performance.now()` */
  nextTry: Millis
  attempt: AbortController | null
  /** `performance.now()` */
  spentUntil: Millis
}

/** Dials nobody any more once `stopped` is aborted, and ends the offers under way. */
export function makeCandidates(
  deps: CandidatesDeps,
  search: OverlaySearch,
  door: MeetingDoor,
  stopped: AbortSignal,
): Candidates {
  const candidates = new Map<PeerId, Candidate>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const meet = () => {
    clearTimeout(timer)
    const node = deps.reachableNode()
    if (node === null || stopped.aborted || !search.wants()) return
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
    if (soonest < Infinity) timer = setTimeout(meet, soonest - now)
  }

  const attempt = async (node: OverlayNode, identity: PeerId, candidate: Candidate) => {
    const own = new AbortController()
    candidate.attempt = own
    const signal = AbortSignal.any([stopped, own.signal])
    const release = deps.lease(identity)
    const leave = {
      mayAsk: () => mayRelay(identity, candidate),
      onSpent: () => (candidate.spentUntil = performance.now() + SPENT_FOR),
    }
    search.onChange()
    let met = false
    try {
      const to = dialAddresses(candidate.found, deps.ownRelays())
      // Who was told of by a record may be anybody: nothing is said about the torrent before this.
      if (await door.introduce(node, to, signal)) {
        candidate.met = true
        met = await meetPeer(deps, search, node, to, candidate.source, leave, signal)
      }
    } catch (thrown) {
      if (!signal.aborted) deps.log.debug('a peer is not reached', { thrown: String(thrown) })
    } finally {
      release()
      candidate.attempt = null
    }
    if (stopped.aborted) return
    const first = search.linked({ identity }) === 'relayed' ? UPGRADE_FIRST : RETRY_FIRST
    candidate.failures = met ? 0 : candidate.failures + 1
    const wait = first * 2 ** Math.min(Math.max(0, candidate.failures - 1), 10)
    const most = candidate.source === 'invite' ? RETRY_CALLED_MOST : RETRY_MOST
    candidate.nextTry = performance.now() + Math.min(wait, most)
    search.onChange()
    meet()
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

  stopped.addEventListener('abort', () => clearTimeout(timer), { once: true })

  return {
    get connecting() {
      return connecting()
    },

    found(found, source) {
      if (deps.ownRelays().some(({ peerId }) => peerId === found.peerId)) return
      const candidate = candidates.get(found.peerId)
      if (candidate !== undefined) {
        candidate.found = found
        candidate.source = source
      } else if (candidates.size < MAX_CANDIDATES) {
        const fresh = { failures: 0, nextTry: 0, attempt: null, spentUntil: 0 }
        candidates.set(found.peerId, { found, source, met: false, ...fresh })
      }
      meet()
    },

    onlyNamed(peers) {
      for (const [peerId, { failures, attempt }] of candidates) {
        if (!peers.has(peerId) && failures > 0 && attempt === null) candidates.delete(peerId)
      }
    },

    onlyWith(admits) {
      for (const [peerId, candidate] of candidates) {
        if (admits(peerId)) {
          candidate.failures = 0
          candidate.nextTry = 0
        } else if (candidate.met) candidate.attempt?.abort()
      }
      meet()
    },

    meet,
    offering: (peer) => (candidates.get(peer)?.attempt ?? null) !== null,
    yieldTo: (peer) => candidates.get(peer)?.attempt?.abort(),
  }
}
