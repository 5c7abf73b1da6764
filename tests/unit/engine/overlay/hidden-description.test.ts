import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  hiddenCandidate,
  namesAddress,
  withoutAddresses,
  withoutNames,
} from '../../../../src/engine/overlay/hidden-description.ts'

const CHROMIUM = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 192.168.7.31',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'a=extmap-allow-mixed',
  'a=msid-semantic: WMS',
  'm=application 49203 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 203.0.113.77',
  'a=candidate:1 1 udp 2113937151 4b5f2f5e-0f0e-4d6b-8f0f-1d5b0a3a9c11.local 49203 typ host generation 0',
  'a=candidate:2 1 udp 1677729535 203.0.113.77 49203 typ srflx raddr 192.168.7.31 rport 49203 generation 0 network-cost 999',
  'a=candidate:3 1 udp 41885439 198.51.100.9 61000 typ relay raddr 203.0.113.77 rport 49203 generation 0 ufrag x1Yz network-id 1',
  'a=candidate:4 1 tcp 1518280447 192.168.7.31 9 typ host tcptype active',
  'a=end-of-candidates',
  'a=ice-ufrag:x1Yz',
  'a=ice-pwd:Fz5Zb3K1v7qk0e8T2a6m4s9d',
  'a=ice-options:trickle',
  'a=fingerprint:sha-256 7A:1B:4C:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC',
  'a=setup:actpass',
  'a=mid:0',
  'a=sctp-port:5000',
  'a=max-message-size:262144',
  '',
].join('\r\n')

const FIREFOX = [
  'v=0',
  'o=mozilla...THIS_IS_SDPARTA-99.0 8389237461 0 IN IP4 10.20.30.40',
  's=-',
  'i=a host called 10.20.30.40',
  'u=https://10.20.30.40/',
  'e=someone@10.20.30.40',
  'c=IN IP6 2001:db8::7',
  't=0 0',
  'a=sendrecv',
  'm=application 52112 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 10.20.30.40',
  'a=rtcp:52112 IN IP4 10.20.30.40',
  'a=remote-candidates:1 10.20.30.40 52112',
  'a=candidate:0 1 UDP 2122252543 2001:db8::7 52112 typ host',
  'a=candidate:1 1 UDP 92216831 2001:db8:ffff::5 60123 typ relay raddr 2001:db8::7 rport 52112',
  'a=ice-ufrag:90af2e',
  'a=mid:0',
  'a=x-where:10.20.30.40',
  '',
].join('\r\n')

const OURS = /192\.168|203\.0\.113|10\.20\.30|2001:db8::7|\.local|4920\d|52112/

test.each([
  ['Chromium', CHROMIUM],
  ['Firefox', FIREFOX],
])('a description of %s says no address of ours, wherever it stood', (_name, sdp) => {
  expect(withoutAddresses(sdp)).not.toMatch(OURS)
})

test('what a description of data channels needs is left as it was', () => {
  const said = withoutAddresses(CHROMIUM).split('\r\n')

  expect(said).toEqual([
    'v=0',
    'o=- 4611731400430051336 2 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'a=extmap-allow-mixed',
    'a=msid-semantic: WMS',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    'a=candidate:41885439 1 udp 41885439 198.51.100.9 61000 typ relay raddr 0.0.0.0 rport 0',
    'a=end-of-candidates',
    'a=ice-ufrag:x1Yz',
    'a=ice-pwd:Fz5Zb3K1v7qk0e8T2a6m4s9d',
    'a=ice-options:trickle',
    expect.stringMatching(/^a=fingerprint:sha-256 7A:1B/),
    'a=setup:actpass',
    'a=mid:0',
    'a=sctp-port:5000',
    'a=max-message-size:262144',
    '',
  ])
})

test('hiding twice hides nothing more', () => {
  const once = withoutAddresses(FIREFOX)

  expect(withoutAddresses(once)).toBe(once)
})

test('whatever line an address is put into, it is not said', () => {
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6().filter((text) => text.length > 6),
    fc.uuid().map((name) => `${name}.local`),
  )
  const line = fc.constantFrom(
    (at: string) => `c=IN IP4 ${at}`,
    (at: string) => `o=${at} 1 2 IN IP4 ${at}`,
    (at: string) => `s=${at}`,
    (at: string) => `b=${at}`,
    (at: string) => `a=rtcp:9 IN IP4 ${at}`,
    (at: string) => `a=source-filter: incl IN IP4 * ${at}`,
    (at: string) => `a=remote-candidates:1 ${at} 9`,
    (at: string) => `a=candidate:1 1 udp 1 ${at} 9 typ host`,
    (at: string) => `a=candidate:1 1 udp 1 ${at} 9 typ srflx raddr ${at} rport 9`,
    (at: string) => `a=candidate:1 1 udp 1 ${at} 9 typ prflx raddr ${at} rport 9`,
    (at: string) => `a=candidate:1 1 udp 1 198.51.100.9 9 typ relay raddr ${at} rport 9 x ${at}`,
    (at: string) => `a=candidate:${at} 1 udp 1 198.51.100.9 9 typ relay`,
    (at: string) => `a=candidate:1 1 udp 1 198.51.100.9 9 typ host typ relay raddr ${at}`,
    (at: string) => at,
  )
  const ending = fc.constantFrom('\r\n', '\n', '\r')

  fc.assert(
    fc.property(address, fc.array(fc.tuple(line, ending), { minLength: 1 }), (at, lines) => {
      const sdp = lines.map(([make, end]) => make(at) + end).join('')

      expect(withoutAddresses(sdp).replaceAll('198.51.100.9', '')).not.toContain(` ${at}`)
      expect(withoutAddresses(sdp)).not.toContain(`:${at} `)
      expect(withoutAddresses(sdp)).not.toContain(`=${at}`)
    }),
  )
})

test('only candidates of TURN servers are said, without the address behind them', () => {
  const said = (candidate: string) =>
    hiddenCandidate({ candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'x1Yz' })

  expect(said('candidate:1 1 udp 2113937151 192.168.7.31 49203 typ host')).toBeNull()
  expect(said('candidate:1 1 udp 1 abc.local 49203 typ host generation 0')).toBeNull()
  expect(said('candidate:1 1 udp 1 203.0.113.7 49203 typ srflx raddr 10.0.0.1 rport 1')).toBeNull()
  expect(said('candidate:1 1 udp 1 turn.example 49203 typ relay raddr 10.0.0.1 rport 1')).toBeNull()
  expect(said('nonsense 192.168.7.31')).toBeNull()
  expect(
    said('candidate:77 1 udp 41 198.51.100.9 61000 typ relay raddr 10.0.0.1 rport 5 network-id 1'),
  ).toEqual({
    candidate: 'candidate:41 1 udp 41 198.51.100.9 61000 typ relay raddr 0.0.0.0 rport 0',
    sdpMid: '0',
    sdpMLineIndex: 0,
    usernameFragment: 'x1Yz',
  })
})

test('names the other side gives are not looked up', () => {
  const one = (address: string) => ({
    candidate: `candidate:1 1 udp 1 ${address} 5000 typ host`,
  })

  expect(namesAddress(one('192.0.2.1'))).toBe(true)
  expect(namesAddress(one('2001:db8::1'))).toBe(true)
  expect(namesAddress(one('who-asks.tracker.example'))).toBe(false)
  expect(namesAddress(one('4b5f2f5e-0f0e-4d6b-8f0f-1d5b0a3a9c11.local'))).toBe(false)
  expect(withoutNames(CHROMIUM)).not.toContain('.local')
  expect(withoutNames(CHROMIUM).split('\r\n')).toHaveLength(CHROMIUM.split('\r\n').length - 1)
})
