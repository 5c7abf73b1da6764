import type { OverlayNode } from '../contracts/overlay.ts'
import { hexOf, type PeerId } from '../model/ids.ts'
import { MINUTE, SECOND, type Millis } from '../model/units.ts'
import { makeCandidates, MAX_CANDIDATES, type CandidatesDeps } from './candidates.ts'
import type { FewAtOnce } from './few-at-once.ts'
import type { OverlayPart, OverlaySearch } from './overlay-road.ts'
import type { MeetingDoor } from './meeting-door.ts'
import { makeProviderKeeper, type ProviderKeeper } from './provider-keeper.ts'

const LOOKUP_WITHIN: Millis = 20 * SECOND
/** Looks while nobody is linked, in turn, then the last again and again. */
const LOOKS: readonly Millis[] = [1, 2, 3, 5, 10, 20, 40, 60].map((seconds) => seconds * SECOND)
const LOOK_WHEN_LINKED: Millis = 2 * MINUTE

export interface OverlaySwarmDeps extends Omit<CandidatesDeps, 'reachableNode'> {
  /** Null while there is none. */
  node(): OverlayNode | null
  /** Announcements and lookups of all torrents. */
  readonly providing: FewAtOnce
  readonly looking: FewAtOnce
}

/** One torrent in the overlay: found under its provider key, and looking under it. */
export interface OverlaySwarm extends OverlayPart {
  readonly search: OverlaySearch
  readonly door: MeetingDoor
  readonly left: boolean
  /** Being offered a direct path by us at this moment. Their own offer, if it wins, ends ours. */
  offering(peer: PeerId): boolean
  yieldTo(peer: PeerId): void
  /** Others reach us by other addresses now, or again. */
  reachable(): void
  /** The door lets others in now, or has another key: who may not stay goes at once. */
  doorChanged(): void
}

export function makeOverlaySwarm(
  deps: OverlaySwarmDeps,
  wish: OverlaySearch,
  door: MeetingDoor,
  onLeft: () => void,
): OverlaySwarm {
  const { log } = deps
  const search: OverlaySearch = {
    ...wish,
    accepts: (peer) => door.admits(peer.identity) && wish.accepts(peer),
  }
  const stopped = new AbortController()
  let known: number | null = null
  let looks = 0
  let looking = false
  let lookTimer: ReturnType<typeof setTimeout> | undefined

  const reachableNode = (): OverlayNode | null => {
    const node = deps.node()
    return node !== null && node.reservedAt().length > 0 ? node : null
  }
  const candidates = makeCandidates({ ...deps, reachableNode }, search, door, stopped.signal)

  let provider: { readonly key: string; readonly keeper: ProviderKeeper } | null = null
  let providing = new AbortController()
  /** Found under the door's key, and under no other. */
  const provideAt = (key: Uint8Array<ArrayBuffer> | null) => {
    const name = key === null ? '' : hexOf(key)
    if (!search.provide || name === (provider?.key ?? '')) return
    providing.abort()
    providing = new AbortController()
    const signal = AbortSignal.any([stopped.signal, providing.signal])
    provider =
      key === null
        ? null
        : { key: name, keeper: makeProviderKeeper({ ...deps, reachableNode }, key, signal) }
  }
  provideAt(door.key())

  const lookIn = (wait: Millis) => {
    clearTimeout(lookTimer)
    if (!stopped.signal.aborted) lookTimer = setTimeout(() => void look(), wait)
  }

  const look = async () => {
    if (reachableNode() === null || looking) return
    if (!search.wants() || search.room() <= 0) return lookIn(LOOK_WHEN_LINKED)
    looking = true
    const key = door.key()
    const called = door.called()
    const seen = new Set(called.map(({ peerId }) => peerId))
    for (const peer of called) candidates.found(peer, 'invite')
    try {
      await deps.looking.run(async () => {
        const node = reachableNode()
        if (node === null || key === null) return
        const patience = AbortSignal.any([stopped.signal, AbortSignal.timeout(LOOKUP_WITHIN)])
        for await (const found of node.providersOf(key, patience)) {
          if (seen.size >= MAX_CANDIDATES) break
          seen.add(found.peerId)
          candidates.found(found, 'overlay')
        }
        known = seen.size
      })
    } catch (thrown) {
      // A relay without a record of the key answers with none, one that went away with an error.
      log.debug('a lookup failed', { thrown: String(thrown) })
    } finally {
      looking = false
    }
    candidates.onlyNamed(seen)
    search.onChange()
    const wait = search.direct() > 0 ? LOOK_WHEN_LINKED : LOOKS[Math.min(looks, LOOKS.length - 1)]
    looks += 1
    lookIn(wait ?? LOOK_WHEN_LINKED)
  }

  const reachable = () => {
    looks = 0
    provider?.keeper.reachable()
    lookIn(0)
    candidates.meet()
  }
  if (reachableNode() !== null) reachable()

  return {
    search,
    door,
    get known() {
      return known
    },
    get connecting() {
      return candidates.connecting
    },
    get left() {
      return stopped.signal.aborted
    },
    offering: (peer) => candidates.offering(peer),
    yieldTo: (peer) => candidates.yieldTo(peer),
    reachable,
    doorChanged() {
      if (stopped.signal.aborted) return
      search.onlyWith((identity) => door.admits(identity))
      candidates.onlyWith((identity) => door.admits(identity))
      const before = provider
      provideAt(door.key())
      if (provider !== before && reachableNode() !== null) provider?.keeper.reachable()
      looks = 0
      lookIn(0)
    },
    hungry() {
      looks = Math.min(looks, 2)
      lookIn(SECOND)
      candidates.meet()
    },
    leave() {
      if (stopped.signal.aborted) return
      stopped.abort(new DOMException('the torrent was left', 'AbortError'))
      clearTimeout(lookTimer)
      onLeft()
    },
  }
}
