import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encode, type Encodable } from '../../../../src/engine/bencode.ts'
import { makeExtendedJudge } from '../../../../src/engine/swarm/extended-message.ts'
import { joined, uint32 } from './wire-frames.ts'

const NAMES: Readonly<Record<number, string>> = { 1: 'ut_metadata', 2: 'lt_donthave' }
const text = (plain: string) => new TextEncoder().encode(plain)

function aJudge() {
  const judge = makeExtendedJudge({
    extension: (number) => NAMES[number],
    hasPiece: (piece) => piece < 10,
  })
  const ask = (number: number, payload: Uint8Array) => {
    const verdict = judge(joined(Uint8Array.of(number), payload))
    return typeof verdict === 'string' ? verdict : verdict.what
  }
  return {
    handshake: (dictionary: Encodable) => ask(0, encode(dictionary)),
    raw: ask,
    metadata: (dictionary: Encodable, length = 0) =>
      ask(1, joined(encode(dictionary), new Uint8Array(length))),
  }
}

describe('extended handshake (T14)', () => {
  test('those of known clients pass', () => {
    const libtorrent =
      'd1:ei0e4:ipv616:0123456789abcdef12:complete_agoi1e1:md11:lt_donthavei7e10:share_modei8e' +
      '11:upload_onlyi3e12:ut_holepunchi4e11:ut_metadatai2e6:ut_pexi1ee13:metadata_sizei31235e' +
      '4:reqqi500e11:upload_onlyi1e1:v18:qBittorrent/5.1.0 6:yourip4:abcde'
    const webtorrent = 'd1:md11:lt_donthavei2e11:ut_metadatai1eee'

    expect(aJudge().raw(0, text(libtorrent))).toBe('pass')
    expect(aJudge().raw(0, text(webtorrent))).toBe('pass')
    expect(aJudge().raw(0, text('de'))).toBe('pass')
  })

  const refused: ReadonlyArray<readonly [string, string | Encodable, string]> = [
    ['the five bytes that hang a lax decoder', 'l-3:e', 'bencode'],
    ['a negative length inside', 'd1:ml-3:ee', 'bencode'],
    ['nothing at all', '', 'bencode'],
    ['a tail', 'deX', 'bencode'],
    ['ten thousand lists', `d1:x${'l'.repeat(10_000)}${'e'.repeat(10_000)}e`, 'bencode'],
    ['ten thousand values', `d1:xl${'0:'.repeat(10_000)}ee`, 'bencode'],
    ['two keys of one name', 'd1:pi1e1:pi2ee', 'bencode'],
    ['a list instead', [1, 2], 'extended'],
    ['a prototype', new Map([['__proto__', { metadata_size: 1e9 }]]), 'extended'],
    [
      'a key that becomes another one when a byte order mark is left out',
      new Map([['\xef\xbb\xbfmetadata_size', 1e9]]),
      'extended',
    ],
    ['names that are a list', { m: ['ut_metadata'] }, 'extended'],
    ['a name with a text for a number', { m: { ut_metadata: '1' } }, 'extended'],
    ['a negative number', { m: { ut_metadata: -1 } }, 'extended'],
    ['a number beyond a byte', { m: { ut_metadata: 256 } }, 'extended'],
    ['a prototype among the names', { m: new Map([['__proto__', 1]]) }, 'extended'],
    [
      'sixty-five names',
      { m: Object.fromEntries(Array.from({ length: 65 }, (_, nth) => [`x${nth}`, nth])) },
      'extended',
    ],
    ['a queue of none', { reqq: 0 }, 'extended'],
    ['a negative queue', { reqq: -1 }, 'extended'],
    ['an endless queue', { reqq: 2 ** 40 }, 'extended'],
    ['a queue in words', { reqq: 'many' }, 'extended'],
    ['a client with a very long name', { v: 'x'.repeat(257) }, 'extended'],
    ['a client with a number for a name', { v: 7 }, 'extended'],
    ['metadata of more than any torrent has', { metadata_size: 10_000_001 }, 'extended'],
    ['metadata of less than nothing', { metadata_size: -1 }, 'extended'],
    ['metadata of a text', { metadata_size: '31235' }, 'extended'],
  ]
  for (const [name, content, problem] of refused) {
    test(`refuses ${name}`, () => {
      const judge = aJudge()

      expect(
        typeof content === 'string' ? judge.raw(0, text(content)) : judge.handshake(content),
      ).toBe(problem)
    })
  }

  test('sixty-four names pass', () => {
    const names = Object.fromEntries(Array.from({ length: 64 }, (_, nth) => [`x${nth}`, nth]))

    expect(aJudge().handshake({ m: names })).toBe('pass')
  })

  test('a later one may bring the size of the metadata, but not change it', () => {
    const judge = aJudge()
    const names = { ut_metadata: 3 }

    expect(judge.handshake({ m: names })).toBe('pass')
    expect(judge.handshake({ m: names, metadata_size: 0 })).toBe('pass')
    expect(judge.handshake({ m: names, metadata_size: 20_000 })).toBe('pass')
    expect(judge.handshake({ m: names, metadata_size: 20_001 })).toBe('extended')
  })
})

describe('metadata exchange (T7)', () => {
  /** Two pieces: 16,384 bytes and 3,616. */
  function aJudgeOfMetadata(size = 20_000) {
    const judge = aJudge()
    judge.handshake({ m: { ut_metadata: 3 }, metadata_size: size })
    return judge
  }

  test('requests, data and refusals pass', () => {
    const judge = aJudgeOfMetadata()

    expect(judge.metadata({ msg_type: 0, piece: 0 })).toBe('pass')
    expect(judge.metadata({ msg_type: 1, piece: 0, total_size: 20_000 }, 16_384)).toBe('pass')
    expect(judge.metadata({ msg_type: 1, piece: 1 }, 3_616)).toBe('pass')
    expect(judge.metadata({ msg_type: 2, piece: 1 })).toBe('pass')
  })

  test('who has not said the size of the metadata may ask for ours and no more', () => {
    expect(aJudge().metadata({ msg_type: 0, piece: 0 })).toBe('pass')
    expect(aJudge().metadata({ msg_type: 1, piece: 0 }, 16_384)).toBe('unsolicited')
    expect(aJudge().metadata({ msg_type: 2, piece: 0 })).toBe('drop')
  })

  test('a size without the extension makes no room for data', () => {
    const judge = aJudge()
    judge.handshake({ m: {}, metadata_size: 20_000 })

    expect(judge.metadata({ msg_type: 1, piece: 0 }, 16_384)).toBe('unsolicited')
  })

  test('data out of range and of a wrong length is refused', () => {
    const wrong: ReadonlyArray<readonly [number, number, string]> = [
      [2, 16_384, 'range'],
      [-1, 16_384, 'range'],
      [2 ** 40, 16_384, 'range'],
      [0, 16_383, 'length'],
      [0, 0, 'length'],
      [1, 16_384, 'length'],
      [1, 3_617, 'length'],
    ]
    for (const [piece, length, problem] of wrong) {
      expect(aJudgeOfMetadata().metadata({ msg_type: 1, piece }, length)).toBe(problem)
    }
  })

  test('requests out of range are refused', () => {
    expect(aJudge().metadata({ msg_type: 0, piece: -1 })).toBe('range')
    expect(aJudge().metadata({ msg_type: 0, piece: 611 })).toBe('range')
    expect(aJudge().metadata({ msg_type: 0 })).toBe('range')
  })

  test('the same data over and over is a flood', () => {
    const judge = aJudgeOfMetadata()
    const send = () => judge.metadata({ msg_type: 1, piece: 1 }, 3_616)

    for (let nth = 0; nth < 8; nth++) expect(send()).toBe('pass')
    expect(send()).toBe('flood')
  })

  test('what another decoder could read otherwise is left out', () => {
    const judge = aJudgeOfMetadata()

    expect(judge.metadata({ msg_type: 7, piece: 0 })).toBe('drop')
    expect(judge.metadata({ msg_type: 0, piece: 0, zee: 1 })).toBe('drop')
    expect(judge.metadata({ msg_type: 0, piece: 0, total_size: 'ee' })).toBe('drop')
    expect(judge.metadata({ msg_type: 0, piece: 0 }, 5)).toBe('drop')
    expect(judge.raw(1, text('l-3:e'))).toBe('bencode')
    expect(judge.raw(1, text('d8:msg_typel-3:ee'))).toBe('bencode')
    expect(judge.raw(1, text('le'))).toBe('extended')
  })

  test('in what passes, the first two ends in a row are the end of the dictionary', () => {
    const key = fc.constantFrom('msg_type', 'piece', 'total_size', 'xee', 'ee')
    const value = fc.oneof(fc.integer({ min: -2, max: 700 }), fc.constantFrom('ee', 'x'))
    fc.assert(
      fc.property(fc.dictionary(key, value), fc.uint8Array(), (dictionary, tail) => {
        const head = encode(dictionary)
        if (aJudgeOfMetadata(16_384).raw(1, joined(head, tail)) !== 'pass') return

        const latin = Array.from(head, (byte) => String.fromCharCode(byte)).join('')
        expect(latin.indexOf('ee') + 2).toBe(head.length)
      }),
    )
  })
})

test('a lost piece is one number in range', () => {
  expect(aJudge().raw(2, uint32(9))).toBe('pass')
  expect(aJudge().raw(2, uint32(10))).toBe('range')
  expect(aJudge().raw(2, Uint8Array.of(0, 0, 1))).toBe('length')
})

test('whatever the bytes, there is a verdict', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3), fc.uint8Array({ maxLength: 60 }))), (messages) => {
      const judge = aJudge()

      for (const [number, payload] of messages)
        expect(judge.raw(number, payload)).toBeTypeOf('string')
    }),
  )
})
