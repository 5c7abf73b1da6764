import type { Result } from './model/result.ts'
import { err, ok } from './model/result.ts'

/** A decoded value. Strings are bytes: views into what was decoded, not copies. */
export type Bencoded = number | Uint8Array | readonly Bencoded[] | BencodedDictionary

/**
 * Keys are byte strings too, read as one character per byte (latin1), so that no two of them
 * become one. A `Map` has no prototype that a key could reach.
 */
export type BencodedDictionary = ReadonlyMap<string, Bencoded>

export interface BencodeLimits {
  /** Lists and dictionaries inside one another. */
  readonly maxDepth: number
  /** Values and keys in all; bounds memory, since a token of two bytes costs about a hundred. */
  readonly maxTokens: number
}

/** Roomy for any honest `.torrent`: 200,000 files are about 1.6 million tokens, four deep. */
export const METAINFO_LIMITS: BencodeLimits = { maxDepth: 64, maxTokens: 2_000_000 }

/** Why bytes are not bencoding. Foreign bytes need no better address than this. */
export type BencodeProblem =
  /** The bytes end before the value does. */
  | 'truncated'
  /** A byte that cannot stand where it stands, a key without a value, or a key that is no string. */
  | 'syntax'
  /** Not canonical (`-0`, leading zeros, no digits) or outside the safe integers. */
  | 'integer'
  | 'duplicate-key'
  | 'depth'
  | 'tokens'
  /** A whole value, and then more bytes. */
  | 'trailing'

export interface Decoded {
  readonly value: Bencoded
  /** Position of the first byte after the value. */
  readonly end: number
  /** False when a dictionary's keys were not in order: readable, but encoding gives other bytes. */
  readonly canonical: boolean
  /** Where each value of the outermost dictionary lies; empty when that is none. */
  readonly spans: ReadonlyMap<string, ByteSpan>
}

export interface ByteSpan {
  readonly start: number
  readonly end: number
}

/**
 * Reads one bencoded value (BEP 3) that fills `bytes` exactly.
 *
 * Strict where laxness would make two meanings of the same bytes (integers, lengths, duplicate
 * keys), lenient about the order of keys, because torrents with unordered keys exist and their
 * info hash is taken of the bytes as they are. Time and memory are linear in the input and
 * bounded by `limits`; nesting uses no call stack.
 */
export function decode(
  bytes: Uint8Array,
  limits: BencodeLimits = METAINFO_LIMITS,
): Result<Decoded, BencodeProblem> {
  const decoded = decodePrefix(bytes, limits)
  if (decoded.ok && decoded.value.end !== bytes.length) return err('trailing')
  return decoded
}

/** As `decode`, but bytes may follow: a `ut_metadata` message is a dictionary and then a block (BEP 9). */
export function decodePrefix(
  bytes: Uint8Array,
  limits: BencodeLimits = METAINFO_LIMITS,
): Result<Decoded, BencodeProblem> {
  const spans = new Map<string, ByteSpan>()
  const open: Container[] = []
  let canonical = true
  let tokens = 0
  let at = 0

  for (;;) {
    if (at >= bytes.length) return err('truncated')
    if (++tokens > limits.maxTokens) return err('tokens')
    const start = at
    const byte = bytes[at]!
    const container = open.at(-1)
    const wantsKey = container?.type === 'dictionary' && container.key === null
    let value: Bencoded

    if (byte === END) {
      if (container === undefined) return err('syntax')
      if (container.type === 'dictionary' && container.key !== null) return err('syntax')
      open.pop()
      at += 1
      value = container.value
    } else if (isDigit(byte)) {
      const length = readDigits(bytes, at, COLON)
      if (!length.ok) return length
      const from = length.value.end
      at = from + length.value.number
      if (at > bytes.length) return err('truncated')
      if (wantsKey) {
        const key = latin1(bytes, from, at)
        if (container.value.has(key)) return err('duplicate-key')
        if (container.lastKey !== null && key < container.lastKey) canonical = false
        container.key = key
        container.lastKey = key
        container.valueStart = at
        continue
      }
      value = at === from ? EMPTY : bytes.subarray(from, at)
    } else if (wantsKey) {
      return err('syntax')
    } else if (byte === INTEGER) {
      const negative = bytes[at + 1] === MINUS
      const digits = readDigits(bytes, negative ? at + 2 : at + 1, END)
      if (!digits.ok) return digits
      if (negative && digits.value.number === 0) return err('integer')
      at = digits.value.end
      value = negative ? -digits.value.number : digits.value.number
    } else if (byte === LIST || byte === DICTIONARY) {
      if (open.length >= limits.maxDepth) return err('depth')
      open.push(
        byte === LIST
          ? { type: 'list', value: [] }
          : { type: 'dictionary', value: new Map(), key: null, lastKey: null, valueStart: start },
      )
      at += 1
      continue
    } else {
      return err('syntax')
    }

    const parent = open.at(-1)
    if (parent === undefined) return ok({ value, end: at, canonical, spans })
    if (parent.type === 'list') {
      parent.value.push(value)
    } else {
      // A dictionary that awaits no value awaits a key, and that was read above.
      const key = parent.key!
      parent.value.set(key, value)
      if (open.length === 1) spans.set(key, { start: parent.valueStart, end: at })
      parent.key = null
    }
  }
}

type Container =
  | { readonly type: 'list'; readonly value: Bencoded[] }
  | {
      readonly type: 'dictionary'
      readonly value: Map<string, Bencoded>
      /** Read, and waiting for its value. */
      key: string | null
      lastKey: string | null
      valueStart: number
    }

/** What can be encoded. A string is written as UTF-8; an object's `undefined` is left out. */
export type Encodable =
  | number
  | string
  | Uint8Array
  | AlreadyEncoded
  | readonly Encodable[]
  | ReadonlyMap<string, Encodable>
  | { readonly [key: string]: Encodable | undefined }

/** Bytes that are bencoded already and go out as they are: an info dictionary must not change. */
export class AlreadyEncoded {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

/**
 * The canonical bencoding (BEP 3): keys in order of their bytes. Throws on a number that is no
 * safe integer and on a key beyond latin1: what is encoded is ours, so those are bugs.
 */
export function encode(value: Encodable): Uint8Array<ArrayBuffer> {
  const writer = makeWriter()
  write(writer, value)
  return writer.written()
}

function write(writer: Writer, value: Encodable): void {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Error(`cannot bencode the number ${value}`)
    writer.latin1(`i${value === 0 ? 0 : value}e`)
  } else if (typeof value === 'string') {
    writeBytes(writer, utf8.encode(value))
  } else if (value instanceof Uint8Array) {
    writeBytes(writer, value)
  } else if (value instanceof AlreadyEncoded) {
    writer.bytes(value.bytes)
  } else if (isList(value)) {
    writer.latin1('l')
    for (const item of value) write(writer, item)
    writer.latin1('e')
  } else {
    const entries = isMap(value) ? [...value] : Object.entries(value)
    writer.latin1('d')
    for (const [key, item] of entries.sort(byKey)) {
      if (item === undefined) continue
      writer.latin1(`${key.length}:${key}`)
      write(writer, item)
    }
    writer.latin1('e')
  }
}

function writeBytes(writer: Writer, bytes: Uint8Array): void {
  writer.latin1(`${bytes.length}:`)
  writer.bytes(bytes)
}

interface Writer {
  /** One byte per character. */
  latin1(text: string): void
  bytes(bytes: Uint8Array): void
  /** A copy of all there is. */
  written(): Uint8Array<ArrayBuffer>
}

/** One buffer that doubles: a torrent of many files is millions of strings of a few bytes. */
function makeWriter(): Writer {
  let buffer = new Uint8Array(1024)
  let end = 0

  /** Makes room for `length` bytes and says where they go. */
  const extend = (length: number): number => {
    const at = end
    end += length
    if (end > buffer.length) {
      const wider = new Uint8Array(Math.max(end, buffer.length * 2))
      wider.set(buffer.subarray(0, at))
      buffer = wider
    }
    return at
  }

  return {
    latin1(text) {
      const at = extend(text.length)
      for (let index = 0; index < text.length; index++) {
        const code = text.charCodeAt(index)
        if (code > 0xff) throw new Error('a bencoded key has one byte per character')
        buffer[at + index] = code
      }
    },
    bytes(bytes) {
      const at = extend(bytes.length)
      buffer.set(bytes, at)
    },
    written: () => buffer.slice(0, end),
  }
}

const INTEGER = 0x69
const LIST = 0x6c
const DICTIONARY = 0x64
const END = 0x65
const COLON = 0x3a
const MINUS = 0x2d
const ZERO = 0x30
const EMPTY = new Uint8Array(0)
const utf8 = new TextEncoder()

const isDigit = (byte: number | undefined): byte is number =>
  byte !== undefined && byte >= ZERO && byte <= ZERO + 9

// `Array.isArray` does not narrow a readonly array out of a union.
const isList = (value: object): value is readonly Encodable[] => Array.isArray(value)

// Nor does `instanceof Map` a `ReadonlyMap`.
const isMap = (value: object): value is ReadonlyMap<string, Encodable> => value instanceof Map

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) =>
  a < b ? -1 : a > b ? 1 : 0

/** Reads canonical digits up to `until`; stops at the first that would leave the safe integers. */
function readDigits(
  bytes: Uint8Array,
  from: number,
  until: number,
): Result<{ readonly number: number; readonly end: number }, BencodeProblem> {
  let number = 0
  let at = from
  for (; isDigit(bytes[at]); at++) {
    if (at > from && number === 0) return err('integer')
    number = number * 10 + (bytes[at]! - ZERO)
    if (number > Number.MAX_SAFE_INTEGER) return err('integer')
  }
  if (at >= bytes.length) return err('truncated')
  if (bytes[at] !== until) return err(at === from ? 'integer' : 'syntax')
  if (at === from) return err('integer')
  return ok({ number, end: at + 1 })
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = ''
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]!)
  return text
}
