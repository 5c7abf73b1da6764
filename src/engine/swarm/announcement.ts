import type { Log } from '../contracts/log.ts'
import type { RtcConfig, RtcConnections } from '../contracts/rtc.ts'
import type { ErrorIn, TrackerProblem } from '../model/errors.ts'
import type { InfoHash, WirePeerId } from '../model/ids.ts'
import { unreachable } from '../model/result.ts'
import type { TrackerSnapshot } from '../model/torrent.ts'
import { SECOND, type Bytes, type Millis } from '../model/units.ts'
import { makeForeignOffers } from './foreign-offers.ts'
import { makeOpenOffers } from './open-offers.ts'
import { makeOffer, type OpenChannel } from './rtc-handshake.ts'
import { announceFrame, answerFrame, type TrackerMessage } from './tracker-messages.ts'
import type { TrackerSocket } from './tracker-socket.ts'

/** Offers in one announce. Stock trackers hand each to another peer and keep none. */
const MAX_OFFERS = 5
/** A tracker that has not answered an announce by then is called silent. */
const ANSWER_DEADLINE: Millis = 15 * SECOND
/** How soon we ask again when the tracker knows peers and we have none, and never sooner. */
const HUNGRY_INTERVAL: Millis = 10 * SECOND
export interface AnnounceSpec {
  readonly url: string
  readonly infoHash: InfoHash
  counts(): { readonly uploaded: Bytes; readonly downloaded: Bytes; readonly left: Bytes }
  /** How many more peers are welcome. */
  room(): number
  /** How many peers are here. */
  linked(): number
  /** False for a peer that is here already, or banned. */
  accepts(peer: WirePeerId): boolean
  /** An open channel to a peer; whoever takes it closes it. */
  onChannel(open: OpenChannel, peer: WirePeerId): void
  onChange(snapshot: TrackerSnapshot): void
}

export interface Announcement {
  readonly snapshot: TrackerSnapshot
  /** Connections on their way. */
  readonly connecting: number
  /** We have everything now. */
  completed(): void
  /** We need peers: asks again, but not more often than a polite client does. */
  hungry(): void
  /** Says goodbye; `silently`, the tracker is told nothing, and forgets us when its socket closes. */
  leave(silently?: 'silently'): void
}

/** Its other end: what the tracker's socket tells. */
export interface TorrentAnnouncement extends Announcement {
  /** The socket is open: it is time to announce. */
  opened(): void
  /** Announces now, for an answer of any kind. */
  ask(): void
  /** The socket closed, and is tried again after so long. */
  lost(retryIn: Millis): void
  heard(message: TrackerMessage): void
  trouble(reason: TrackerProblem, message: string): void
}

export interface AnnouncementDeps {
  readonly rtc: RtcConnections
  readonly wirePeerId: WirePeerId
  rtcConfig(): RtcConfig
  readonly log: Log
}

/** One torrent at one tracker: announces, makes offers and answers those of others, until left. */
export function makeAnnouncement(
  spec: AnnounceSpec,
  socket: TrackerSocket,
  deps: AnnouncementDeps,
  onLeft: (silently?: 'silently') => void,
): TorrentAnnouncement {
  const { infoHash, url } = spec
  const offers = makeOpenOffers()
  const foreign = makeForeignOffers({
    rtc: deps.rtc,
    rtcConfig: () => deps.rtcConfig(),
    welcome: (peer) => peer !== deps.wirePeerId && spec.accepts(peer) && spec.room() > 0,
    say: (description, to, offerId) =>
      socket.send(answerFrame({ infoHash, peer: deps.wirePeerId, to, offerId, description })),
    onChannel: (open, peer) => handOver(open, peer),
  })
  let accepting = 0
  let announcing = false
  let left = false
  let lastAnnounce = -Infinity
  let announceTimer: ReturnType<typeof setTimeout> | undefined
  let silenceTimer: ReturnType<typeof setTimeout> | undefined
  let snapshot: TrackerSnapshot = {
    url,
    state: 'connecting',
    lastAnswerAt: null,
    nextAnnounceAt: null,
    seeds: null,
    leeches: null,
    warning: null,
    error: null,
  }

  const change = (next: Partial<TrackerSnapshot>) => {
    snapshot = { ...snapshot, ...next }
    if (!left) spec.onChange(snapshot)
  }

  const trouble = (reason: TrackerProblem, message: string) => {
    const error: ErrorIn<'swarm'> = { kind: 'swarm/tracker', url, reason, message }
    deps.log.debug('tracker trouble', { url, reason, message })
    change({ state: 'failed', error })
  }

  const announceIn = (wait: Millis) => {
    clearTimeout(announceTimer)
    announceTimer = setTimeout(() => void announce(null), wait)
    change({ nextAnnounceAt: Date.now() + wait })
  }

  /** Makes offers as far as there is room, says who we are, and keeps the offers for their answers. */
  const announce = async (event: 'started' | 'completed' | null): Promise<void> => {
    if (left || announcing || !socket.open) return
    announcing = true
    lastAnnounce = performance.now()
    // To peers that are here already, or on their way, an offer says nothing; whoever is new makes
    // offers to us.
    const met = spec.linked() + accepting + foreign.answering
    const strangers = Math.max(0, (othersKnown() ?? MAX_OFFERS) - met)
    const wished = Math.min(MAX_OFFERS, spec.room(), strangers)
    // An answer may be long in coming from a device that is busy: earlier offers stand while they
    // take nobody's place.
    if (deps.rtc.budget.room() < wished) offers.dropAll()
    const room = Math.min(wished, deps.rtc.budget.room())
    const made = await Promise.all(
      Array.from({ length: Math.max(0, room) }, () => makeOffer(deps.rtc, deps.rtcConfig())),
    )
    announcing = false
    const fresh = made.filter((offer) => offer !== null)
    if (left || !socket.open) return fresh.forEach((offer) => offer.close())

    const named = offers.add(fresh)
    socket.send(
      announceFrame({
        infoHash,
        peer: deps.wirePeerId,
        ...spec.counts(),
        event,
        offers: named.map(({ id, offer }) => ({ id, description: offer.description })),
      }),
    )
    clearTimeout(silenceTimer)
    silenceTimer = setTimeout(() => {
      trouble('silent', '')
      announceIn(60 * SECOND)
    }, ANSWER_DEADLINE)
  }

  /** Other peers in the swarm, as the tracker counted them last; null before it did. */
  const othersKnown = (): number | null => {
    const { seeds, leeches } = snapshot
    return seeds === null || leeches === null ? null : Math.max(0, seeds + leeches - 1)
  }

  const announced = (message: Extract<TrackerMessage, { type: 'announced' }>) => {
    clearTimeout(silenceTimer)
    change({
      state: 'answered',
      lastAnswerAt: Date.now(),
      seeds: message.seeds,
      leeches: message.leeches,
      warning: message.warning,
      error: null,
    })
    // A web tracker hands the first offers to as many peers as there are, at once or never: what
    // is left over would only hold connections that others need.
    const others = othersKnown()
    if (others !== null) offers.keepOfLatest(others)
    const alone = others === 0
    announceIn(
      !alone && spec.counts().left > 0 && spec.room() > 0
        ? hungryWait(message.interval)
        : message.interval,
    )
  }

  let hungryRounds = 0
  const hungryWait = (interval: Millis): Millis => {
    hungryRounds += 1
    return Math.min(interval, HUNGRY_INTERVAL * 2 ** Math.min(hungryRounds - 1, 6))
  }

  let failures = 0
  /** An answer led nowhere: asked again soon, and less soon each time. */
  const cameToNothing = () => {
    if (left || !socket.open || spec.linked() > 0 || spec.counts().left === 0) return
    const wait = HUNGRY_INTERVAL * 2 ** Math.min(failures, 6)
    failures += 1
    announceIn(Math.max(0, wait - (performance.now() - lastAnnounce)))
  }

  const accept = async (message: Extract<TrackerMessage, { type: 'answer' }>): Promise<void> => {
    const offer = offers.take(message.offerId)
    if (offer === null) return
    if (message.peer === deps.wirePeerId || !spec.accepts(message.peer)) return offer.close()
    accepting += 1
    try {
      const open = await offer.accept(message.description)
      if (open === null) cameToNothing()
      handOver(open, message.peer)
    } finally {
      accepting -= 1
    }
  }

  const handOver = (open: OpenChannel | null, peer: WirePeerId) => {
    if (open === null) return
    if (left || !spec.accepts(peer)) return open.close()
    hungryRounds = failures = 0
    spec.onChannel(open, peer)
  }

  return {
    get snapshot() {
      return snapshot
    },
    get connecting() {
      return accepting + foreign.answering
    },

    opened: () => void announce('started'),
    ask: () => void announce(null),
    lost(retryIn) {
      clearTimeout(announceTimer)
      clearTimeout(silenceTimer)
      offers.dropAll()
      trouble('unreachable', '')
      change({ nextAnnounceAt: Date.now() + retryIn })
    },
    trouble,
    heard(message) {
      switch (message.type) {
        case 'announced':
          return announced(message)
        case 'refused':
          clearTimeout(silenceTimer)
          trouble('refused', message.reason)
          return announceIn(120 * SECOND)
        case 'offer':
          return void foreign.answer(message)
        case 'answer':
          return void accept(message)
        default:
          return unreachable(message)
      }
    },

    completed: () => void announce('completed'),
    hungry() {
      const since = performance.now() - lastAnnounce
      if (announcing || !socket.open) return
      announceIn(Math.max(0, HUNGRY_INTERVAL / 2 - since))
    },
    leave(silently) {
      if (left) return
      left = true
      clearTimeout(announceTimer)
      clearTimeout(silenceTimer)
      offers.dropAll()
      if (silently === undefined) {
        socket.send(
          announceFrame({
            infoHash,
            peer: deps.wirePeerId,
            ...spec.counts(),
            event: 'stopped',
            offers: [],
          }),
        )
      }
      onLeft(silently)
    },
  }
}
