import type { RtcChannel, RtcConfig, RtcConnection, RtcConnections } from '../contracts/rtc.ts'
import type { WirePeerId } from '../model/ids.ts'
import { MAX_CANDIDATES, type IceCandidate } from '../model/rtc-state.ts'
import { SECOND, type Millis } from '../model/units.ts'
import type { OpenChannel } from '../swarm/rtc-handshake.ts'
import type { Conversation } from './conversation.ts'
import {
  hiddenCandidate,
  namesAddress,
  withoutAddresses,
  withoutNames,
} from './hidden-description.ts'
import type { Refusal, SignalMessage } from './signal-messages.ts'

/**
 * From both descriptions to an open channel. ICE needs a second or two where a path exists; a slow
 * device gets more, and whoever has no path waits as long for the relay.
 */
const CONNECT_WITHIN: Millis = 10 * SECOND
/** How long the other side may take to answer, its dialogue with the browser included. */
const ANSWER_WITHIN: Millis = 8 * SECOND

export interface DirectPathDeps {
  readonly rtc: RtcConnections
  /**
   * As `rtcConfigFor` says for the torrent: null where no direct path may be made. With the transport
   * policy `relay` our address is hidden: it is in nothing that is said, and no name that the other
   * side gives is looked up.
   */
  rtcConfig(): RtcConfig | null
}

export type DirectOutcome =
  | { readonly found: 'direct'; readonly open: OpenChannel; readonly wirePeerId: WirePeerId }
  | { readonly found: 'refused'; readonly reason: Refusal }
  /** Nothing leads from one to the other, or one of them may not say where it is. */
  | { readonly found: 'no-path' }
  /** It did not answer, or went away. */
  | { readonly found: 'nothing' }

/**
 * Offers a direct connection, candidates following one by one. Closes the connection unless
 * `direct`; never the conversation.
 */
export async function offerDirect(
  deps: DirectPathDeps,
  talk: Conversation,
  offer: Omit<Extract<SignalMessage, { type: 'offer' }>, 'type' | 'sdp'>,
  signal: AbortSignal,
): Promise<DirectOutcome> {
  const config = deps.rtcConfig()
  if (config === null) return { found: 'no-path' }
  const veil = veilOf(config)
  const connection = deps.rtc.make(config)
  const giveUp = () => connection.close()
  signal.addEventListener('abort', giveUp, { once: true })
  let open: OpenChannel | null = null
  try {
    const trickle = trickleOf(connection, talk, veil)
    const channel = connection.createDataChannel('chiral')
    const description = await connection.createOffer()
    await connection.setLocalDescription(description)
    talk.say({ type: 'offer', ...offer, sdp: veil.said(description.sdp) })
    trickle.begin()
    const answer = await inTime(talk.next(), ANSWER_WITHIN)
    if (answer?.type === 'refuse') return refusedFor(answer.reason)
    if (answer?.type !== 'answer') return { found: 'nothing' }
    const { wirePeerId } = answer
    const sdp = veil.heard(answer.sdp)
    await connection.setRemoteDescription({ type: 'answer', sdp })
    trickle.hear(sdp)
    open = await openOf(connection, channel, trickle)
    return open === null ? { found: 'no-path' } : { found: 'direct', open, wirePeerId }
  } catch {
    return { found: 'nothing' } // the connection was closed, or the answer was nothing to it
  } finally {
    if (open === null) connection.close()
    signal.removeEventListener('abort', giveUp)
  }
}

/** Answers an offer that was judged before. Null, and the connection is closed, without a channel. */
export async function answerDirect(
  deps: DirectPathDeps,
  talk: Conversation,
  offered: string,
  wirePeerId: WirePeerId,
  signal: AbortSignal,
): Promise<OpenChannel | null> {
  const config = deps.rtcConfig()
  if (config === null) {
    talk.say({ type: 'refuse', reason: 'no-direct' })
    return null
  }
  const veil = veilOf(config)
  const sdp = veil.heard(offered)
  const connection = deps.rtc.make(config)
  const giveUp = () => connection.close()
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    const trickle = trickleOf(connection, talk, veil)
    const { promise: arrived, resolve } = Promise.withResolvers<RtcChannel>()
    connection.ondatachannel = ({ channel }) => {
      connection.ondatachannel = null // one wire, one channel; a second one is not answered
      resolve(channel)
    }
    await connection.setRemoteDescription({ type: 'offer', sdp })
    const description = await connection.createAnswer()
    await connection.setLocalDescription(description)
    talk.say({ type: 'answer', wirePeerId, sdp: veil.said(description.sdp) })
    trickle.begin()
    trickle.hear(sdp)
    return await openOf(connection, arrived, trickle)
  } catch {
    connection.close()
    return null
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

/** Whoever may say nothing of where it is can still be asked for a relayed wire. */
function refusedFor(reason: Refusal): DirectOutcome {
  return reason === 'no-direct' ? { found: 'no-path' } : { found: 'refused', reason }
}

/** What of both sides' words passes. */
interface Veil {
  said(sdp: string): string
  heard(sdp: string): string
  /** Null for one that must not leave. */
  candidate(candidate: IceCandidate): IceCandidate | null
  mayTry(candidate: IceCandidate): boolean
}

function veilOf({ iceTransportPolicy }: RtcConfig): Veil {
  return iceTransportPolicy === 'relay' ? HIDING : OPEN
}

const OPEN: Veil = {
  said: (sdp) => sdp,
  heard: (sdp) => sdp,
  candidate: (candidate) => candidate,
  mayTry: () => true,
}

const HIDING: Veil = {
  said: withoutAddresses,
  heard: withoutNames,
  candidate: hiddenCandidate,
  mayTry: namesAddress,
}

/** Candidates of both sides, each as it is found. */
interface Trickle {
  /** The description is said: candidates may follow it. */
  begin(): void
  /** The other side's description is set: its candidates may be added, beside those in it. */
  hear(sdp: string): void
  /** Resolves when one side has said that it has no candidate at all, or says nothing any more. */
  readonly hopeless: Promise<void>
}

function trickleOf(connection: RtcConnection, talk: Conversation, veil: Veil): Trickle {
  const kept: (IceCandidate | null)[] = []
  const { promise: hopeless, resolve: noHope } = Promise.withResolvers<void>()
  let begun = false
  let ours = 0

  const tell = (candidate: IceCandidate | null) => {
    talk.say({ type: 'candidate', candidate })
    if (candidate === null && ours === 0) noHope()
  }
  connection.onicecandidate = ({ candidate: found }) => {
    // An empty one ends a generation; the null that follows ends them all.
    if (found !== null && found.candidate === '') return
    const candidate = found === null ? null : veil.candidate(found)
    if (found !== null && candidate === null) return
    if (candidate !== null) ours += 1
    if (begun) tell(candidate)
    else kept.push(candidate)
  }

  return {
    hopeless,
    begin() {
      begun = true
      kept.forEach(tell)
    },
    hear(sdp) {
      let theirs = (sdp.match(/^a=candidate:/gm) ?? []).length
      const listen = async () => {
        for (let heard = 0; heard <= MAX_CANDIDATES; heard++) {
          const message = await talk.next()
          if (message?.type !== 'candidate') return
          if (message.candidate === null) {
            if (theirs === 0) noHope()
            continue
          }
          if (!veil.mayTry(message.candidate)) continue
          theirs += 1
          // One that cannot be used takes nothing from the others.
          await connection.addIceCandidate(message.candidate).catch(() => {})
        }
      }
      void listen()
    },
  }
}

/** Null, and the connection is closed, when nothing leads to the other side. */
async function openOf(
  connection: RtcConnection,
  arriving: RtcChannel | Promise<RtcChannel>,
  { hopeless }: Trickle,
): Promise<OpenChannel | null> {
  const { promise, resolve } = Promise.withResolvers<OpenChannel | null>()
  const close = () => connection.close()
  const reachable = () => connection.connectionState === 'connected'
  const deadline = setTimeout(() => resolve(null), CONNECT_WITHIN)
  connection.addEventListener('close', () => resolve(null), { once: true })
  void hopeless.then(() => resolve(null))
  void Promise.resolve(arriving).then((channel) => {
    // Both are told also when they were before.
    channel.addEventListener('open', () => resolve({ channel, close, reachable }), {
      once: true,
    })
    channel.addEventListener('close', () => resolve(null), { once: true })
  })
  const open = await promise
  clearTimeout(deadline)
  if (open === null) close()
  return open
}

async function inTime<Value>(value: Promise<Value>, patience: Millis): Promise<Value | null> {
  const { promise, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(() => resolve(null), patience)
  try {
    return await Promise.race([value, promise])
  } finally {
    clearTimeout(timer)
  }
}
