import type { ShimChannel } from './shim-channel.ts'
import type { ShimIceCandidate } from './signal-classes.ts'

/** Events of WebRTC with members, whose classes a worker does not have. */

export class CandidateEvent extends Event {
  readonly candidate: ShimIceCandidate | null

  constructor(candidate: ShimIceCandidate | null) {
    super('icecandidate')
    this.candidate = candidate
  }
}

export class CandidateErrorEvent extends Event {
  readonly errorCode: number
  readonly errorText: string
  readonly url: string

  constructor(error: Pick<CandidateErrorEvent, 'errorCode' | 'errorText' | 'url'>) {
    super('icecandidateerror')
    this.errorCode = error.errorCode
    this.errorText = error.errorText
    this.url = error.url
  }
}

export class DataChannelEvent extends Event {
  readonly channel: ShimChannel

  constructor(channel: ShimChannel) {
    super('datachannel')
    this.channel = channel
  }
}

export class ChannelErrorEvent extends Event {
  readonly error: Error

  constructor(error: Error) {
    super('error')
    this.error = error
  }
}
