import type { OverlayNode } from '../contracts/overlay.ts'
import type { PeerId } from '../model/ids.ts'
import { MINUTE, SECOND, type Millis } from '../model/units.ts'
import { makeCandidates, MAX_CANDIDATES, type CandidatesDeps } from './candidates.ts'
import type { FewAtOnce } from './few-at-once.ts'
import type { OverlayPart, OverlaySearch } from './overlay-road.ts'
import { makeProviderKeeper } from './provider-keeper.ts'
import { providerKeyOf } from './provider-key.ts'

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
  readonly left: boolean
  /** Being offered a direct path by us at this moment. Their own offer, if it wins, ends ours. */
  offering(peer: PeerId): boolean
  yieldTo(peer: PeerId): void
  /** Others reach us by other addresses now, or again. */
  reachable(): void
}

export function makeOverlaySwarm(
  deps: OverlaySwarmDeps,
  search: OverlaySearch,
  onLeft: () => void,
): OverlaySwarm {
  const { log } = deps
  const key = providerKeyOf(search.infoHash)
  const stopped = new AbortController()
  let known: number | null = null
  let looks = 0
  let looking = false
  let lookTimer: ReturnType<typeof setTimeout> | undefined

  const reachableNode = (): OverlayNode | null => {
    const node = deps.node()
    return node !== null && node.reservedAt().length > 0 ? node : null
  }
  const candidates = makeCandidates({ ...deps, reachableNode }, search, stopped.signal)
  const provider = search.provide
    ? makeProviderKeeper({ ...deps, reachableNode }, key, stopped.signal)
    : null

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
        const patience = AbortSignal.any([stopped.signal, AbortSignal.timeout(LOOKUP_WITHIN)])
        for await (const found of node.providersOf(key, patience)) {
          if (seen.size >= MAX_CANDIDATES) break
          seen.add(found.peerId)
          candidates.found(found)
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
    provider?.reachable()
    lookIn(0)
    candidates.meet()
  }
  if (reachableNode() !== null) reachable()

  return {
    search,
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
