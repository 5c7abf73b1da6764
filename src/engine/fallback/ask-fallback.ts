import type { OverlayStream } from '../contracts/overlay.ts'
import type { BtFallbackAck, BtFallbackRequest } from '../model/private-job.ts'
import { SECOND, type Millis } from '../model/units.ts'
import { MAX_FALLBACK_LENGTH, readAck, requestFrame } from './fallback-messages.ts'
import { oneFrame } from './one-frame.ts'

/** Preparing a torrent may take the other side's disk and a passphrase's worth of thinking. */
const ANSWER_WITHIN: Millis = 30 * SECOND

/**
 * Asks on a stream of the protocol, and closes it. Null when there is no answer: it is not one, the
 * peer went away, does not want to be asked so often, or `signal` was aborted.
 */
export async function askFallback(
  stream: OverlayStream,
  request: BtFallbackRequest,
  signal: AbortSignal,
): Promise<BtFallbackAck | null> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN)])
  const answered = oneFrame(stream, MAX_FALLBACK_LENGTH, patience)
  try {
    await stream.send(requestFrame(request))
    const said = await answered
    return said === null ? null : readAck(said)
  } catch {
    return null // the stream was closed before all was said
  } finally {
    stream.close()
  }
}
