import type { IceCandidate, RtcState, SessionDescription } from '../model/rtc-state.ts'
import type { Bytes } from '../model/units.ts'

/**
 * Peer connections as the engine needs them: the part of WebRTC that a worker can be given.
 * The words and life cycles are those of webrtc-pc, so that a reader of the standard is at
 * home; where this differs, it promises more:
 *
 * - `open` and `close` are sticky: a listener added late is still told, once.
 * - Messages come after `open`, and those from before `onmessage` is first set are kept until
 *   then: up to 1 MiB, beyond which the channel is closed.
 * - `error` is always followed by `close`; a peer that closes its connection may cause both.
 * - A connection that fails, is refused or never connects is closed by itself, with `failure`.
 */
export interface RtcConnections {
  /**
   * Never throws. Beyond the budget the connection is born `failed` with failure `budget`: its
   * events follow in a microtask, and every call on it rejects or throws `QuotaExceededError`.
   */
  make(config: RtcConfig): RtcConnection
  readonly budget: RtcBudget
}

export type MakeRtcConnection = RtcConnections['make']

/** How many connections may still be made. Counts every user of the bridge together. */
export interface RtcBudget {
  /** Made and not closed, connected or not. */
  readonly live: number
  /** Of those, how many have not connected yet. */
  readonly pending: number
  /** How many could be made now. Ask before making offers. */
  room(): number
}

export interface RtcConfig {
  readonly iceServers?: readonly RtcIceServer[]
  readonly iceTransportPolicy?: 'all' | 'relay'
}

export interface RtcIceServer {
  readonly urls: string | readonly string[]
  readonly username?: string
  readonly credential?: string
}

/** Why a connection ended without being closed by its owner. */
export type RtcFailure =
  /** Refused: as many connections as are allowed are live or pending. */
  | 'budget'
  /** Did not connect within the time allowed from its making. */
  | 'deadline'
  /** ICE or DTLS gave up: no path, or the peer vanished. */
  | 'unreachable'
  /** The browser would not make the connection. */
  | 'browser'
  /** The page that held the connection is gone. */
  | 'page-gone'

export type RtcConnectionEvent =
  | 'connectionstatechange'
  | 'iceconnectionstatechange'
  | 'icegatheringstatechange'
  | 'signalingstatechange'
  /** Also after `close()`, which a browser's own connection does not announce. */
  | 'close'

export interface RtcConnection extends RtcState {
  /** Null while all is well and after an ordinary `close()`. */
  readonly failure: RtcFailure | null

  /** Answers at once; the channel opens later. Throws `InvalidStateError` once closed. */
  createDataChannel(label: string, options?: RtcChannelOptions): RtcChannel

  createOffer(): Promise<SessionDescription>
  createAnswer(): Promise<SessionDescription>
  /** Without a description the browser makes the one that is due. */
  setLocalDescription(description?: SessionDescription): Promise<void>
  /**
   * Takes foreign text: rejects with `OperationError` what is longer than
   * `MAX_DESCRIPTION_LENGTH` or asks for anything but data channels.
   */
  setRemoteDescription(description: SessionDescription): Promise<void>
  /** Takes foreign text: rejects over-long candidates and more of them than any honest peer has. */
  addIceCandidate(candidate: IceCandidate | null): Promise<void>
  /** The entries of an `RTCStatsReport` by their ids. */
  getStats(): Promise<ReadonlyMap<string, RtcStats>>

  /** Closes the connection and its channels; their `close` events follow. Safe to call twice. */
  close(): void

  /** Local candidates as they are found; null after the last. */
  onicecandidate: ((event: { readonly candidate: IceCandidate | null }) => void) | null
  /** Channels that the peer made. Set it before a remote description is. */
  ondatachannel: ((event: { readonly channel: RtcChannel }) => void) | null

  addEventListener(type: RtcConnectionEvent, listener: RtcListener, options?: RtcListening): void
  removeEventListener(type: RtcConnectionEvent, listener: RtcListener): void
}

export interface RtcChannelOptions {
  readonly ordered?: boolean
  readonly maxPacketLifeTime?: number
  readonly maxRetransmits?: number
  readonly protocol?: string
  readonly negotiated?: boolean
  readonly id?: number
}

/** One entry of a statistics report (webrtc-stats); the members depend on `type`. */
export interface RtcStats {
  readonly id: string
  readonly type: string
  readonly timestamp: number
  readonly [member: string]: unknown
}

export type RtcChannelEvent = 'open' | 'close' | 'error' | 'bufferedamountlow'

export interface RtcChannel {
  readonly label: string
  readonly protocol: string
  /** Null until the channel is open, unless negotiated. */
  readonly id: number | null
  readonly ordered: boolean
  readonly negotiated: boolean
  readonly readyState: 'connecting' | 'open' | 'closing' | 'closed'
  /** Always `arraybuffer`. */
  readonly binaryType: 'arraybuffer'
  /** Of the connection; null when it is unknown or unlimited. */
  readonly maxMessageSize: Bytes | null

  /** Bytes given to `send` that have not left for the network. */
  readonly bufferedAmount: Bytes
  /** `bufferedamountlow` fires when `bufferedAmount` falls to this or below. */
  bufferedAmountLowThreshold: Bytes

  /**
   * Copies the bytes. Throws `InvalidStateError` unless open, `OperationError` when the
   * browser's send buffer (16 MiB in Chromium) is full, `TypeError` above `maxMessageSize`.
   */
  send(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): void

  /** What was sent before still goes out. Safe to call twice. */
  close(): void

  /**
   * A plain property for the hot path. The receiver owns the buffer. Peers may also send text:
   * it arrives as a string.
   */
  onmessage: ((event: RtcMessage) => void) | null

  addEventListener(type: RtcChannelEvent, listener: RtcListener, options?: RtcListening): void
  removeEventListener(type: RtcChannelEvent, listener: RtcListener): void
}

export interface RtcMessage {
  readonly data: ArrayBuffer | string
}

export type RtcListener = (event: Event) => void

export interface RtcListening {
  readonly once?: boolean
  readonly signal?: AbortSignal
}
