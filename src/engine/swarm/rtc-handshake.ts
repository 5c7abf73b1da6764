import type { RtcChannel, RtcConfig, RtcConnection, RtcConnections } from '../contracts/rtc.ts'
import type { SessionDescription } from '../model/rtc-state.ts'
import { SECOND, type Millis } from '../model/units.ts'

/**
 * Offers and answers for signalling that carries one description each way: candidates are
 * gathered first and travel inside it, as web trackers need it.
 */

/** Host candidates take milliseconds; a STUN server that does not answer must not hold us up. */
const GATHERING_DEADLINE: Millis = 2 * SECOND

/** A data channel that is open, and how to close the connection under it. */
export interface OpenChannel {
  readonly channel: RtcChannel
  readonly close: () => void
  /** False while the other side cannot be reached, though nothing is closed yet. */
  readonly reachable: () => boolean
}

export interface PendingOffer {
  readonly description: SessionDescription
  /** Resolves with the open channel; null when it came to nothing. */
  accept(answer: SessionDescription): Promise<OpenChannel | null>
  close(): void
}

/** Null when the connection could not be made: no room, or the browser refused. */
export async function makeOffer(
  rtc: RtcConnections,
  config: RtcConfig,
): Promise<PendingOffer | null> {
  const connection = rtc.make(config)
  try {
    const channel = connection.createDataChannel('chiral')
    await connection.setLocalDescription(await connection.createOffer())
    await gathered(connection)
    const description = connection.localDescription
    if (description === null) throw new Error('no description')
    return {
      description,
      accept: async (answer) => {
        try {
          await connection.setRemoteDescription(answer)
        } catch {
          connection.close()
          return null
        }
        return opened(connection, channel)
      },
      close: () => connection.close(),
    }
  } catch {
    connection.close()
    return null
  }
}

export interface MadeAnswer {
  readonly description: SessionDescription
  /** Resolves when the peer's channel is open; null when it came to nothing. */
  readonly channel: Promise<OpenChannel | null>
}

/** Null when the offer is nothing we can answer. `signal` gives it up until its channel is open. */
export async function answerOffer(
  rtc: RtcConnections,
  config: RtcConfig,
  offer: SessionDescription,
  signal: AbortSignal,
): Promise<MadeAnswer | null> {
  const connection = rtc.make(config)
  signal.addEventListener('abort', () => connection.close(), { once: true })
  const { promise: channel, resolve } = Promise.withResolvers<OpenChannel | null>()
  connection.ondatachannel = ({ channel }) => {
    connection.ondatachannel = null // one wire, one channel; a second one is not answered
    resolve(opened(connection, channel))
  }
  connection.addEventListener('close', () => resolve(null), { once: true })
  try {
    await connection.setRemoteDescription(offer)
    await connection.setLocalDescription(await connection.createAnswer())
    await gathered(connection)
    const description = connection.localDescription
    if (description === null) throw new Error('no description')
    return { description, channel }
  } catch {
    connection.close()
    return null
  }
}

/** Resolves when there is nothing more to gather, or it took too long. */
function gathered(connection: RtcConnection): Promise<void> {
  if (connection.iceGatheringState === 'complete') return Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  const deadline = setTimeout(resolve, GATHERING_DEADLINE)
  connection.addEventListener('icegatheringstatechange', () => {
    if (connection.iceGatheringState === 'complete') resolve()
  })
  connection.addEventListener('close', () => resolve(), { once: true })
  return promise.finally(() => clearTimeout(deadline))
}

function opened(connection: RtcConnection, channel: RtcChannel): Promise<OpenChannel | null> {
  const { promise, resolve } = Promise.withResolvers<OpenChannel | null>()
  const close = () => connection.close()
  const reachable = () => connection.connectionState === 'connected'
  const made: OpenChannel = { channel, close, reachable }
  channel.addEventListener('open', () => resolve(made), { once: true })
  channel.addEventListener('close', () => resolve(null), { once: true })
  connection.addEventListener('close', () => resolve(null), { once: true })
  if (channel.readyState === 'open') resolve(made)
  return promise.then((open) => {
    if (open === null) close()
    return open
  })
}
