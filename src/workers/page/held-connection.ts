import { toCause } from '../../engine/model/errors.ts'
import { unreachable } from '../../engine/model/result.ts'
import type {
  AskOutcome,
  AskValue,
  ChannelId,
  ConnectionId,
  RtcQuestion,
  RtcState,
  RtcToPage,
  RtcToWorker,
  SessionDescription,
  StateEvent,
} from '../protocol/rtc.ts'
import { makeChannelPump, type ChannelPump } from './channel-pump.ts'

export type ToHeld = Exclude<RtcToPage, { readonly type: 'open' | 'close' }>
export type PostToWorker = (message: RtcToWorker, transfer?: Transferable[]) => void

/** One real connection that the page holds for the worker. */
export interface HeldConnection {
  take(message: ToHeld): void
  /** No news follows. */
  close(): void
}

interface HeldConnectionDeps {
  readonly id: ConnectionId
  readonly connection: RTCPeerConnection
  /** Tried for every channel when true; when false, or when it fails, the bytes are carried. */
  readonly transferChannels: boolean
  readonly post: PostToWorker
}

const STATE_EVENTS: readonly StateEvent[] = [
  'connectionstatechange',
  'iceconnectionstatechange',
  'icegatheringstatechange',
  'signalingstatechange',
  'negotiationneeded',
]

export function holdConnection(deps: HeldConnectionDeps): HeldConnection {
  const { id, connection } = deps
  const pumps = new Map<ChannelId, ChannelPump>()
  const listening = new AbortController()
  const { signal } = listening
  let nextPeerChannel: ChannelId = -1

  const post: PostToWorker = (message, transfer) => {
    if (!signal.aborted) deps.post(message, transfer)
  }

  /**
   * Must run in the task that made the channel or announced it: after that, and after one
   * `await` of anything but a settled promise, browsers refuse the transfer.
   */
  const handOver = (key: ChannelId, channel: RTCDataChannel) => {
    const { label, protocol, ordered, negotiated, readyState } = channel
    const arrival = {
      type: 'channel',
      connection: id,
      channel: key,
      state: stateOf(connection),
      facts: { label, protocol, ordered, negotiated, id: channel.id, readyState },
    } as const
    // TypeScript's DOM does not list RTCDataChannel among what is transferable yet.
    if (deps.transferChannels && tryToTransfer({ ...arrival, carried: channel }, channel)) return
    post({ ...arrival, carried: null })
    const pump = makeChannelPump(channel, (message, transfer) =>
      post({ ...message, connection: id, channel: key }, transfer),
    )
    pumps.set(key, pump)
    channel.addEventListener('close', () => pumps.delete(key), { signal })
  }

  const tryToTransfer = (message: RtcToWorker, channel: RTCDataChannel): boolean => {
    try {
      post(message, [channel])
      return true
    } catch {
      // DataCloneError or, before the feature, TypeError: in both nothing was sent.
      return false
    }
  }

  for (const event of STATE_EVENTS) {
    const tell = () => post({ type: 'changed', connection: id, state: stateOf(connection), event })
    connection.addEventListener(event, tell, { signal })
  }
  connection.addEventListener(
    'icecandidate',
    ({ candidate }) =>
      post({
        type: 'candidate',
        connection: id,
        state: stateOf(connection),
        candidate: candidate === null ? null : { candidate: '', ...candidate.toJSON() },
      }),
    { signal },
  )
  connection.addEventListener(
    'icecandidateerror',
    ({ errorCode, errorText, url }) =>
      post({ type: 'candidate-error', connection: id, errorCode, errorText, url }),
    { signal },
  )
  connection.addEventListener(
    'datachannel',
    ({ channel }) => handOver(nextPeerChannel--, channel),
    { signal },
  )

  const answer = async (question: RtcQuestion): Promise<AskOutcome> => {
    try {
      return { ok: true, value: await ask(connection, question) }
    } catch (thrown) {
      const { name, message } = toCause(thrown)
      return { ok: false, cause: { name, message } }
    }
  }

  return {
    take(message) {
      switch (message.type) {
        case 'create-channel':
          try {
            handOver(message.channel, connection.createDataChannel(message.label, message.options))
          } catch (thrown) {
            const { name, message: text } = toCause(thrown)
            const cause = { name, message: text }
            post({ type: 'no-channel', connection: id, channel: message.channel, cause })
          }
          return
        case 'ask':
          void answer(message.question).then((outcome) =>
            post({
              type: 'answer',
              connection: id,
              ask: message.ask,
              state: stateOf(connection),
              outcome,
            }),
          )
          return
        case 'send':
        case 'close-channel':
          pumps.get(message.channel)?.take(message)
          return
        default:
          unreachable(message)
      }
    },
    close() {
      listening.abort()
      pumps.clear()
      connection.close()
    },
  }
}

async function ask(connection: RTCPeerConnection, question: RtcQuestion): Promise<AskValue> {
  switch (question.method) {
    case 'createOffer':
      return descriptionOf(await connection.createOffer())
    case 'createAnswer':
      return descriptionOf(await connection.createAnswer())
    case 'setLocalDescription':
      await connection.setLocalDescription(question.description ?? undefined)
      return null
    case 'setRemoteDescription':
      await connection.setRemoteDescription(question.description)
      return null
    case 'addIceCandidate':
      await connection.addIceCandidate(question.candidate)
      return null
    case 'getStats': {
      const entries: [string, object][] = []
      // The standard's report is a map of dictionaries, which TypeScript types as `any`.
      const report = await connection.getStats()
      report.forEach((stats: object, key: string) => entries.push([key, stats]))
      return entries
    }
    default:
      return unreachable(question)
  }
}

function stateOf(connection: RTCPeerConnection): RtcState {
  const most = connection.sctp?.maxMessageSize ?? null
  return {
    connectionState: connection.connectionState,
    iceConnectionState: connection.iceConnectionState,
    iceGatheringState: connection.iceGatheringState,
    signalingState: connection.signalingState,
    localDescription: connection.localDescription && descriptionOf(connection.localDescription),
    remoteDescription: connection.remoteDescription && descriptionOf(connection.remoteDescription),
    maxMessageSize: most !== null && Number.isFinite(most) ? most : null,
  }
}

function descriptionOf({ type, sdp }: RTCSessionDescriptionInit): SessionDescription {
  return { type, sdp: sdp ?? '' }
}
