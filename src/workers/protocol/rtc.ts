/**
 * The rtc door: the worker asks for peer connections, the page makes real ones and hands their
 * data channels over. A channel travels by transfer in the task that made it (webrtc-pc,
 * `[[IsTransferable]]`); where a browser cannot, its bytes are carried instead.
 */

/** Names one connection on this port. Chosen by the worker. */
export type ConnectionId = number
/** Names one channel of a connection. Chosen by whoever sees it first; see `rtc-shim.ts`. */
export type ChannelId = number

/** `RTCSessionDescriptionInit`, named here because a worker's types have no WebRTC. */
export interface SessionDescription {
  readonly type: 'offer' | 'answer' | 'pranswer' | 'rollback'
  readonly sdp: string
}

/** What a connection last said of itself, so that the worker's getters answer at once. */
export interface RtcState {
  readonly connectionState:
    'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed'
  readonly iceConnectionState:
    'new' | 'checking' | 'connected' | 'completed' | 'disconnected' | 'failed' | 'closed'
  readonly iceGatheringState: 'new' | 'gathering' | 'complete'
  readonly signalingState:
    | 'stable'
    | 'have-local-offer'
    | 'have-remote-offer'
    | 'have-local-pranswer'
    | 'have-remote-pranswer'
    | 'closed'
  readonly localDescription: SessionDescription | null
  readonly remoteDescription: SessionDescription | null
}

// The bridge fills in both unions.
export type RtcToPage = never
export type RtcToWorker = never
