import { expect, test } from 'vitest'
import { answerBindingRequest, parseBindingRequest } from '../../relay/stun/stun-message.ts'
import { makeStunPace } from '../../relay/stun/stun-pace.ts'

/** RFC 5769 §2.1: a request with SOFTWARE, PRIORITY, credentials, integrity and fingerprint. */
const RFC_5769_REQUEST = Buffer.from(
  '000100582112a442b7e7a701bc34d686fa87dfae8022001053' +
    '54554e207465737420636c69656e74002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659' +
    '202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf',
  'hex',
)

/** RFC 5769 §2.2 and §2.3: what the answers to it map to. */
const TRANSACTION = Buffer.from('b7e7a701bc34d686fa87dfae', 'hex')
const XOR_MAPPED_IPV4 = '002000080001a147e112a643'
const XOR_MAPPED_IPV6 = '002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9'

const bare = Buffer.concat([Buffer.from('000100002112a442', 'hex'), TRANSACTION])

test('the sample request of RFC 5769 is read, its checksum verified', () => {
  expect(parseBindingRequest(RFC_5769_REQUEST)).toEqual({
    transaction: TRANSACTION,
    wantsFingerprint: true,
    // PRIORITY belongs to a connectivity check between peers.
    unknown: [0x0024],
  })
})

test.for([
  ['192.0.2.1', XOR_MAPPED_IPV4],
  ['::ffff:192.0.2.1', XOR_MAPPED_IPV4],
  ['2001:db8:1234:5678:11:2233:4455:6677', XOR_MAPPED_IPV6],
])('%s is mapped as in the samples of RFC 5769', ([address, attribute]) => {
  const request = parseBindingRequest(bare)!

  const answer = answerBindingRequest(request, { address: address!, port: 32853 })

  expect(answer.subarray(0, 2).toString('hex')).toBe('0101')
  expect(answer.subarray(8, 20)).toEqual(TRANSACTION)
  expect(answer.subarray(20).toString('hex')).toBe(attribute)
})

test('a shortened IPv6 address is written out', () => {
  const answer = answerBindingRequest(parseBindingRequest(bare)!, {
    address: '2001:db8::1',
    port: 1,
  })

  const mask = Buffer.concat([Buffer.from('2112a442', 'hex'), TRANSACTION])
  const address = answer.subarray(28).map((byte, index) => byte ^ mask[index]!)
  expect(Buffer.from(address).toString('hex')).toBe('20010db8000000000000000000000001')
})

test('an answer carries a fingerprint when the request did, and it is right', () => {
  const request = { transaction: TRANSACTION, wantsFingerprint: true, unknown: [] }

  const answer = answerBindingRequest(request, { address: '192.0.2.1', port: 32853 })

  expect(answer.readUInt16BE(2)).toBe(answer.length - 20)
  expect(answer.subarray(-8, -4).toString('hex')).toBe('80280004')
  expect(answer.readUInt32BE(answer.length - 4)).toBe(
    (bitwiseCrc32(answer.subarray(0, -8)) ^ 0x5354554e) >>> 0,
  )
})

/** As ITU V.42 defines it, bit by bit. */
function bitwiseCrc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc
}

test('an attribute that must be understood and is not is named in a 420', () => {
  const request = Buffer.concat([bare, Buffer.from('0003000400000006', 'hex')])
  request.writeUInt16BE(8, 2)

  const answer = answerBindingRequest(parseBindingRequest(request)!, {
    address: '1.2.3.4',
    port: 9,
  })

  expect(answer.toString('hex')).toBe(
    `011100102112a442${TRANSACTION.toString('hex')}00090004000004140` + '00a000200030000',
  )
})

const wrongChecksum = Buffer.from(RFC_5769_REQUEST)
wrongChecksum.writeUInt32BE(0, wrongChecksum.length - 4)

test.for<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['nineteen bytes', bare.subarray(0, 19)],
  ['a response', Buffer.concat([Buffer.from('0101', 'hex'), bare.subarray(2)])],
  ['an indication', Buffer.concat([Buffer.from('0011', 'hex'), bare.subarray(2)])],
  ['another cookie', Buffer.concat([bare.subarray(0, 4), Buffer.alloc(4), bare.subarray(8)])],
  ['a length that is not the datagram’s', Buffer.concat([bare, Buffer.alloc(4)])],
  [
    'an attribute that runs out of the message',
    Buffer.concat([
      Buffer.from('000100082112a442', 'hex'),
      TRANSACTION,
      Buffer.from('8022ffff00000000', 'hex'),
    ]),
  ],
  ['a wrong checksum', wrongChecksum],
  [
    'half a kilobyte and more',
    Buffer.concat([Buffer.from('000103e82112a442', 'hex'), TRANSACTION, Buffer.alloc(1000)]),
  ],
])('%s is not a binding request', ([, datagram]) => {
  expect(parseBindingRequest(datagram)).toBe(null)
})

test('no answer is more than 32 bytes longer than its request', () => {
  const request = parseBindingRequest(bare)!

  const answer = answerBindingRequest(request, { address: '2001:db8::1', port: 65535 })

  expect(answer.length - bare.length).toBeLessThanOrEqual(32)
})

test('a source is answered so often in ten seconds, and again afterwards; others go on', () => {
  let time = 0
  const pace = makeStunPace(() => time)

  const answered = Array.from({ length: 1000 }, () => pace.allows('flood')).filter(Boolean).length
  const other = pace.allows('other')
  time += 10_000

  expect(answered).toBe(400)
  expect(other).toBe(true)
  expect(pace.allows('flood')).toBe(true)
})

test('a flood of forged sources is answered up to a total', () => {
  const pace = makeStunPace(() => 0)

  const answered = Array.from({ length: 30_000 }, (_, index) => pace.allows(String(index)))

  expect(answered.filter(Boolean).length).toBe(20_000)
})
