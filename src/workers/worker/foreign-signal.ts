import {
  MAX_CANDIDATE_LENGTH,
  MAX_DESCRIPTION_LENGTH,
  type IceCandidate,
  type SessionDescription,
} from '../../engine/model/rtc-state.ts'

/**
 * Throws `OperationError` unless a peer's description is short and about data channels only:
 * an `m=audio` or `m=video` would make the page build media receivers for a stranger.
 */
export function checkDescription({ type, sdp }: SessionDescription): SessionDescription {
  if (sdp.length > MAX_DESCRIPTION_LENGTH) throw refused('the description is too long')
  const sections = sdp.match(/^m=.*/gm) ?? []
  if (sections.some((section) => !section.startsWith('m=application '))) {
    throw refused('the description asks for media')
  }
  return { type, sdp }
}

/** Throws `OperationError` when a peer's candidate is longer than any honest one. */
export function checkCandidate(candidate: IceCandidate): IceCandidate {
  const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate
  for (const text of [line, sdpMid, usernameFragment]) {
    if (text != null && text.length > MAX_CANDIDATE_LENGTH) throw refused('a candidate is too long')
  }
  return {
    candidate: line,
    sdpMid: sdpMid ?? null,
    sdpMLineIndex: sdpMLineIndex ?? null,
    usernameFragment: usernameFragment ?? null,
  }
}

export function refused(message: string): DOMException {
  return new DOMException(message, 'OperationError')
}
