import { isIPv4 } from 'node:net'
import { crc32 } from 'node:zlib'

/** A binding request (RFC 8489 §3), as much of it as an answer needs. */
export interface BindingRequest {
  /** Twelve bytes; a view into the datagram. */
  readonly transaction: Buffer
  /** Whether the request carried a FINGERPRINT, and so expects one. */
  readonly wantsFingerprint: boolean
  /** Attributes that must be understood and are not. */
  readonly unknown: readonly number[]
}

/** Where a datagram came from, which is what the sender wants to know. */
export interface SourceAddress {
  /** IPv4, IPv6, or IPv4 as an IPv6 socket writes it. */
  readonly address: string
  readonly port: number
}

/** A browser's request is 20 to 60 bytes; credentials of a connectivity check make some 120. */
const LONGEST_REQUEST = 512

const HEADER_BYTES = 20
const MAGIC_COOKIE = 0x2112a442
const BINDING_REQUEST = 0x0001
const BINDING_SUCCESS = 0x0101
const BINDING_ERROR = 0x0111

const USERNAME = 0x0006
const MESSAGE_INTEGRITY = 0x0008
const ERROR_CODE = 0x0009
const UNKNOWN_ATTRIBUTES = 0x000a
const REALM = 0x0014
const NONCE = 0x0015
const MESSAGE_INTEGRITY_SHA256 = 0x001c
const XOR_MAPPED_ADDRESS = 0x0020
const FINGERPRINT = 0x8028
/** Below this an attribute must be understood, or the request is to be refused (§14). */
const OPTIONAL_FROM = 0x8000
const FINGERPRINT_XOR = 0x5354554e

/** Credentials are let pass unread: everybody may ask for their own address. */
const UNDERSTOOD = new Set([USERNAME, MESSAGE_INTEGRITY, REALM, NONCE, MESSAGE_INTEGRITY_SHA256])
/** So that a refusal is not longer than what it refuses. */
const NAMED_UNKNOWN = 4

/** `null` for whatever is not a well-formed binding request; nothing of that kind is answered. */
export function parseBindingRequest(datagram: Buffer): BindingRequest | null {
  const { length } = datagram
  if (length < HEADER_BYTES || length > LONGEST_REQUEST || length % 4 !== 0) return null
  if (datagram.readUInt16BE(0) !== BINDING_REQUEST) return null
  if (datagram.readUInt16BE(2) !== length - HEADER_BYTES) return null
  if (datagram.readUInt32BE(4) !== MAGIC_COOKIE) return null

  const unknown: number[] = []
  let wantsFingerprint = false
  for (let at = HEADER_BYTES; at < length;) {
    // Lengths are multiples of four, so a header of four bytes always fits.
    const type = datagram.readUInt16BE(at)
    const size = datagram.readUInt16BE(at + 2)
    const next = at + 4 + size + (-size & 3)
    if (next > length) return null
    if (type === FINGERPRINT) {
      // The last attribute by definition (§14.7).
      if (size !== 4 || next !== length) return null
      if (datagram.readUInt32BE(at + 4) !== fingerprintOf(datagram.subarray(0, at))) return null
      wantsFingerprint = true
    } else if (type < OPTIONAL_FROM && !UNDERSTOOD.has(type)) {
      unknown.push(type)
    }
    at = next
  }
  return { transaction: datagram.subarray(8, HEADER_BYTES), wantsFingerprint, unknown }
}

/**
 * The answer: the sender's address, or which attributes were not understood. At most 32 bytes
 * longer than the request, so that a forged source gains nothing worth having.
 */
export function answerBindingRequest(request: BindingRequest, source: SourceAddress): Buffer {
  const { transaction, unknown, wantsFingerprint } = request
  if (unknown.length > 0) {
    const named = unknown.slice(0, NAMED_UNKNOWN)
    const list = Buffer.alloc(named.length * 2)
    named.forEach((type, index) => list.writeUInt16BE(type, index * 2))
    // 420, Unknown Attribute (§14.8): class, number, no reason phrase.
    const code = Buffer.from([0, 0, 4, 20])
    const attributes = [attribute(ERROR_CODE, code), attribute(UNKNOWN_ATTRIBUTES, list)]
    return message(BINDING_ERROR, transaction, attributes, wantsFingerprint)
  }
  const mapped = attribute(XOR_MAPPED_ADDRESS, xorMapped(source, transaction))
  return message(BINDING_SUCCESS, transaction, [mapped], wantsFingerprint)
}

function message(
  type: number,
  transaction: Buffer,
  attributes: readonly Buffer[],
  withFingerprint: boolean,
): Buffer {
  const body = Buffer.concat(attributes)
  const head = Buffer.alloc(8)
  head.writeUInt16BE(type, 0)
  // The length includes the fingerprint when its checksum is taken (§14.7).
  head.writeUInt16BE(body.length + (withFingerprint ? 8 : 0), 2)
  head.writeUInt32BE(MAGIC_COOKIE, 4)
  const plain = Buffer.concat([head, transaction, body])
  if (!withFingerprint) return plain
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(fingerprintOf(plain))
  return Buffer.concat([plain, attribute(FINGERPRINT, checksum)])
}

function attribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(4 + value.length + (-value.length & 3))
  bytes.writeUInt16BE(type, 0)
  bytes.writeUInt16BE(value.length, 2)
  value.copy(bytes, 4)
  return bytes
}

/** §14.2: hidden from NATs that rewrite whatever looks like an address. */
function xorMapped({ address, port }: SourceAddress, transaction: Buffer): Buffer {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  const bytes = isIPv4(plain) ? ipv4Bytes(plain) : ipv6Bytes(plain)
  const mask = Buffer.alloc(4 + transaction.length)
  mask.writeUInt32BE(MAGIC_COOKIE)
  transaction.copy(mask, 4)

  const value = Buffer.alloc(4 + bytes.length)
  value.writeUInt8(bytes.length === 4 ? 1 : 2, 1)
  value.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2)
  bytes.forEach((byte, index) => (value[4 + index] = byte ^ (mask[index] ?? 0)))
  return value
}

function ipv4Bytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number))
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail] = address.split('::')
  const before = groupsOf(head)
  const after = groupsOf(tail ?? '')
  const zeros = Array<number>(8 - before.length - after.length).fill(0)
  const bytes = Buffer.alloc(16)
  const groups = [...before, ...zeros, ...after]
  groups.forEach((group, index) => bytes.writeUInt16BE(group, index * 2))
  return bytes
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => parseInt(group, 16))
}

function fingerprintOf(bytes: Buffer): number {
  return (crc32(bytes) ^ FINGERPRINT_XOR) >>> 0
}
