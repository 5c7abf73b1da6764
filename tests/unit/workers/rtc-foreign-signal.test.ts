import { expect, test } from 'vitest'
import {
  MAX_CANDIDATE_LENGTH,
  MAX_DESCRIPTION_LENGTH,
} from '../../../src/engine/model/rtc-state.ts'
import { checkCandidate, checkDescription } from '../../../src/workers/worker/foreign-signal.ts'

const DATA = 'v=0\r\ns=-\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n'

const thrownBy = (act: () => unknown) => {
  try {
    act()
    return null
  } catch (thrown) {
    return thrown instanceof DOMException ? thrown.name : thrown
  }
}

test('a description of data channels passes as it is', () => {
  expect(checkDescription({ type: 'offer', sdp: DATA })).toEqual({ type: 'offer', sdp: DATA })
})

test.each(['m=audio 9 UDP/TLS/RTP/SAVPF 111', 'm=video 9 UDP/TLS/RTP/SAVPF 96'])(
  'a description with %s is refused',
  (section) => {
    const sdp = `${DATA}${section}\r\n`

    expect(thrownBy(() => checkDescription({ type: 'offer', sdp }))).toBe('OperationError')
  },
)

test('a media section behind a lone carriage return is seen', () => {
  const sdp = `${DATA}a=x\rm=video 9 UDP/TLS/RTP/SAVPF 96\r\n`

  expect(thrownBy(() => checkDescription({ type: 'offer', sdp }))).toBe('OperationError')
})

test('a description may have its greatest length and not one more', () => {
  const longest = DATA.padEnd(MAX_DESCRIPTION_LENGTH, 'a')

  expect(thrownBy(() => checkDescription({ type: 'answer', sdp: longest }))).toBeNull()
  expect(thrownBy(() => checkDescription({ type: 'answer', sdp: `${longest}a` }))).toBe(
    'OperationError',
  )
})

test('a candidate keeps its four members and loses any other', () => {
  const candidate = { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0', more: 1 }

  expect(checkCandidate(candidate)).toEqual({
    candidate: candidate.candidate,
    sdpMid: '0',
    sdpMLineIndex: null,
    usernameFragment: null,
  })
})

test('no text of a candidate may be long', () => {
  const long = 'x'.repeat(MAX_CANDIDATE_LENGTH + 1)

  expect(thrownBy(() => checkCandidate({ candidate: long }))).toBe('OperationError')
  expect(thrownBy(() => checkCandidate({ candidate: '', sdpMid: long }))).toBe('OperationError')
  expect(thrownBy(() => checkCandidate({ candidate: '', usernameFragment: long }))).toBe(
    'OperationError',
  )
})
