import type {
  RtcChannelOptions,
  RtcConfig,
  RtcConnection,
  RtcFailure,
  RtcListener,
  RtcStats,
} from '../../engine/contracts/rtc.ts'
import {
  MAX_CANDIDATES,
  type IceCandidate,
  type RtcState,
  type SessionDescription,
} from '../../engine/model/rtc-state.ts'
import { unreachable } from '../../engine/model/result.ts'
import type { Bytes } from '../../engine/model/units.ts'
import type { AskValue, RtcQuestion, StateEvent } from '../protocol/rtc.ts'
import { makeConnectionChannels } from './connection-channels.ts'
import { checkCandidate, checkDescription, refused } from './foreign-signal.ts'
import { makeOpenAsks } from './open-asks.ts'
import type { Bridge, Place, ToConnection } from './rtc-place.ts'
import type { ShimChannel } from './shim-channel.ts'
import { CandidateErrorEvent, CandidateEvent, DataChannelEvent } from './shim-events.ts'
import { ShimIceCandidate } from './signal-classes.ts'
import { StickyTarget } from './sticky-target.ts'

/**
 * `RTCPeerConnection` for a worker: the page has the real one. Getters answer from the state the
 * page sent last, which is always in place before the event about it is told.
 */
export class ShimConnection extends StickyTarget implements RtcConnection {
  readonly #bridge: Bridge<ShimConnection>
  readonly #place: Place | null
  #candidates = 0
  #ended = false
  #failure: RtcFailure | null = null
  /** The browser's words, where it was the browser. */
  #why: string | null = null
  #state: RtcState = NEW
  readonly #asks = makeOpenAsks((ask, question) => {
    const { id } = this.#placeOrThrow()
    this.#bridge.post({ type: 'ask', connection: id, ask, question })
  })
  readonly #channels = makeConnectionChannels({
    maxMessageSize: () => this.maxMessageSize,
    post: (channel, message, transfer) => {
      if (this.#place === null || this.#ended) return
      this.#bridge.post({ ...message, connection: this.#place.id, channel }, transfer)
    },
  })

  onconnectionstatechange: RtcListener | null = null
  oniceconnectionstatechange: RtcListener | null = null
  onicegatheringstatechange: RtcListener | null = null
  onsignalingstatechange: RtcListener | null = null
  onnegotiationneeded: RtcListener | null = null
  onicecandidate: RtcConnection['onicecandidate'] = null
  onicecandidateerror: ((event: CandidateErrorEvent) => void) | null = null
  ondatachannel: RtcConnection['ondatachannel'] = null

  constructor(bridge: Bridge<ShimConnection>, config: RtcConfig = {}) {
    super()
    this.#bridge = bridge
    const place = bridge.enter(this)
    if (typeof place === 'string') {
      this.#place = null
      this.fail(place)
      return
    }
    this.#place = place
    bridge.post({
      type: 'open',
      connection: place.id,
      config: {
        iceServers: (config.iceServers ?? []).map((server) => ({
          ...server,
          urls: typeof server.urls === 'string' ? [server.urls] : [...server.urls],
        })),
        iceTransportPolicy: config.iceTransportPolicy ?? 'all',
      },
      takesChannels: typeof RTCDataChannel !== 'undefined',
    })
  }

  get connectionState(): RtcState['connectionState'] {
    return this.#state.connectionState
  }

  get iceConnectionState(): RtcState['iceConnectionState'] {
    return this.#state.iceConnectionState
  }

  get iceGatheringState(): RtcState['iceGatheringState'] {
    return this.#state.iceGatheringState
  }

  get signalingState(): RtcState['signalingState'] {
    return this.#state.signalingState
  }

  get localDescription(): SessionDescription | null {
    return this.#state.localDescription
  }

  get remoteDescription(): SessionDescription | null {
    return this.#state.remoteDescription
  }

  get maxMessageSize(): Bytes | null {
    return this.#state.maxMessageSize
  }

  get failure(): RtcFailure | null {
    return this.#failure
  }

  createDataChannel(label: string, options: RtcChannelOptions = {}): ShimChannel {
    const place = this.#placeOrThrow()
    const [channel, shim] = this.#channels.add({
      label,
      protocol: options.protocol ?? '',
      ordered: options.ordered ?? true,
      negotiated: options.negotiated ?? false,
      id: options.id ?? null,
    })
    this.#bridge.post({
      type: 'create-channel',
      connection: place.id,
      channel,
      label,
      options: { ...options },
    })
    return shim
  }

  async createOffer(): Promise<SessionDescription> {
    return descriptionIn(await this.#ask({ method: 'createOffer' }))
  }

  async createAnswer(): Promise<SessionDescription> {
    return descriptionIn(await this.#ask({ method: 'createAnswer' }))
  }

  async setLocalDescription(description?: SessionDescription): Promise<void> {
    const given = description && { type: description.type, sdp: description.sdp }
    await this.#ask({ method: 'setLocalDescription', description: given ?? null })
  }

  async setRemoteDescription(description: SessionDescription): Promise<void> {
    await this.#ask({
      method: 'setRemoteDescription',
      description: checkDescription(description),
    })
  }

  async addIceCandidate(candidate: IceCandidate | null = null): Promise<void> {
    if (++this.#candidates > MAX_CANDIDATES) throw refused('the peer has too many candidates')
    await this.#ask({
      method: 'addIceCandidate',
      candidate: candidate === null ? null : checkCandidate(candidate),
    })
  }

  async getStats(): Promise<ReadonlyMap<string, RtcStats>> {
    // The page sends the entries of an RTCStatsReport, whose values are what RtcStats describes.
    return new Map((await this.#ask({ method: 'getStats' })) as readonly [string, RtcStats][])
  }

  close(): void {
    this.#end('closed', () => {})
    this.#state = { ...this.#state, connectionState: 'closed', iceConnectionState: 'closed' }
  }

  /** Ends the connection with a reason: `connectionstatechange` to `failed`, then `close`. */
  fail(failure: RtcFailure, why?: string): void {
    if (this.#ended) return
    this.#failure = failure
    this.#why = why ?? null
    this.#end('failed', () => {
      if (this.#state.connectionState === 'failed') this.#changed('connectionstatechange')
    })
  }

  /** News from the page about this connection. */
  take(message: ToConnection): void {
    if (this.#ended) return dropChannel(message)
    if ('state' in message && message.state !== null) this.#state = message.state
    switch (message.type) {
      case 'changed':
        if (this.#state.connectionState === 'failed') return this.fail('unreachable')
        if (this.#state.connectionState === 'connected') this.#place?.connected()
        return this.#changed(message.event)
      case 'candidate': {
        const { candidate } = message
        const event = new CandidateEvent(
          candidate === null ? null : new ShimIceCandidate(candidate),
        )
        return this.#tell(event, this.onicecandidate)
      }
      case 'candidate-error':
        return this.#tell(new CandidateErrorEvent(message), this.onicecandidateerror)
      case 'answer':
        return this.#asks.answered(message.ask, message.outcome)
      case 'channel': {
        const channel = this.#channels.arrive(message.channel, message.facts, message.carried)
        if (channel === null) return
        return this.#tell(new DataChannelEvent(channel), this.ondatachannel)
      }
      case 'no-channel': {
        const { name, message: text } = message.cause
        return this.#channels.refuse(message.channel, new DOMException(text, name))
      }
      case 'refused':
        return this.fail('browser', message.cause.message)
      case 'channel-opened':
      case 'channel-closing':
      case 'channel-closed':
      case 'channel-error':
      case 'message':
      case 'drained':
        return this.#channels.take(message.channel, message)
      default:
        return unreachable(message)
    }
  }

  async #ask(question: RtcQuestion): Promise<AskValue> {
    this.#placeOrThrow()
    return this.#asks.ask(question)
  }

  #placeOrThrow(): Place {
    if (this.#place === null || this.#ended) throw this.#whyEnded()
    return this.#place
  }

  #whyEnded(): DOMException {
    return this.#failure === 'budget'
      ? new DOMException('there is no room for another connection', 'QuotaExceededError')
      : new DOMException(
          this.#why ?? `the connection is ${this.connectionState}`,
          'InvalidStateError',
        )
  }

  #end(state: 'closed' | 'failed', tellFirst: () => void): void {
    if (this.#ended) return
    this.#ended = true
    this.#state = {
      ...this.#state,
      connectionState: state,
      iceConnectionState: state,
      signalingState: 'closed',
    }
    if (this.#place !== null) {
      this.#place.leave()
      this.#bridge.post({ type: 'close', connection: this.#place.id })
    }
    this.#asks.giveUp(this.#whyEnded())
    this.#channels.endAll()
    queueMicrotask(() => {
      tellFirst()
      // Not in webrtc-pc; libp2p lets go of a closed connection on this event.
      this.settle(new Event('close'))
    })
  }

  #changed(event: StateEvent): void {
    this.#tell(new Event(event), this[`on${event}`])
  }

  #tell<E extends Event>(event: E, listener: ((event: E) => void) | null): void {
    listener?.call(this, event)
    this.dispatchEvent(event)
  }
}

/** A channel that comes to a closed connection would stay open for ever in this thread. */
function dropChannel(message: ToConnection): void {
  if (message.type === 'channel') message.carried?.close()
}

function descriptionIn(value: AskValue): SessionDescription {
  if (value !== null && 'sdp' in value) return value
  throw new Error('the page answered without a description')
}

const NEW: RtcState = {
  connectionState: 'new',
  iceConnectionState: 'new',
  iceGatheringState: 'new',
  signalingState: 'stable',
  localDescription: null,
  remoteDescription: null,
  maxMessageSize: null,
}
