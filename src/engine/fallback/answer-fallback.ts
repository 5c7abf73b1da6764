import type { OverlayStream } from '../contracts/overlay.ts'
import type { PeerId } from '../model/ids.ts'
import type { BtFallbackAck, BtFallbackRequest } from '../model/private-job.ts'
import { SECOND, type Millis } from '../model/units.ts'
import { makeAllowance, type Allowance } from '../swarm/allowance.ts'
import { ackFrame, MAX_FALLBACK_LENGTH, readRequest } from './fallback-messages.ts'
import { oneFrame } from './one-frame.ts'

/** From the stream to the request. */
const SAY_WITHIN: Millis = 10 * SECOND
/** Requests being answered, of everybody. */
const MAX_ANSWERING = 8
/** What one identity may ask: five at once, one every ten seconds in the long run. */
const ASKING = { burst: 5, perSecond: 0.1 }
/** Identities whose asking is remembered; a new key costs nothing, so the oldest goes. */
const MAX_REMEMBERED = 1000

/**
 * Answers those who ask for a private torrent. One stream is one request: whoever says what is none,
 * says it too often or too late, loses the stream without a word.
 *
 * @param answer judges and carries out a request of this identity; must not reject
 * @returns what takes a stream of the protocol
 */
export function makeFallbackAnswerer(
  answer: (request: BtFallbackRequest, asker: PeerId) => Promise<BtFallbackAck>,
  now: () => Millis = () => performance.now(),
): (stream: OverlayStream) => void {
  const asked = new Map<PeerId, Allowance>()
  let answering = 0

  const mayAsk = (peer: PeerId): boolean => {
    const allowance = asked.get(peer) ?? makeAllowance(ASKING, now)
    asked.delete(peer)
    asked.set(peer, allowance) // now the newest
    const [oldest] = asked.keys()
    if (asked.size > MAX_REMEMBERED && oldest !== undefined) asked.delete(oldest)
    return allowance.spend()
  }

  const take = async (stream: OverlayStream): Promise<void> => {
    if (answering >= MAX_ANSWERING || !mayAsk(stream.peerId)) return stream.abort('too often')
    answering += 1
    try {
      const said = await oneFrame(stream, MAX_FALLBACK_LENGTH, AbortSignal.timeout(SAY_WITHIN))
      const request = said === null ? null : readRequest(said)
      if (request === null) return stream.abort('no request')
      await stream.send(ackFrame(await answer(request, stream.peerId)))
      stream.close()
    } catch {
      stream.abort('the answer was not heard') // it went away
    } finally {
      answering -= 1
    }
  }

  return (stream) => void take(stream)
}
