import { expect, test } from 'vitest'
import { judgeStun } from '../../../../src/engine/doctor/check-stun.ts'
import { readCandidate } from '../../../../src/engine/doctor/ice-candidate.ts'

const MDNS =
  'candidate:1 1 udp 2113937151 1c6ef2a3-7d1c-4b9a-9a57-3c0a5e2a7f11.local 40000 typ host'
const PRIVATE = 'candidate:1 1 udp 2113937151 192.168.1.5 40000 typ host generation 0'
const PUBLIC = 'candidate:1 1 UDP 2113937151 198.51.100.4 40000 typ host'
const TCP = 'candidate:2 1 tcp 1518149375 192.168.1.5 9 typ host tcptype active'
const reflexive = (port: number, address = '198.51.100.4') =>
  `candidate:3 1 udp 1677729535 ${address} ${port} typ srflx raddr 0.0.0.0 rport 0`

const judge = (lines: readonly string[], servers: number, complete = false) => {
  const candidates = lines.flatMap((line) => readCandidate(line) ?? [])
  const reflexiveAfter = candidates.some(({ kind }) => kind === 'reflexive') ? 12 : null
  return judgeStun({ candidates, reflexiveAfter, complete }, servers)
}

test('an address that a server told is a reflexive one, with its family', () => {
  expect(judge([MDNS, reflexive(50_000)], 1)).toEqual({
    check: 'stun',
    found: 'reflexive',
    families: ['ipv4'],
    mapping: 'unknown',
    after: 12,
  })
  expect(judge([MDNS, reflexive(50_000), reflexive(50_001, '2001:db8::4')], 1)).toMatchObject({
    families: ['ipv4', 'ipv6'],
  })
})

test('servers that see the same port see a steady mapping, others one that is new for each', () => {
  expect(judge([MDNS, reflexive(50_000)], 2)).toMatchObject({ mapping: 'steady' })
  expect(judge([MDNS, reflexive(50_000), reflexive(50_001)], 2)).toMatchObject({ mapping: 'each' })
})

test('two interfaces have an address each, and that is no strict network', () => {
  const two = [MDNS, PRIVATE, TCP, reflexive(50_000), reflexive(50_001)]

  expect(judge(two, 2)).toMatchObject({ mapping: 'steady' })
})

test('without an answer it is silent, or nobody was asked', () => {
  expect(judge([MDNS, TCP], 1)).toEqual({ check: 'stun', found: 'silent' })
  expect(judge([PRIVATE], 0)).toEqual({ check: 'stun', found: 'none-set' })
})

test('a server within the same network has nothing to add to the own address, and is not silent', () => {
  expect(judge([PRIVATE], 1, true)).toEqual({ check: 'stun', found: 'unmapped' })
  expect(judge([PRIVATE], 1, false)).toEqual({ check: 'stun', found: 'silent' })
  // Beside a name it would have been told: it is not the same text.
  expect(judge([MDNS], 1, true)).toEqual({ check: 'stun', found: 'silent' })
})

test('a device with a public address needs nobody to tell it', () => {
  expect(judge([PUBLIC], 1)).toEqual({ check: 'stun', found: 'public', families: ['ipv4'] })
})

test('a browser that tells nothing tells nothing', () => {
  expect(judge([], 1)).toEqual({ check: 'stun', found: 'no-candidates' })
})

test.each([
  ['10.1.2.3', false],
  ['100.64.0.1', false],
  ['127.0.0.1', false],
  ['169.254.3.4', false],
  ['172.31.0.1', false],
  ['192.168.0.1', false],
  ['fd00::1', false],
  ['fe80::1', false],
  ['2001:db8::1', false],
  ['8.8.4.4', true],
  ['172.32.0.1', true],
  ['2a00:1450::1', true],
])('%s is reached from everywhere: %s', (address, global) => {
  expect(readCandidate(`candidate:1 1 udp 1 ${address} 4000 typ host`)?.global).toBe(global)
})

test.each(['', 'candidate:', 'candidate:1 1 sctp 1 192.0.2.1 4000 typ host', 'x'.repeat(5000)])(
  'what is no candidate is none (%#)',
  (line) => {
    expect(readCandidate(line)).toBeNull()
  },
)
