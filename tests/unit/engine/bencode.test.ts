import vendor from 'bencode'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  AlreadyEncoded,
  decode,
  decodePrefix,
  encode,
  type Bencoded,
  type Encodable,
} from '../../../src/engine/bencode.ts'

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
const decoded = (text: string) => {
  const result = decode(latin1(text))
  if (!result.ok) throw new Error(result.error)
  return result.value
}

/** Plain data of a decoded value, to compare with: bytes as latin1 text, dictionaries as pairs. */
function plain(value: Bencoded): unknown {
  if (typeof value === 'number') return value
  if (value instanceof Uint8Array) return String.fromCharCode(...value)
  if (value instanceof Map) {
    return { pairs: [...value].map(([key, item]: [string, Bencoded]) => [key, plain(item)]) }
  }
  return (value as readonly Bencoded[]).map(plain) // all that is left of the union
}

describe('what is read', () => {
  test.each([
    ['i0e', 0],
    ['i-42e', -42],
    [`i${Number.MAX_SAFE_INTEGER}e`, Number.MAX_SAFE_INTEGER],
    [`i${Number.MIN_SAFE_INTEGER}e`, Number.MIN_SAFE_INTEGER],
    ['0:', ''],
    ['4:spam', 'spam'],
    ['10:0123456789', '0123456789'],
    ['le', []],
    ['l4:spami7ele3:ende', ['spam', 7, [], 'end']],
    ['de', { pairs: [] }],
    ['d0:i1e1:ad1:bleee', { pairs: [['', 1], ['a', { pairs: [['b', []]] }]] }], // prettier-ignore
  ])('%s', (text, value) => {
    expect(plain(decoded(text).value)).toEqual(value)
  })

  test('a key that names a prototype is a key like any other', () => {
    const { value } = decoded('d9:__proto__d4:evili1ee11:constructor4:evile')

    expect(plain(value)).toEqual({
      pairs: [
        ['__proto__', { pairs: [['evil', 1]] }],
        ['constructor', 'evil'],
      ],
    })
    expect(({} as { evil?: unknown }).evil).toBeUndefined()
  })

  test('keys out of order are read and said not to be canonical', () => {
    expect(decoded('d1:ai1e1:bi2ee').canonical).toBe(true)
    expect(decoded('d1:bi1e1:ai2ee').canonical).toBe(false)
    expect(decoded('ld1:bi1e1:ai2eee').canonical).toBe(false)
  })

  test('the bytes of each value of the outermost dictionary can be cut out', () => {
    const text = 'd4:infod4:name1:ae4:listli1ei2ee1:z3:enden'
    const result = decodePrefix(latin1(text))

    const spans = result.ok ? result.value.spans : new Map<string, never>()
    const cuts = [...spans].map(([key, { start, end }]) => [key, text.slice(start, end)])

    expect(cuts).toEqual([
      ['info', 'd4:name1:ae'],
      ['list', 'li1ei2ee'],
      ['z', '3:end'],
    ])
  })

  test('strings are views of the input', () => {
    const bytes = latin1('l4:spame')

    const result = decode(bytes)
    bytes[3] = 'S'.charCodeAt(0)

    expect(result.ok && plain(result.value.value)).toEqual(['Spam'])
  })

  test('a message is read up to where its block begins', () => {
    const message = latin1('d8:msg_typei1e5:piecei0eeBLOCK')

    const result = decodePrefix(message)

    expect(result.ok && result.value.end).toBe(message.length - 'BLOCK'.length)
    expect(decode(message)).toEqual({ ok: false, error: 'trailing' })
  })
})

describe('what is refused', () => {
  test.each([
    ['nothing', '', 'truncated'],
    ['a negative string length, which hangs npm bencode 4.0.1', 'l-3:e', 'syntax'],
    ['a string longer than the bytes', '5:spam', 'truncated'],
    ['a string length beyond any bytes', '999999999999999:', 'truncated'],
    ['a string length beyond the numbers', '99999999999999999999:', 'integer'],
    ['a string length with a leading zero', '04:spam', 'integer'],
    ['a string length without colon', '4spam', 'syntax'],
    ['a string length and no more', '4', 'truncated'],
    ['an integer without digits', 'ie', 'integer'],
    ['a lone minus', 'i-e', 'integer'],
    ['minus zero', 'i-0e', 'integer'],
    ['leading zeros', 'i03e', 'integer'],
    ['a negative with leading zeros', 'i-03e', 'integer'],
    ['a plus', 'i+3e', 'integer'],
    ['a fraction', 'i3.5e', 'syntax'],
    ['an exponent', 'i3e5e', 'trailing'],
    ['an integer above the safe ones', 'i9007199254740992e', 'integer'],
    ['an integer of a million digits', `i${'9'.repeat(1_000_000)}e`, 'integer'],
    ['an integer that does not end', 'i12', 'truncated'],
    ['a list that does not end', 'l1:a', 'truncated'],
    ['a dictionary that does not end', 'd1:ai1e', 'truncated'],
    ['a key without a value', 'd1:ae', 'syntax'],
    ['a key that is a number', 'di1ei2ee', 'syntax'],
    ['a key that is a list', 'dlei2ee', 'syntax'],
    ['a key that comes twice', 'd1:ai1e1:ai2ee', 'duplicate-key'],
    ['a key that comes again later', 'd1:ai1e1:bi1e1:ai2ee', 'duplicate-key'],
    ['an end of nothing', 'e', 'syntax'],
    ['a byte of no meaning', 'x', 'syntax'],
    ['bytes after the value', 'i1ei2e', 'trailing'],
    ['a million lists in one another', 'l'.repeat(1_000_000), 'depth'],
    ['a million dictionaries in one another', 'd1:a'.repeat(1_000_000), 'depth'],
    ['two million empty strings', `l${'0:'.repeat(2_000_000)}e`, 'tokens'],
  ])('%s', (_, text, problem) => {
    expect(decode(latin1(text))).toEqual({ ok: false, error: problem })
  })

  test('depth and tokens at the limit pass, one more does not', () => {
    const limits = { maxDepth: 3, maxTokens: 6 }

    expect(decode(latin1('llleee'), limits).ok).toBe(true)
    expect(decode(latin1('lllleeee'), limits)).toEqual({ ok: false, error: 'depth' })
    expect(decode(latin1('l0:0:0:0:e'), limits).ok).toBe(true)
    expect(decode(latin1('l0:0:0:0:0:e'), limits)).toEqual({ ok: false, error: 'tokens' })
  })
})

describe('what is written', () => {
  test('keys go out in order of their bytes, undefined ones not at all', () => {
    const bytes = encode({ b: 1, a: ['ü', new Uint8Array([0xff])], aa: undefined, B: {} })

    expect(bytes).toEqual(latin1('d1:Bde1:al2:\xc3\xbc1:\xffe1:bi1ee'))
  })

  test('bytes that are encoded already go out as they are', () => {
    expect(encode({ info: new AlreadyEncoded(latin1('d1:bi1e1:ai1ee')) })).toEqual(
      latin1('d4:infod1:bi1e1:ai1eee'),
    )
  })

  test('a number that is no safe integer is a bug', () => {
    expect(() => encode(1.5)).toThrow('1.5')
    expect(() => encode(2 ** 53)).toThrow()
    expect(encode(-0)).toEqual(latin1('i0e'))
  })
})

const encodable = fc.letrec<{ value: Encodable }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.maxSafeInteger().map((number) => (number === 0 ? 0 : number)),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc
      .uniqueArray(fc.tuple(fc.string({ maxLength: 6 }).map(asLatin1), tie('value')), {
        selector: ([key]) => key,
        maxLength: 5,
      })
      .map((pairs) => new Map(pairs)),
  ),
})).value

function asLatin1(text: string): string {
  return String.fromCharCode(...Array.from(text, (letter) => letter.charCodeAt(0) & 0xff))
}

describe('for any value', () => {
  test('what is written is read back, canonical, and written the same again', () => {
    fc.assert(
      fc.property(encodable, (value) => {
        const bytes = encode(value)
        const result = decode(bytes)

        if (!result.ok) throw new Error(result.error)
        expect(result.value.canonical).toBe(true)
        expect(encode(result.value.value)).toEqual(bytes)
      }),
    )
  })

  test('npm bencode reads what we write as we do', () => {
    const asciiKeys = encodable.filter((value) => !JSON.stringify(plain(value as Bencoded)).match(/\\u00[89a-f]|[^ -~]|__proto__/i)) // prettier-ignore
    fc.assert(
      fc.property(asciiKeys, (value) => {
        const bytes = encode({ value })

        const theirs = vendor.decode(bytes)

        expect(vendor.encode(theirs)).toEqual(bytes)
      }),
    )
  })

  test('a cut-off value is refused wherever it is cut', () => {
    fc.assert(
      fc.property(encodable, fc.nat(), (value, cut) => {
        const bytes = encode(value)

        expect(decode(bytes.subarray(0, cut % bytes.length)).ok).toBe(false)
      }),
    )
  })

  test('bytes of the alphabet in any order give a value or a problem, never a throw', () => {
    const noise = fc.array(fc.constantFrom(...'ilde:0123456789-a'), { maxLength: 60 })
    fc.assert(
      fc.property(noise, (letters) => {
        const bytes = latin1(letters.join(''))
        const result = decodePrefix(bytes)

        // What is read in one way only is what its own encoding says.
        if (result.ok && result.value.canonical) {
          expect(encode(result.value.value)).toEqual(bytes.subarray(0, result.value.end))
        }
      }),
      { numRuns: 5000 },
    )
  })
})
