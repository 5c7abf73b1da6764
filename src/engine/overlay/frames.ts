import type { Bytes } from '../model/units.ts'

/** A length of up to 2^21 - 1 in seven bits a byte, low ones first, as libp2p writes it. */
const MAX_PREFIX = 3

/** One frame, in a buffer of its own: the parts one after the other, with their length before them. */
export function frame(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const prefix: number[] = []
  let rest = length
  for (; rest > 0x7f; rest >>>= 7) prefix.push((rest & 0x7f) | 0x80)
  prefix.push(rest)
  const bytes = new Uint8Array(prefix.length + length)
  bytes.set(prefix)
  let at = prefix.length
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Puts a peer's frames together. */
export interface FrameReader {
  /**
   * Takes bytes cut anywhere and answers the frames that are whole now, each in a buffer of its own.
   * Null once a length is beyond the limit or not a length: then the peer is done.
   */
  push(bytes: Uint8Array): readonly Uint8Array<ArrayBuffer>[] | null
}

export function makeFrameReader(maxLength: Bytes): FrameReader {
  let prefix: number[] = []
  let body: Uint8Array<ArrayBuffer> | null = null
  let filled = 0
  let broken = false

  /** Of the prefix, once it is whole; null when it is none. */
  const lengthOf = (): Bytes | null => {
    const length = prefix.reduce((sum, byte, nth) => sum + (byte & 0x7f) * 2 ** (7 * nth), 0)
    // The shortest form only: a length has one way to be written.
    const padded = prefix.length > 1 && prefix.at(-1) === 0
    return padded || length > maxLength ? null : length
  }

  return {
    push(bytes) {
      const whole: Uint8Array<ArrayBuffer>[] = []
      let at = 0
      while (!broken && (at < bytes.length || body?.length === filled)) {
        if (body === null) {
          const byte = bytes[at++]!
          prefix.push(byte)
          if ((byte & 0x80) !== 0) {
            broken = prefix.length === MAX_PREFIX
            continue
          }
          const length = lengthOf()
          prefix = []
          if (length === null) broken = true
          else body = new Uint8Array(length)
          filled = 0
          continue
        }
        const part = bytes.subarray(at, at + body.length - filled)
        body.set(part, filled)
        filled += part.length
        at += part.length
        if (filled === body.length) {
          whole.push(body)
          body = null
        }
      }
      return broken ? null : whole
    },
  }
}
