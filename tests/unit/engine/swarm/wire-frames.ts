import { encode, type Encodable } from '../../../../src/engine/bencode.ts'
import { bytesOfHex, isInfoHash, type InfoHash } from '../../../../src/engine/model/ids.ts'

/** Builders of wire messages as a peer would send them, right or wrong. */

export const INFO_HASH: InfoHash = infoHash('0123456789abcdef0123456789abcdef01234567')

function infoHash(hex: string): InfoHash {
  if (!isInfoHash(hex)) throw new Error('not an info hash')
  return hex
}

export function joined(...parts: ReadonlyArray<Uint8Array>): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export function uint32(value: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

export function handshake(hash: string = INFO_HASH, peerByte = 0x2d): Uint8Array<ArrayBuffer> {
  return joined(
    new TextEncoder().encode('\x13BitTorrent protocol'),
    Uint8Array.of(0, 0, 0, 0, 0, 0x10, 0, 0x04),
    bytesOfHex(hash),
    new Uint8Array(20).fill(peerByte),
  )
}

/** A message of this kind: length, kind, numbers, bytes. */
export function frame(
  kind: number,
  numbers: readonly number[] = [],
  bytes: Uint8Array = new Uint8Array(0),
): Uint8Array<ArrayBuffer> {
  const length = 1 + 4 * numbers.length + bytes.length
  return joined(uint32(length), Uint8Array.of(kind), ...numbers.map(uint32), bytes)
}

export const keepAlive = () => uint32(0)
export const have = (piece: number) => frame(4, [piece])
export const bitfield = (...bytes: readonly number[]) => frame(5, [], Uint8Array.from(bytes))
export const request = (piece: number, offset: number, length = 16384) =>
  frame(6, [piece, offset, length])
export const block = (piece: number, offset: number, length = 16384) =>
  frame(7, [piece, offset], new Uint8Array(length).fill(piece))
export const cancel = (piece: number, offset: number, length = 16384) =>
  frame(8, [piece, offset, length])
export const reject = (piece: number, offset: number, length = 16384) =>
  frame(16, [piece, offset, length])

export const extended = (number: number, payload: Uint8Array) =>
  frame(20, [], joined(Uint8Array.of(number), payload))
export const extendedText = (number: number, text: string) =>
  extended(number, new TextEncoder().encode(text))
export const extendedHandshake = (dictionary: Encodable) => extended(0, encode(dictionary))
export const metadata = (
  dictionary: Encodable,
  bytes: Uint8Array = new Uint8Array(0),
  number = 1,
) => extended(number, joined(encode(dictionary), bytes))

/** The frames of a stream that begins after a handshake; throws where one is cut off. */
export function split(bytes: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    const length = 4 + new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0)
    if (at + length > bytes.length) throw new Error('a frame is cut off')
    frames.push(bytes.slice(at, at + length))
    at += length
  }
  return frames
}
