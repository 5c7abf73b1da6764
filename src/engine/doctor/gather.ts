import type { RtcConfig, RtcConnections } from '../contracts/rtc.ts'
import { SECOND, type Millis } from '../model/units.ts'
import { readCandidate, type ReadCandidate } from './ice-candidate.ts'
import { within } from './within.ts'

/**
 * A browser that is busy takes long to open its sockets. Once they are open a STUN server that works
 * answers at once; a silent one is asked for eight seconds (Firefox) or ten (Chromium).
 */
const BEGIN_WITHIN: Millis = 20 * SECOND
const ANSWER_WITHIN: Millis = 5 * SECOND

export interface Gathered {
  readonly candidates: readonly ReadCandidate[]
  /** When the first reflexive one came; null without one. */
  readonly reflexiveAfter: Millis | null
  /** Every server answered or was given up: a silent one is asked again and again for longer. */
  readonly complete: boolean
}

/** Every address that a new connection would tell others. */
export async function gather(
  rtc: RtcConnections,
  config: RtcConfig,
  signal: AbortSignal,
): Promise<Gathered> {
  const connection = rtc.make(config)
  const begun = performance.now()
  const candidates: ReadCandidate[] = []
  let reflexiveAfter: Millis | null = null
  let done = false
  let patience: ReturnType<typeof setTimeout> | undefined
  try {
    const all = await within(BEGIN_WITHIN, signal, async () => {
      const { promise: ended, resolve } = Promise.withResolvers<boolean>()
      connection.addEventListener('close', () => resolve(false), { once: true })
      connection.onicecandidate = ({ candidate }) => {
        if (candidate === null) return resolve(true)
        const read = readCandidate(candidate.candidate)
        if (read === null) return
        candidates.push(read)
        patience ??= setTimeout(() => resolve(false), ANSWER_WITHIN)
        if (read.kind === 'reflexive') reflexiveAfter ??= Math.round(performance.now() - begun)
      }
      connection.createDataChannel('doctor')
      await connection.setLocalDescription(await connection.createOffer())
      return ended
    })
    done = all === true
  } catch {
    signal.throwIfAborted() // otherwise it was closed, or refused: what was found is what there is
  } finally {
    clearTimeout(patience)
    connection.close()
  }
  return { candidates, reflexiveAfter, complete: done }
}
