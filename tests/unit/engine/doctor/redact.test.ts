import { isIP } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CheckResult } from '../../../../src/engine/model/doctor.ts'
import { doctorReport, type ReportDeps } from '../../../../src/engine/doctor/doctor-report.ts'
import { redact } from '../../../../src/engine/doctor/redact.ts'
import { anyText } from '../../../support/arbitrary-text.ts'
import { ALICE, BOB } from '../../../support/stream-pair.ts'

/** Another way to see an address than the one that takes it out. */
function addressesIn(text: string): string[] {
  return text.split(/[^\w.:%]+/).flatMap((word) => {
    const tries = [word, word.replace(/:\d+$/, ''), word.replace(/^[.:]+(?!:)|[.:]+$/g, '')]
    return tries.filter((part) => isIP(part.split('%')[0] ?? '') !== 0)
  })
}

const ADDRESSES = [
  '192.0.2.7',
  '10.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  '2001:db8::7',
  '2001:db8:0:1:2:3:4:5',
  'fe80::1%eth0',
  '::ffff:192.0.2.7',
]

test.each(ADDRESSES)('%s is taken out wherever it stands', (address) => {
  const around = [
    address,
    `at ${address}, twice: ${address}`,
    `[${address}]:8080`,
    `/ip4/${address}/udp/4242`,
    `/ip6/${address}/tcp/443/tls/ws`,
    `https://[${address}]/announce`,
    `candidate:1 1 udp 2113937151 ${address} 5000 typ host`,
    `"${address}"`,
    `(${address}).`,
  ]

  for (const text of around) {
    expect(addressesIn(redact(text)), text).toEqual([])
    expect(redact(text)).not.toContain(address)
  }
})

test.each([
  ALICE,
  BOB,
  'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
  '16Uiu2HAmUuJYrpZQ1CFBBhTRyB8f4hFW9zTkRtVhBxXJ8sKqhLmR',
])('the peer id %s is taken out', (peerId) => {
  expect(redact(`/p2p/${peerId}/p2p-circuit, peer ${peerId}.`)).not.toContain(peerId)
})

test.each([
  ['https://relay.example:8443/relay.json', 'relay.example'],
  ['wss://nas/announce', 'nas'],
  ['stun:nas:3478', 'nas'],
  ['/dns4/nas/tcp/443/tls/ws', 'nas'],
  ['could not reach relay.friends.example', 'friends'],
  ['1c6ef2a3-7d1c-4b9a-9a57-3c0a5e2a7f11.local', '1c6ef2a3'],
  ['http://localhost:8080', 'localhost'],
  [`info ${'ab'.repeat(20)}`, 'abab'],
])('of %s the name is taken out', (text, name) => {
  expect(redact(text)).not.toContain(name)
})

test('what says nothing about anybody stays as it is', () => {
  const text = 'relay 1  reserved, stun\ntook 120 ms, chiral/2, RFC 8839 §5.1, at 18:30'

  expect(redact(text)).toBe(text)
})

test('any text with an address anywhere in it comes out without one', () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom(...ADDRESSES))
  fc.assert(
    fc.property(anyText(), address, anyText(), (before, address, after) => {
      const redacted = redact(`${before} ${address} ${after}`)

      expect(addressesIn(redacted)).toEqual([])
    }),
  )
})

test('glued to a word an address is taken out all the same', () => {
  expect(redact('host192.0.2.7')).toBe('host[ip]')
  expect(redact('at2001:db8::7')).not.toContain('db8')
})

const RESULTS: readonly CheckResult[] = [
  { check: 'relays', found: 'answer', answering: 1, of: 2, after: 14 },
  { check: 'reservation', found: 'held', at: 1, of: 2 },
  { check: 'trackers', found: 'no-socket' },
  { check: 'stun', found: 'reflexive', families: ['ipv4'], mapping: 'steady', after: 31 },
  { check: 'direct', found: 'opened', by: ['host', 'reflexive'], notBy: ['mdns'] },
  { check: 'relayed', found: 'carries', after: 220, limit: 8_388_608 },
]

const DEPS: ReportDeps = {
  relays: () => [
    {
      address: 'https://203.0.113.9:8443',
      peerId: ALICE,
      state: 'lost',
      error: { kind: 'overlay/relay-unreachable', address: 'https://203.0.113.9:8443' },
      retryAt: 0,
      since: 0,
      answeredAt: null,
      stun: 'stun:203.0.113.9:3478',
    },
  ],
  rtcConfig: () => ({ iceServers: [{ urls: ['stun:203.0.113.9:3478', 'turn:relay.example'] }] }),
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36',
}

test('the report says every finding, and no address, host or peer id', () => {
  const report = doctorReport(RESULTS, DEPS)

  for (const { check, found } of RESULTS) {
    expect(report).toMatch(new RegExp(`^${check} +\\w+: ${found}`, 'm'))
  }
  expect(report).toMatch(/^verdict +overlay-only$/m)
  expect(report).toContain('by host+reflexive, notBy mdns')
  expect(report).toContain('Chrome/156 ')
  expect(report).toMatch(/^relay 1 +lost, overlay\/relay-unreachable, stun$/m)
  expect(addressesIn(report)).toEqual([])
  expect(report).not.toContain('203')
  expect(report).not.toContain('example')
  expect(report).not.toContain(ALICE.slice(0, 12))
})

test('a report of an unfinished look says so', () => {
  expect(doctorReport(RESULTS.slice(0, 3), DEPS)).toMatch(/^verdict +not finished$/m)
})
