import type { Cause } from '../../engine/model/errors.ts'
import type { IceCandidate, RtcState, SessionDescription } from '../../engine/model/rtc-state.ts'
import type { Bytes } from '../../engine/model/units.ts'

/**
 * The rtc door: the worker asks for peer connections, the page makes real ones and hands their
 * data channels over. A channel travels by transfer in the task that made it (webrtc-pc,
 * `[[IsTransferable]]`); where a browser cannot, its bytes are carried instead.
 *
 * Messages of one direction stay in order, so a question asked after `create-channel` is
 * answered about a connection that has the channel.
 *
 * Seen in Chromium 156 and Firefox 153 (Safari untried):
 * - A channel goes through a `MessagePort` to the worker as well as through the worker itself,
 *   and no message is lost on the way.
 * - A transferred channel keeps `bufferedAmount`, `bufferedamountlow`, `id` and all its events,
 *   also those the closing of the page's connection causes.
 * - `sctp.maxMessageSize` is known from the answer on, before any channel opens: 256 KiB where
 *   one side is Chromium, 1 GiB between two Firefoxes.
 * - Terminating the worker closes nothing of the connection and fires nothing at the port;
 *   closing the page hangs up at once.
 */

export type { IceCandidate, RtcState, SessionDescription }

/** Names one connection on this port. Chosen by the worker. */
export type ConnectionId = number
/** Names one channel of a connection: above zero when the worker made it, below for the peer's. */
export type ChannelId = number
/** Names one question until it is answered. Chosen by the worker. */
export type AskId = number

/** Worker to page. */
export type RtcToPage =
  | {
      readonly type: 'open'
      readonly connection: ConnectionId
      readonly config: ConnectionConfig
      /** Whether this worker can receive an `RTCDataChannel` at all. */
      readonly takesChannels: boolean
    }
  | {
      readonly type: 'create-channel'
      readonly connection: ConnectionId
      readonly channel: ChannelId
      readonly label: string
      readonly options: ChannelOptions
    }
  | {
      readonly type: 'ask'
      readonly connection: ConnectionId
      readonly ask: AskId
      readonly question: RtcQuestion
    }
  | { readonly type: 'close'; readonly connection: ConnectionId }
  | ({ readonly connection: ConnectionId; readonly channel: ChannelId } & PumpToPage)

/** For a channel whose bytes are carried. */
export type PumpToPage =
  { readonly type: 'send'; readonly data: ArrayBuffer } | { readonly type: 'close-channel' }

export type RtcQuestion =
  | { readonly method: 'createOffer' | 'createAnswer' | 'getStats' }
  | { readonly method: 'setLocalDescription'; readonly description: SessionDescription | null }
  | { readonly method: 'setRemoteDescription'; readonly description: SessionDescription }
  | { readonly method: 'addIceCandidate'; readonly candidate: IceCandidate | null }

/** Page to worker. Every `state` is the newest: it is in place before the news is told. */
export type RtcToWorker =
  | {
      readonly type: 'changed'
      readonly connection: ConnectionId
      readonly state: RtcState
      readonly event: StateEvent
    }
  | {
      readonly type: 'candidate'
      readonly connection: ConnectionId
      readonly state: RtcState
      readonly candidate: IceCandidate | null
    }
  | {
      readonly type: 'candidate-error'
      readonly connection: ConnectionId
      readonly errorCode: number
      readonly errorText: string
      readonly url: string
    }
  | {
      readonly type: 'answer'
      readonly connection: ConnectionId
      readonly ask: AskId
      readonly state: RtcState | null
      readonly outcome: AskOutcome
    }
  /** A channel exists. `carried` is the real one, or null when its bytes come by this port. */
  | {
      readonly type: 'channel'
      readonly connection: ConnectionId
      readonly channel: ChannelId
      readonly state: RtcState
      readonly facts: ChannelFacts
      readonly carried: RTCDataChannel | null
    }
  | {
      readonly type: 'no-channel'
      readonly connection: ConnectionId
      readonly channel: ChannelId
      readonly cause: Cause
    }
  /** The browser would not make the connection. */
  | { readonly type: 'refused'; readonly connection: ConnectionId; readonly cause: Cause }
  /** The page lets go of every connection. */
  | { readonly type: 'gone' }
  | ({ readonly connection: ConnectionId; readonly channel: ChannelId } & PumpToWorker)

/** For a channel whose bytes are carried. */
export type PumpToWorker =
  | { readonly type: 'channel-opened'; readonly id: number | null }
  | { readonly type: 'channel-closing' }
  | { readonly type: 'channel-closed' }
  | { readonly type: 'channel-error'; readonly cause: Cause }
  | { readonly type: 'message'; readonly data: ArrayBuffer | string }
  /** How many of all the bytes ever sent on this channel have left for the network. */
  | { readonly type: 'drained'; readonly total: Bytes }

export type StateEvent =
  | 'connectionstatechange'
  | 'iceconnectionstatechange'
  | 'icegatheringstatechange'
  | 'signalingstatechange'
  | 'negotiationneeded'

export type AskOutcome =
  { readonly ok: true; readonly value: AskValue } | { readonly ok: false; readonly cause: Cause }

/** A description from `create…`, statistics from `getStats`, otherwise null. */
export type AskValue = SessionDescription | readonly (readonly [string, object])[] | null

export interface ConnectionConfig {
  readonly iceServers: readonly {
    readonly urls: readonly string[]
    readonly username?: string
    readonly credential?: string
  }[]
  readonly iceTransportPolicy: 'all' | 'relay'
}

export interface ChannelOptions {
  readonly ordered?: boolean
  readonly maxPacketLifeTime?: number
  readonly maxRetransmits?: number
  readonly protocol?: string
  readonly negotiated?: boolean
  readonly id?: number
}

/** What a channel is from its making on. */
export interface ChannelFacts {
  readonly label: string
  readonly protocol: string
  readonly ordered: boolean
  readonly negotiated: boolean
  readonly id: number | null
  readonly readyState: 'connecting' | 'open' | 'closing' | 'closed'
}
