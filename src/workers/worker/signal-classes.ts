import type { IceCandidate, SessionDescription } from '../../engine/model/rtc-state.ts'

/** `RTCSessionDescription`, which workers do not have. */
export class ShimSessionDescription implements SessionDescription {
  readonly type: SessionDescription['type']
  readonly sdp: string

  constructor(init: { readonly type: SessionDescription['type']; readonly sdp?: string }) {
    this.type = init.type
    this.sdp = init.sdp ?? ''
  }

  toJSON(): SessionDescription {
    return { type: this.type, sdp: this.sdp }
  }
}

/** `RTCIceCandidate`, which workers do not have. Keeps the line as it is, unparsed. */
export class ShimIceCandidate implements IceCandidate {
  readonly candidate: string
  readonly sdpMid: string | null
  readonly sdpMLineIndex: number | null
  readonly usernameFragment: string | null

  constructor(init: Partial<IceCandidate> = {}) {
    this.candidate = init.candidate ?? ''
    this.sdpMid = init.sdpMid ?? null
    this.sdpMLineIndex = init.sdpMLineIndex ?? null
    this.usernameFragment = init.usernameFragment ?? null
  }

  toJSON(): IceCandidate {
    const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = this
    return { candidate, sdpMid, sdpMLineIndex, usernameFragment }
  }
}
