import fc from 'fast-check'
import parseTorrent from 'parse-torrent'
import { describe, expect, test } from 'vitest'
import fixtures from 'webtorrent-fixtures'
import { encode } from '../../../src/engine/bencode.ts'
import { hexOf, infoHashOfDigest } from '../../../src/engine/model/ids.ts'
import type { Metainfo } from '../../../src/engine/model/metainfo.ts'
import {
  encodeMetainfo,
  MAX_COMMENT_LENGTH,
  MAX_METAINFO_LENGTH,
  MAX_PIECE_LENGTH,
  parseInfo,
  parseMetainfo,
} from '../../../src/engine/parse-metainfo.ts'
import {
  aTorrent,
  bytesFrom,
  folderBytes,
  infoFields,
  torrentBytes,
} from '../../support/metainfo-fixtures.ts'

const ascii = (text: string) => new TextEncoder().encode(text)
const refused = (reason: string) => ({ ok: false, error: { kind: 'input/metainfo', reason } })

async function parsed(bytes: Uint8Array): Promise<Metainfo> {
  const result = await parseMetainfo(bytes)
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

describe('the torrents of webtorrent-fixtures', () => {
  const sound = Object.entries(fixtures).filter(([, fixture]) => fixture.parsedTorrent)

  test.each(sound)('%s is read as parse-torrent reads it', async (_, fixture) => {
    const theirs = fixture.parsedTorrent!

    const ours = await parsed(fixture.torrent!)

    expect(ours.infoHash).toBe(theirs.infoHash)
    expect(ours.name).toBe(theirs.name)
    expect(ours.totalBytes).toBe(theirs.length)
    expect(ours.pieceLength).toBe(theirs.pieceLength)
    expect(ours.private).toBe(theirs.private ?? false)
    expect(new Set(ours.trackers)).toEqual(new Set(theirs.announce))
    expect(ours.webSeeds).toEqual(theirs.urlList)
    expect(ours.files).toEqual(
      theirs.files.map(({ path, length, offset }) => ({ path, length, offset })),
    )
    expect(hexOf(ours.pieceHashes)).toBe(theirs.pieces.join(''))
  })

  test('there are eight of them, and the corrupt one has no name', async () => {
    expect(sound.length).toBe(8)
    expect(await parseMetainfo(fixtures['corrupt']!.torrent!)).toEqual(refused('structure'))
  })
})

describe('what is refused', () => {
  const oneFile = (path: readonly (string | Uint8Array)[]) => folderBytes([{ path, length: 1 }])

  test.each<[what: string, bytes: Uint8Array, reason: string]>([
    ['nothing', new Uint8Array(0), 'bencode'],
    ['text', ascii('<!doctype html>'), 'bencode'],
    ['a truncated one', torrentBytes().subarray(0, -10), 'bencode'],
    ['one with bytes after it', new Uint8Array([...torrentBytes(), 0]), 'bencode'],
    ['a negative string length', ascii('d4:infol-3:eee'), 'bencode'],
    ['lists in lists without end', ascii(`d4:info${'l'.repeat(100_000)}`), 'bencode'],
    ['one byte above the limit', new Uint8Array(MAX_METAINFO_LENGTH + 1), 'too-large'],
    ['as much as the limit of nonsense', new Uint8Array(MAX_METAINFO_LENGTH), 'bencode'],

    ['a list', ascii('le'), 'structure'],
    ['a dictionary of nothing', ascii('de'), 'structure'],
    ['an info that is a number', ascii('d4:infoi1ee'), 'structure'],
    ['no name', torrentBytes({ name: undefined }), 'structure'],
    ['a name that is a number', torrentBytes({ name: 7 }), 'structure'],
    ['no pieces', torrentBytes({ pieces: undefined }), 'structure'],
    ['pieces that are a list', torrentBytes({ pieces: [] }), 'structure'],
    ['no piece length', torrentBytes({ 'piece length': undefined }), 'structure'],
    ['neither length nor files', torrentBytes({ length: undefined }), 'structure'],
    ['both length and files', torrentBytes({ files: [{ length: 1, path: ['a'] }] }), 'structure'],
    ['a negative length', torrentBytes({ length: -1 }), 'structure'],
    ['a length that is text', torrentBytes({ length: '40960' }), 'structure'],
    ['a folder of nothing', folderBytes([]), 'structure'],
    ['a negative length among others', folderBytes([{ path: ['a'], length: 9 }, { path: ['b'], length: -9 }]), 'structure'], // prettier-ignore
    [
      'a file without path',
      torrentBytes({ length: undefined, files: [{ length: 1 }] }),
      'structure',
    ],
    ['a file whose path is text', torrentBytes({ length: undefined, files: [{ length: 1, path: 'a' }] }), 'structure'], // prettier-ignore
    ['a file that is a number', torrentBytes({ length: undefined, files: [1] }), 'structure'],
    [
      'lengths whose sum is no safe integer',
      folderBytes([{ path: ['a'], length: 2 ** 53 - 1 }, { path: ['b'], length: 1 }], { pieces: '' }), // prettier-ignore
      'structure',
    ],
    [
      '200,001 files',
      ascii(`d4:infod5:filesl${'de'.repeat(200_001)}e4:name1:a12:piece lengthi1e6:pieces0:ee`),
      'structure',
    ],

    ['piece length 0', torrentBytes({ 'piece length': 0 }), 'piece-length'],
    ['piece length -1', torrentBytes({ 'piece length': -1 }), 'piece-length'],
    ['piece length 2^31', torrentBytes({ 'piece length': 2 ** 31 }), 'piece-length'],
    ['a byte above the longest piece', torrentBytes({ 'piece length': MAX_PIECE_LENGTH + 1 }), 'piece-length'], // prettier-ignore

    ['a hash too few', torrentBytes({ pieces: new Uint8Array(40) }), 'pieces'],
    ['a hash too many', torrentBytes({ pieces: new Uint8Array(80) }), 'pieces'],
    ['half a hash', torrentBytes({ pieces: new Uint8Array(50) }), 'pieces'],
    [
      'a petabyte with one hash',
      torrentBytes({ length: 2 ** 50, pieces: new Uint8Array(20) }),
      'pieces',
    ],
    ['hashes of nothing', torrentBytes({ length: 0 }), 'pieces'],

    ['a name that leaves', torrentBytes({ name: '..' }), 'path'],
    ['a name that is a path', torrentBytes({ name: 'a/b' }), 'path'],
    ['an empty name', torrentBytes({ name: '' }), 'path'],
    ['a name with NUL', torrentBytes({ name: 'a\0.txt' }), 'path'],
    ['a name that is a device', torrentBytes({ name: 'nul' }), 'path'],
    ['a path of no parts', oneFile([]), 'path'],
    ['a path that goes up', oneFile(['..', 'x']), 'path'],
    ['a path that goes up in one part', oneFile(['../x']), 'path'],
    ['a path that goes up as Windows does', oneFile(['..\\x']), 'path'],
    ['a path that stays', oneFile(['.']), 'path'],
    ['a path that is absolute', oneFile(['/etc', 'passwd']), 'path'],
    ['a path that begins with nothing', oneFile(['', 'etc']), 'path'],
    ['a path that ends with nothing', oneFile(['a', '']), 'path'],
    ['a path on a drive', oneFile(['C:', 'x']), 'path'],
    ['a path with NUL', oneFile(['a\0b']), 'path'],
    ['a path of 129 parts', oneFile(Array<string>(128).fill('a')), 'path'],
    ['a path of 5,000 letters', oneFile(['a'.repeat(5000)]), 'path'],
    ...['CON', 'con.txt', 'PRN', 'aux.', 'NUL ', 'Com1', 'LPT9.tar.gz', 'com¹', 'CONIN$'].map(
      (name): [string, Uint8Array, string] => [`the device ${name}`, oneFile([name]), 'path'],
    ),

    ['two files of one path', folderBytes([{ path: ['a', 'b'], length: 1 }, { path: ['a', 'b'], length: 1 }]), 'duplicate-path'], // prettier-ignore
    ['a file that is a folder too', folderBytes([{ path: ['a', 'b'], length: 1 }, { path: ['a'], length: 1 }]), 'duplicate-path'], // prettier-ignore

    [
      'version 2 only (BEP 52)',
      torrentBytes({ pieces: undefined, length: undefined, 'meta version': 2, 'file tree': {} }),
      'v2-only',
    ],
  ])('%s', async (_, bytes, reason) => {
    expect(await parseMetainfo(bytes)).toEqual(refused(reason))
  })
})

describe('what is accepted', () => {
  test('a file, with every field', async () => {
    const info = infoFields({ private: 1 })
    const outer = {
      comment: 'hello',
      announce: 'wss://t.example',
      'url-list': 'https://s.example/',
    }

    const metainfo = await parsed(torrentBytes({ private: 1 }, outer))

    const bytes = encode(info)
    expect(metainfo).toEqual({
      infoHash: infoHashOfDigest(new Uint8Array(await crypto.subtle.digest('SHA-1', bytes))),
      name: 'a.txt',
      pieceLength: 16_384,
      pieceHashes: new Uint8Array(60),
      pieceCount: 3,
      totalBytes: 40_960,
      files: [{ path: 'a.txt', length: 40_960, offset: 0 }],
      single: true,
      private: true,
      trackers: ['wss://t.example'],
      webSeeds: ['https://s.example/'],
      comment: 'hello',
      info: bytes,
    })
  })

  test('the info hash is of the bytes as they are, also when the keys are out of order', async () => {
    const info = `d4:name1:a12:piece lengthi16384e6:lengthi0e6:pieces0:e`

    const metainfo = await parsed(ascii(`d4:info${info}e`))

    const digest = await crypto.subtle.digest('SHA-1', ascii(info))
    expect(metainfo.infoHash).toBe(hexOf(new Uint8Array(digest)))
    expect(metainfo.info).toEqual(ascii(info))
  })

  test('what is kept does not change with the bytes it was read from', async () => {
    const bytes = torrentBytes({ pieces: bytesFrom(1, 60) })

    const metainfo = await parsed(bytes)
    bytes.fill(0)

    expect(metainfo.pieceHashes).toEqual(bytesFrom(1, 60))
  })

  test('a hybrid torrent works as version 1, its pad files are files, each of its own path', async () => {
    const pad = { attr: 'p', length: 1384, path: ['.pad', '1384'] }
    const metainfo = await parsed(
      torrentBytes({
        name: 'folder',
        length: undefined,
        'meta version': 2,
        'file tree': {},
        files: [
          { length: 15_000, path: ['a'] },
          pad,
          { length: 15_000, path: ['b'] },
          pad,
          { length: 5, path: ['c'] },
        ],
      }),
    )

    expect(metainfo.files.map(({ path, offset }) => [path, offset])).toEqual([
      ['folder/a', 0],
      ['folder/.pad/1384', 15_000],
      ['folder/b', 16_384],
      ['folder/.pad/1384 (2)', 31_384],
      ['folder/c', 32_768],
    ])
  })

  test('names that differ by case or by the form of an accent are two names', async () => {
    const names = ['a', 'A', '\u00e9', 'e\u0301', 'a.', 'a ', 'x:y']

    const metainfo = await parsed(folderBytes(names.map((name) => ({ path: [name], length: 1 }))))

    expect(metainfo.files.map(({ path }) => path)).toEqual(names.map((name) => `folder/${name}`))
  })

  test('names that are not UTF-8 are readable and stay two names', async () => {
    const metainfo = await parsed(
      folderBytes([
        { path: [new Uint8Array([0xe4])], length: 1 },
        { path: [new Uint8Array([0xf6])], length: 1 },
      ]),
    )

    expect(metainfo.files.map(({ path }) => path)).toEqual(['folder/ä', 'folder/ö'])
  })

  test('name.utf-8 and path.utf-8 come first', async () => {
    const metainfo = await parsed(
      torrentBytes({
        name: new Uint8Array([0xff]),
        'name.utf-8': 'Größe',
        length: undefined,
        files: [{ length: 40_960, path: [new Uint8Array([0xff])], 'path.utf-8': ['ü'] }],
      }),
    )

    expect(metainfo.name).toBe('Größe')
    expect(metainfo.files[0]!.path).toBe('Größe/ü')
  })

  test.each([1, 1000, 49_152, MAX_PIECE_LENGTH])('piece length %d', async (pieceLength) => {
    const pieces = new Uint8Array(Math.ceil(40_960 / pieceLength) * 20)

    const metainfo = await parsed(torrentBytes({ 'piece length': pieceLength, pieces }))

    expect(metainfo.pieceCount).toBe(pieces.length / 20)
  })

  test('empty files, alone and among others', async () => {
    const empty = await parsed(torrentBytes({ length: 0, pieces: '' }))
    const folder = await parsed(
      folderBytes([
        { path: ['a'], length: 0 },
        { path: ['b', 'c'], length: 3 },
        { path: ['b', 'd'], length: 0 },
      ]),
    )

    expect([empty.pieceCount, empty.totalBytes, empty.pieceHashes.length]).toEqual([0, 0, 0])
    expect(folder.files.map(({ offset }) => offset)).toEqual([0, 0, 3])
    expect(folder.single).toBe(false)
  })

  test('a folder of ten thousand files', async () => {
    const files = Array.from({ length: 10_000 }, (_, index) => ({
      path: [`d${index % 100}`, `${index}`],
      length: index,
    }))

    expect((await parsed(folderBytes(files))).files.length).toBe(10_000)
  })

  test.each([
    [undefined, false],
    [0, false],
    [1, true],
    [2, true],
    ['1', true],
  ])('private: %j means %j', async (value, meant) => {
    expect((await parsed(torrentBytes({ private: value }))).private).toBe(meant)
  })
})

describe('around the info dictionary', () => {
  test('trackers are those of all tiers, each once; what is no tracker is left out', async () => {
    const metainfo = await parsed(
      torrentBytes(
        {},
        {
          announce: 'wss://a.example',
          'announce-list': [
            ['wss://b.example', 'wss://a.example'],
            ['udp://c.example:80', 'file:///etc/passwd', '', 'wss://user:pw@d.example'],
            'https://e.example/announce',
            7,
            [7],
          ],
        },
      ),
    )

    expect(metainfo.trackers).toEqual([
      'wss://a.example',
      'wss://b.example',
      'udp://c.example:80',
      'https://e.example/announce',
    ])
  })

  test.each([
    ['a text', 'https://a.example/f', ['https://a.example/f']],
    ['an empty text', '', []],
    ['a list', ['https://a.example/', 'ftp://b.example/', 'http://c.example/', 5], ['https://a.example/', 'http://c.example/']], // prettier-ignore
    ['a number', 5, []],
  ])('web seeds from %s', async (_, urls, webSeeds) => {
    expect((await parsed(torrentBytes({}, { 'url-list': urls }))).webSeeds).toEqual(webSeeds)
  })

  test('there are at most a hundred of each, however many are named', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => `wss://${index}.example`)

    const metainfo = await parsed(torrentBytes({}, { 'announce-list': [many] }))

    expect(metainfo.trackers).toEqual(many.slice(0, 100))
  })

  test.each([
    ['none', undefined, null],
    ['an empty one', '', null],
    ['a number', 7, null],
    ['a long one', '😀'.repeat(MAX_COMMENT_LENGTH), '😀'.repeat(MAX_COMMENT_LENGTH / 2)],
  ])('a comment: %s', async (_, comment, kept) => {
    expect((await parsed(torrentBytes({}, { comment }))).comment).toBe(kept)
  })
})

describe('an info dictionary from peers', () => {
  test('is the same torrent without what was around it', async () => {
    const { metainfo } = await aTorrent({ 'f/a': 20_000, 'f/b/c': 30_000 })

    const result = await parseInfo(metainfo.info, metainfo.infoHash)

    expect(result).toEqual({ ok: true, value: metainfo })
  })

  test('with one bit changed is not the one that was asked for', async () => {
    const { metainfo } = await aTorrent()
    const changed = metainfo.info.slice()
    changed[20]! ^= 1

    expect(await parseInfo(changed, metainfo.infoHash)).toEqual(refused('info-hash'))
  })

  test('that is what was asked for and unsound is refused for its own reason', async () => {
    for (const [info, reason] of [
      [ascii('l-3:e'), 'bencode'],
      [encode(infoFields({ name: '..' })), 'path'],
    ] as const) {
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', info))

      expect(await parseInfo(info, infoHashOfDigest(digest))).toEqual(refused(reason))
    }
  })
})

describe('writing a .torrent', () => {
  test('reads back as what it was made of, here and in parse-torrent', async () => {
    const { metainfo } = await aTorrent({ 'f/a': 20_000, 'f/b': 1 })
    const parts = {
      ...metainfo,
      trackers: ['wss://a.example', 'wss://b.example'],
      webSeeds: ['https://s.example/f'],
      comment: 'ü',
    }

    const bytes = encodeMetainfo(parts)
    const theirs = await parseTorrent(bytes)

    expect(await parsed(bytes)).toEqual(parts)
    expect(theirs.infoHash).toBe(metainfo.infoHash)
    expect(theirs.announce).toEqual(parts.trackers)
    expect(theirs.urlList).toEqual(parts.webSeeds)
    expect(theirs.comment).toBe('ü')
  })

  test('equal parts give equal bytes; a date is written only when asked for', async () => {
    const { metainfo } = await aTorrent()

    const dated = encodeMetainfo({ ...metainfo, createdAt: 1_700_000_000_999 })

    expect(encodeMetainfo(metainfo)).toEqual(encodeMetainfo({ info: metainfo.info.slice() }))
    expect(new TextDecoder().decode(encodeMetainfo(metainfo))).not.toContain('creation date')
    expect(new TextDecoder('latin1').decode(dated)).toContain('13:creation datei1700000000e')
  })
})

describe('damaged torrents', () => {
  const whole = Object.values(fixtures).flatMap(({ torrent }) =>
    torrent === undefined || torrent.length > 2000 ? [] : [new Uint8Array(torrent)],
  )
  const damage = fc.record({
    of: fc.constantFrom(...whole),
    edits: fc.array(
      fc.record({
        at: fc.nat(),
        cut: fc.nat({ max: 4 }),
        put: fc.oneof(
          fc.uint8Array({ maxLength: 4 }),
          fc.constantFrom('e', 'l', 'd', 'i-1e', '0:', '4:', '99999:', '4:info').map(ascii),
        ),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })

  test('are read or refused with a reason, never thrown at, and what is read adds up', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async ({ of, edits }) => {
        let bytes = of
        for (const { at, cut, put } of edits) {
          const from = at % bytes.length
          bytes = new Uint8Array([
            ...bytes.subarray(0, from),
            ...put,
            ...bytes.subarray(from + cut),
          ])
          if (bytes.length === 0) return
        }

        const result = await parseMetainfo(bytes)

        if (!result.ok) {
          expect(result.error.kind).toBe('input/metainfo')
          return
        }
        const { files, totalBytes, pieceCount, pieceLength, pieceHashes, info } = result.value
        expect(files.reduce((sum, { length }) => sum + length, 0)).toBe(totalBytes)
        expect(pieceCount).toBe(Math.ceil(totalBytes / pieceLength))
        expect(pieceHashes.length).toBe(pieceCount * 20)
        expect(new Set(files.map(({ path }) => path)).size).toBe(files.length)
        expect((await parseInfo(info, result.value.infoHash)).ok).toBe(true)
      }),
      { numRuns: 1500 },
    )
  })
})
