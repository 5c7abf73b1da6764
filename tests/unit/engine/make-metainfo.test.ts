import fc from 'fast-check'
import parseTorrent from 'parse-torrent'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import fixtures from 'webtorrent-fixtures'
import {
  choosePieceLength,
  makeMetainfo,
  type MakeMetainfoOptions,
} from '../../../src/engine/make-metainfo.ts'
import { hexOf } from '../../../src/engine/model/ids.ts'
import type { SeedFile } from '../../../src/engine/model/torrent.ts'
import { GIB, KIB, MIB } from '../../../src/engine/model/units.ts'
import { encodeMetainfo, parseMetainfo } from '../../../src/engine/parse-metainfo.ts'
import { bytesFrom } from '../../support/metainfo-fixtures.ts'

const signal = new AbortController().signal

function seedFile(path: string, content: BlobPart = 'x'): SeedFile {
  return { path, file: new File([content], path.split('/').at(-1)!) }
}

async function made(files: readonly SeedFile[], options: MakeMetainfoOptions = {}) {
  const result = await makeMetainfo(files, options, { signal })
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

function hashesOf(content: Uint8Array, pieceLength: number): string {
  const hashes: string[] = []
  for (let at = 0; at < content.length; at += pieceLength) {
    const piece = content.subarray(at, at + pieceLength)
    hashes.push(createHash('sha1').update(piece).digest('hex'))
  }
  return hashes.join('')
}

/** A file that can no longer be read, as Chromium says it of slices and of streams. */
class ChangedFile extends File {
  override slice(): Blob {
    const ofSlice = new DOMException('changed', 'NotReadableError')
    const ofStream = new TypeError('network error')
    return Object.assign(new Blob(), {
      arrayBuffer: () => Promise.reject(ofSlice),
      stream: () => new ReadableStream({ type: 'bytes', pull: () => Promise.reject(ofStream) }),
    })
  }
}

/** A file that gives fewer bytes than it said. */
class ShrunkFile extends File {
  override slice(start: number, end = this.size): Blob {
    return super.slice(start, end - 1)
  }
}

/** A file on a platform whose blobs have no byte streams. */
class PlainFile extends File {
  override slice(start?: number, end?: number): Blob {
    return Object.assign(super.slice(start, end), { stream: () => new ReadableStream() })
  }
}

describe('the torrent of a file', () => {
  test('is the one other makers make of it', async () => {
    const file = seedFile('alice.txt', new Uint8Array(fixtures['alice']!.content!))

    const { metainfo } = await made([file], { pieceLength: 16 * KIB })

    expect(metainfo.infoHash).toBe(fixtures['alice']!.parsedTorrent!.infoHash)
    expect(metainfo.single).toBe(true)
  })

  test('reads back from its .torrent as it was made, here and in parse-torrent', async () => {
    const options = {
      trackers: ['wss://t.example/'],
      webSeeds: ['https://s.example/'],
      comment: 'ü',
    }

    const { metainfo } = await made([seedFile('a.txt', bytesFrom(1, 100_000))], options)
    const bytes = encodeMetainfo(metainfo)

    expect(metainfo).toMatchObject(options)
    expect(await parseMetainfo(bytes)).toEqual({ ok: true, value: metainfo })
    expect((await parseTorrent(bytes)).infoHash).toBe(metainfo.infoHash)
  })

  test('is the same whenever it is made', async () => {
    const once = await made([seedFile('a', 'content')])
    const again = await made([seedFile('a', 'content')], { trackers: ['wss://t.example'] })

    expect(again.metainfo.infoHash).toBe(once.metainfo.infoHash)
    expect(again.metainfo.info).toEqual(once.metainfo.info)
  })

  test('takes another name when one is given', async () => {
    const { metainfo } = await made([seedFile('a.txt')], { name: 'b.txt' })

    expect([metainfo.name, metainfo.files[0]!.path]).toEqual(['b.txt', 'b.txt'])
  })

  test('of nothing has no pieces', async () => {
    const progress: number[][] = []

    const result = await makeMetainfo([seedFile('empty', '')], {}, {
      signal,
      onProgress: (...at) => progress.push(at),
    }) // prettier-ignore

    expect(result.ok && result.value.metainfo.pieceCount).toBe(0)
    expect(progress).toEqual([[0, 0]])
  })
})

describe('the torrent of a folder', () => {
  test('is the one other makers make of it', async () => {
    const { contentPath, parsedTorrent } = fixtures['lotsOfNumbers']!
    const files = parsedTorrent!.files.map(({ path }) =>
      seedFile(path, new Uint8Array(readFileSync(`${contentPath}/../${path}`))),
    )

    const { metainfo } = await made(files.toReversed(), { pieceLength: 16 * KIB })

    expect(metainfo.infoHash).toBe(parsedTorrent!.infoHash)
  })

  test('is named after what the files have in common, ordered, with sources in that order', async () => {
    const files = ['root/b', 'root/a/z', 'root/a b', 'root/a/c', 'root/a-b'].map((path) => seedFile(path, path)) // prettier-ignore

    const { metainfo, sources } = await made(files)
    const texts = await Promise.all(sources.map((source) => source.text()))

    expect(metainfo.name).toBe('root')
    expect(texts).toEqual(['root/a/c', 'root/a/z', 'root/a b', 'root/a-b', 'root/b'])
    expect(metainfo.files.map(({ path }) => path)).toEqual(texts)
  })

  test.each([
    [['folder/a'], 'folder', ['folder/a']],
    [['b.txt', 'a.txt', 'c.txt'], 'a +2', ['a +2/a.txt', 'a +2/b.txt', 'a +2/c.txt']],
    [['.env', 'x'], '.env +1', ['.env +1/.env', '.env +1/x']],
    [['d/a', 'x'], 'd +1', ['d +1/d/a', 'd +1/x']],
    [['d/a', 'e/a'], 'd +1', ['d +1/d/a', 'd +1/e/a']],
  ])('%j is called %j', async (paths, name, inside) => {
    const { metainfo } = await made(paths.map((path) => seedFile(path)))

    expect(metainfo.name).toBe(name)
    expect(metainfo.single).toBe(false)
    expect(metainfo.files.map(({ path }) => path)).toEqual(inside)
  })

  test('takes the name that is given', async () => {
    const loose = await made([seedFile('a'), seedFile('b')], { name: 'both' })
    const folder = await made([seedFile('f/a'), seedFile('f/b')], { name: 'both' })

    expect(loose.metainfo.infoHash).toBe(folder.metainfo.infoHash)
  })

  test('keeps empty files', async () => {
    const files = [seedFile('f/a', ''), seedFile('f/b', 'bb'), seedFile('f/c', '')]

    const { metainfo } = await made(files)

    expect(metainfo.files.map(({ length }) => length)).toEqual([0, 2, 0])
  })
})

test('a private torrent says so and names no tracker and no web seed', async () => {
  const file = seedFile('a')
  const options = { trackers: ['wss://t.example'], webSeeds: ['https://s.example'], comment: 'c' }

  const open = await made([file], options)
  const { metainfo } = await made([file], { ...options, private: true })
  const outer = new TextDecoder().decode(encodeMetainfo(metainfo))

  expect(metainfo.private).toBe(true)
  expect(metainfo.infoHash).not.toBe(open.metainfo.infoHash)
  expect([metainfo.trackers, metainfo.webSeeds, metainfo.comment]).toEqual([[], [], 'c'])
  expect(outer).not.toMatch(/announce|url-list/)
})

describe('what is refused', () => {
  test('no files', async () => {
    expect(await makeMetainfo([], {}, { signal })).toEqual({
      ok: false,
      error: { kind: 'input/no-files' },
    })
  })

  test.each<[paths: string[], options: MakeMetainfoOptions, reason: string]>([
    [['../a'], {}, 'path'],
    [['f/../a', 'f/b'], {}, 'path'],
    [['/a'], {}, 'path'],
    [['f//a', 'f/b'], {}, 'path'],
    [['a\\b'], {}, 'path'],
    [['con.txt'], {}, 'path'],
    [[''], {}, 'path'],
    [['a'], { name: '' }, 'path'],
    [['a', 'b'], { name: 'x/y' }, 'path'],
    [['a', 'b'], { name: '..' }, 'path'],
    [['a', 'a'], {}, 'duplicate-path'],
    [['f/a', 'f/a/b'], {}, 'duplicate-path'],
    [['a'], { pieceLength: 0 }, 'piece-length'],
    [['a'], { pieceLength: 8 * KIB }, 'piece-length'],
    [['a'], { pieceLength: 32 * MIB }, 'piece-length'],
    [['a'], { pieceLength: 100_000 }, 'piece-length'],
    [['a'], { pieceLength: NaN }, 'piece-length'],
  ])('%j with %j', async (paths, options, reason) => {
    const files = paths.map((path) => seedFile(path))

    expect(await makeMetainfo(files, options, { signal })).toEqual({
      ok: false,
      error: { kind: 'input/metainfo', reason },
    })
  })

  const large = new Uint8Array(5 * MIB)

  test.each([
    ['cannot be read any more', new ChangedFile(['x'], 'gone.txt')],
    ['cannot be read any more, and is large', new ChangedFile([large], 'gone.txt')],
    ['has become shorter', new ShrunkFile(['xyz'], 'gone.txt')],
    ['has become shorter, and is large', new ShrunkFile([large], 'gone.txt')],
  ])('a file that %s, by its name', async (_, file) => {
    const alone = [{ path: 'gone.txt', file }]
    const among = [seedFile('f/a'), { path: 'f/gone.txt', file }, seedFile('f/z')]

    for (const files of [alone, among]) {
      expect(await makeMetainfo(files, {}, { signal })).toEqual({
        ok: false,
        error: { kind: 'storage/source-changed', name: 'gone.txt' },
      })
    }
  })
})

describe('while it is made', () => {
  test('progress grows to the whole', async () => {
    const progress: [number, number][] = []
    const files = [seedFile('f/a', new Uint8Array(20 * MIB)), seedFile('f/b', new Uint8Array(5))]

    await makeMetainfo(files, {}, { signal, onProgress: (...at) => progress.push(at) })

    const total = 20 * MIB + 5
    const done = progress.map(([bytes]) => bytes)
    expect(progress.every(([, of]) => of === total)).toBe(true)
    expect(done).toEqual([...new Set(done)].sort((a, b) => a - b))
    expect(done.length).toBeGreaterThan(5)
    expect(done.at(-1)).toBe(total)
  })

  test('an abort ends it with its own reason and reads no further', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const progress: number[] = []

    const making = makeMetainfo([seedFile('a', new Uint8Array(40 * MIB))], {}, {
      signal: controller.signal,
      onProgress: (done) => {
        progress.push(done)
        controller.abort(reason)
      },
    }) // prettier-ignore

    await expect(making).rejects.toBe(reason)
    expect(progress.length).toBe(1)
  })

  test('an abort from before starts nothing', async () => {
    const reason = new Error('never mind')

    const making = makeMetainfo([seedFile('a')], {}, { signal: AbortSignal.abort(reason) })

    await expect(making).rejects.toBe(reason)
  })
})

test.each([
  [0, 256 * KIB],
  [512 * MIB, 256 * KIB],
  [512 * MIB + 1, 512 * KIB],
  [1 * GIB, 512 * KIB],
  [2 * GIB, 1 * MIB],
  [4 * GIB, 2 * MIB],
  [4 * GIB + 1, 4 * MIB],
  [100 * GIB, 4 * MIB],
])('%d bytes are cut into pieces of %d', (total, pieceLength) => {
  expect(choosePieceLength(total)).toBe(pieceLength)
})

test('hashes are in order also beyond what is read at once', async () => {
  const content = bytesFrom(7, 20 * MIB + 12_345)
  const files = [0, 9 * MIB, 9 * MIB, 9 * MIB + 1, content.length].flatMap((end, index, ends) =>
    index === 0 ? [] : [seedFile(`f/${index}`, content.slice(ends[index - 1], end))],
  )

  for (const pieceLength of [256 * KIB, 16 * MIB]) {
    const { metainfo } = await made(files, { pieceLength })

    expect(hexOf(metainfo.pieceHashes)).toBe(hashesOf(content, pieceLength))
  }
})

test('files are read also where blobs have no byte streams', async () => {
  const content = bytesFrom(8, 5 * MIB)
  const file = new PlainFile([content], 'a')

  const { metainfo } = await made([{ path: 'a', file }])

  expect(hexOf(metainfo.pieceHashes)).toBe(hashesOf(content, 256 * KIB))
})

test('every hash is that of its piece, wherever the files end', async () => {
  const lengths = fc.array(fc.nat({ max: 60_000 }), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(lengths, fc.nat(), async (files, seed) => {
      const content = bytesFrom(seed, files.reduce((sum, length) => sum + length, 0)) // prettier-ignore
      let at = 0
      const cut = files.map((length, index) =>
        seedFile(`f/${index}`, content.slice(at, (at += length))),
      )

      const { metainfo } = await made(cut, { pieceLength: 16 * KIB })

      expect(hexOf(metainfo.pieceHashes)).toBe(hashesOf(content, 16 * KIB))
    }),
    { numRuns: 30 },
  )
})
