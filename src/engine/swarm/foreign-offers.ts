import type { RtcConfig, RtcConnections } from '../contracts/rtc.ts'
import type { WirePeerId } from '../model/ids.ts'
import type { SessionDescription } from '../model/rtc-state.ts'
import { SECOND, type Millis } from '../model/units.ts'
import { answerOffer, type OpenChannel } from './rtc-handshake.ts'
import type { TrackerMessage } from './tracker-messages.ts'

/** Connections being made from foreign offers, for one torrent. */
const MAX_ANSWERING = 8
/** Who offers again after this has given its last offer up; sooner than that nobody polite does. */
const OFFERS_AGAIN: Millis = 5 * SECOND

export interface ForeignOffersDeps {
  readonly rtc: RtcConnections
  rtcConfig(): RtcConfig
  /** Whether this peer is welcome, and another connection. */
  welcome(peer: WirePeerId): boolean
  say(description: SessionDescription, to: WirePeerId, offerId: string): void
  /** Null when it came to nothing. */
  onChannel(open: OpenChannel | null, peer: WirePeerId): void
}

/** Offers that a tracker handed to us, each answered until its channel is open or never will be. */
export interface ForeignOffers {
  readonly answering: number
  answer(offer: Extract<TrackerMessage, { type: 'offer' }>): Promise<void>
}

export function makeForeignOffers(deps: ForeignOffersDeps): ForeignOffers {
  const { rtc } = deps
  const answering = new Map<WirePeerId, { readonly since: Millis; giveUp(): void }>()

  return {
    get answering() {
      return answering.size
    },

    async answer({ peer, offerId, description }) {
      if (!deps.welcome(peer)) return
      const before = answering.get(peer)
      const since = performance.now()
      if (before !== undefined && since - before.since < OFFERS_AGAIN) return
      // It gave that one up, and we would wait for it until the connection has no time left.
      before?.giveUp()
      answering.delete(peer)
      if (answering.size >= MAX_ANSWERING || rtc.budget.room() <= 0) return

      const given = new AbortController()
      const own = { since, giveUp: () => given.abort() }
      answering.set(peer, own)
      try {
        const made = await answerOffer(rtc, deps.rtcConfig(), description, given.signal)
        if (made === null) return
        deps.say(made.description, peer, offerId)
        deps.onChannel(await made.channel, peer)
      } finally {
        if (answering.get(peer) === own) answering.delete(peer)
      }
    },
  }
}
