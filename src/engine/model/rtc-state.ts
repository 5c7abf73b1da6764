import { KIB, type Bytes } from './units.ts'

/** `RTCSessionDescriptionInit`, named here because a worker's types have no WebRTC. */
export interface SessionDescription {
  readonly type: 'offer' | 'answer' | 'pranswer' | 'rollback'
  readonly sdp: string
}

/** `RTCIceCandidateInit`: one line of the candidates a peer may be reached at (RFC 8839). */
export interface IceCandidate {
  /** Empty at the end of one generation of candidates. */
  readonly candidate: string
  readonly sdpMid?: string | null
  readonly sdpMLineIndex?: number | null
  readonly usernameFragment?: string | null
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
  /** Largest message both sides take (RFC 8841); null before the answer, and where unlimited. */
  readonly maxMessageSize: Bytes | null
}

/** Longest description taken from a peer. Ours of one data channel and ten candidates has 2 KiB. */
export const MAX_DESCRIPTION_LENGTH: Bytes = 64 * KIB
/** Longest candidate line taken from a peer; with every extension of RFC 8839 they have about 300. */
export const MAX_CANDIDATE_LENGTH: Bytes = KIB
/** Candidates taken from one peer, beside those in its description. */
export const MAX_CANDIDATES = 100
