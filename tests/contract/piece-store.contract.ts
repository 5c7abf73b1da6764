import { expect } from 'chai'
import type { PieceStore, PieceStores, StoreShape } from '../../src/engine/contracts/piece-store.ts'
import type { ErrorIn } from '../../src/engine/model/errors.ts'
import type { InfoHash } from '../../src/engine/model/ids.ts'
import type { Result } from '../../src/engine/model/result.ts'
import { KIB, MIB } from '../../src/engine/model/units.ts'
import type { Bytes } from '../../src/engine/model/units.ts'
import type { ContractCase } from './contract-case.ts'
import { contentOf, pieceOf, sameBytes, shapeOf } from './torrent-content.ts'

export interface PieceStoreSetup {
  /** Stores on a device with nothing on it. */
  readonly stores: PieceStores
  /** The same device as a later visit finds it: other stores over what was kept. */
  readonly again: () => Promise<PieceStores>
}

/** What every `PieceStores` promises, on a device with room, with or without a cache in front. */
export const pieceStoreCases: ReadonlyArray<ContractCase<PieceStoreSetup>> = [
  {
    name: 'reads back what was written, whole and in part, without a flush',
    async run({ stores }) {
      const { shape, content } = aTorrent()
      const store = await opened(stores, shape)

      await writePiece(store, shape, content, 1)

      expectBytes(await store.read(1, 0, 16 * KIB), content.slice(16 * KIB, 32 * KIB))
      expectBytes(await store.read(1, 5, 100), content.slice(16 * KIB + 5, 16 * KIB + 105))
      await store.close()
    },
  },
  {
    name: 'answers null for a range nobody wrote, also below a piece that was written',
    async run({ stores }) {
      const { shape, content } = aTorrent()
      const store = await opened(stores, shape)

      await writePiece(store, shape, content, 3)

      expect(valueOf(await store.read(0, 0, 10))).to.equal(null)
      expect(valueOf(await store.read(2, 0, 16 * KIB))).to.equal(null)
      expect(valueOf(await store.read(4, 0, 10))).to.equal(null)
      await store.close()
    },
  },
  {
    name: 'the last piece is shorter than the others',
    async run({ stores }) {
      const { shape, content } = aTorrent()
      const store = await opened(stores, shape)

      await writePiece(store, shape, content, 6)

      expectBytes(await store.read(6, 0, 1000), content.slice(6 * 16 * KIB))
      expect(await thrownBy(store.read(6, 0, 1001))).to.be.instanceOf(RangeError)
      await store.close()
    },
  },
  {
    name: 'a piece that straddles two files is written to both',
    async run({ stores }) {
      const shape = shapeOf(16 * KIB, [
        ['t/a.bin', 20_000],
        ['t/b.bin', 20_000],
      ])
      const content = contentOf(40_000)
      const store = await opened(stores, shape)

      await writeAll(store, shape, content)

      expectBytes(await store.read(1, 0, 16 * KIB), content.slice(16 * KIB, 32 * KIB))
      expectBytes(await bytesOfFile(store, 0), content.slice(0, 20_000))
      expectBytes(await bytesOfFile(store, 1), content.slice(20_000))
      await store.close()
    },
  },
  {
    name: 'a piece that straddles large, small and empty files is written to each of them',
    async run({ stores }) {
      const lengths = [300 * KIB, 0, 7, 1, 0, 0, 400 * KIB, 3, 300 * KIB + 1, 0]
      const shape = shapeOf(
        MIB,
        lengths.map((length, index) => [`t/${index}`, length]),
      )
      const content = contentOf(shape.totalBytes)
      const store = await opened(stores, shape)

      await writeAll(store, shape, content)

      for (const [index, { offset, length }] of shape.files.entries()) {
        expectBytes(await bytesOfFile(store, index), content.slice(offset, offset + length))
      }
      await expectAll(store, shape, content)
      await store.close()
    },
  },
  {
    name: 'two thousand tiny files in a few pieces come back, each by itself',
    async run({ stores }) {
      const shape = shapeOf(
        256 * KIB,
        Array.from({ length: 2000 }, (_, index) => [`t/${index}.txt`, 400 + (index % 300)]),
      )
      const content = contentOf(shape.totalBytes)
      const store = await opened(stores, shape)

      await writeAll(store, shape, content)

      await expectAll(store, shape, content)
      for (const index of [0, 1, 999, 1999]) {
        const { offset, length } = shape.files[index]!
        expectBytes(await bytesOfFile(store, index), content.slice(offset, offset + length))
      }
      await store.close()
    },
  },
  {
    name: 'more large files than are kept open at a time come back',
    async run({ stores }) {
      const shape = shapeOf(
        128 * KIB,
        Array.from({ length: 14 }, (_, index) => [`t/${index}`, 300 * KIB]),
      )
      const content = contentOf(shape.totalBytes)
      const store = await opened(stores, shape)

      await writeAll(store, shape, content)

      valueOf(await store.flush())
      await expectAll(store, shape, content)
      await store.close()
    },
  },
  {
    name: 'a piece that is written again has its new bytes',
    async run({ stores }) {
      const { shape, content } = aTorrent()
      const other = contentOf(shape.totalBytes, 2)
      const store = await opened(stores, shape)
      await writePiece(store, shape, content, 2)

      await writePiece(store, shape, other, 2)

      expectBytes(await store.read(2, 0, 16 * KIB), pieceOf(other, shape, 2))
      await store.close()
    },
  },
  {
    name: 'reads and writes at the same time do not mix',
    async run({ stores }) {
      const shape = shapeOf(64 * KIB, [
        ['t/a', 300 * KIB],
        ['t/b', 5],
        ['t/c', 500 * KIB],
      ])
      const content = contentOf(shape.totalBytes)
      const other = contentOf(shape.totalBytes, 2)
      const store = await opened(stores, shape)
      await writeAll(store, shape, content)

      const pieces = [...Array(Math.ceil(shape.totalBytes / shape.pieceLength)).keys()]
      const reads = await Promise.all(
        pieces.flatMap((piece) => {
          const length = pieceOf(content, shape, piece).length
          const before = store.read(piece, 0, length)
          const write = writePiece(store, shape, other, piece)
          const after = store.read(piece, 0, length)
          return [Promise.all([before, after, write])]
        }),
      )

      for (const [piece, [before, after]] of reads.entries()) {
        expectBytes(before, pieceOf(content, shape, piece))
        expectBytes(after, pieceOf(other, shape, piece))
      }
      await expectAll(store, shape, other)
      await store.close()
    },
  },
  {
    name: 'keeps flushed pieces when closed and opened again',
    async run({ stores, again }) {
      const { shape, content } = aTorrent()
      const first = await opened(stores, shape)
      await writePiece(first, shape, content, 0)
      await writePiece(first, shape, content, 1)
      valueOf(await first.flush())
      await first.close()

      const second = await opened(await again(), shape)

      expectBytes(await second.read(0, 0, 16 * KIB), pieceOf(content, shape, 0))
      expectBytes(await second.read(1, 0, 16 * KIB), pieceOf(content, shape, 1))
      expect(valueOf(await second.read(6, 0, 1000))).to.equal(null)
      await second.close()
    },
  },
  {
    name: 'a piece never written, below one that was kept, reads as null or as zeros after a reload',
    async run({ stores, again }) {
      const { shape, content } = aTorrent()
      const first = await opened(stores, shape)
      await writePiece(first, shape, content, 4)
      valueOf(await first.flush())
      await first.close()

      const second = await opened(await again(), shape)

      const hole = valueOf(await second.read(2, 0, 16 * KIB))
      expect(hole === null || hole.every((byte) => byte === 0)).to.equal(true)
      expectBytes(await second.read(4, 0, 16 * KIB), pieceOf(content, shape, 4))
      await second.close()
    },
  },
  {
    name: 'a torrent that is open cannot be opened a second time until it is closed',
    async run({ stores }) {
      const { shape } = aTorrent()
      const first = await opened(stores, shape)

      const second = await stores.open(INFO_HASH, shape)

      expect(second).to.deep.equal({ ok: false, error: { kind: 'storage/locked' } })
      await first.close()
      await first.close()
      await (await opened(stores, shape)).close()
    },
  },
  {
    name: 'of two that open a torrent at the same moment one gets it',
    async run({ stores }) {
      const { shape } = aTorrent()

      const both = await Promise.all([stores.open(INFO_HASH, shape), stores.open(INFO_HASH, shape)])

      expect(both.filter(({ ok }) => ok)).to.have.lengthOf(1)
      for (const one of both) if (one.ok) await one.value.close()
    },
  },
  {
    name: 'a closed store answers storage/io and gives nothing away',
    async run({ stores }) {
      const { shape, content } = aTorrent()
      const store = await opened(stores, shape)
      await writePiece(store, shape, content, 0)
      await store.close()

      const answers = [
        await store.read(0, 0, 10),
        await store.write(0, pieceOf(content, shape, 0)),
        await store.flush(),
        await store.file(0),
      ]

      expect(answers.map(kindOf)).to.deep.equal(Array(4).fill('storage/io'))
    },
  },
  {
    name: 'destroying a store leaves nothing',
    async run({ stores, again }) {
      const { shape, content } = aTorrent()
      const store = await opened(stores, shape)
      await writeAll(store, shape, content)

      valueOf(await store.destroy())

      expect(await stores.list()).to.deep.equal([])
      const second = await opened(await again(), shape)
      expect(valueOf(await second.read(0, 0, 10))).to.equal(null)
      await second.close()
    },
  },
  {
    name: 'a store that was closed does not destroy what another one holds',
    async run({ stores }) {
      const { shape, content } = aTorrent()
      const first = await opened(stores, shape)
      await first.close()
      const second = await opened(stores, shape)
      await writePiece(second, shape, content, 0)

      const refused = await first.destroy()

      expect(refused).to.deep.equal({ ok: false, error: { kind: 'storage/locked' } })
      expectBytes(await second.read(0, 0, 16 * KIB), pieceOf(content, shape, 0))
      await second.close()
    },
  },
  {
    name: 'a torrent is destroyed by its info hash alone, but not while it is open',
    async run({ stores }) {
      const shape = shapeOf(
        128 * KIB,
        Array.from({ length: 6 }, (_, index) => [`t/${index}`, 300 * KIB]),
      )
      const content = contentOf(shape.totalBytes)
      const store = await opened(stores, shape)
      await writeAll(store, shape, content)

      const whileOpen = await stores.destroy(INFO_HASH)
      await expectAll(store, shape, content)
      await store.close()
      const whenClosed = await stores.destroy(INFO_HASH)
      const whenGone = await stores.destroy(INFO_HASH)

      expect(whileOpen).to.deep.equal({ ok: false, error: { kind: 'storage/locked' } })
      expect([whenClosed.ok, whenGone.ok]).to.deep.equal([true, true])
      expect(await stores.list()).to.deep.equal([])
    },
  },
  {
    name: 'says which pieces may be here, without reading them',
    async run({ stores, again }) {
      const { shape, content } = aTorrent()
      const first = await opened(stores, shape)
      const before = valueOf(await first.present())
      for (const piece of [0, 1, 2]) await writePiece(first, shape, content, piece)
      valueOf(await first.flush())
      await first.close()

      const second = await opened(await again(), shape)

      expect(before).to.deep.equal(new Uint8Array([0]))
      expect(valueOf(await second.present())).to.deep.equal(new Uint8Array([0b1110_0000]))
      await second.close()
    },
  },
  {
    name: 'keeps the metainfo beside the bytes, for whoever lost all else',
    async run({ stores, again }) {
      const { shape, content } = aTorrent()
      const metainfo = contentOf(500, 3)
      const store = valueOf(await stores.open(INFO_HASH, shape, { metainfo }))
      expect(await stores.look(INFO_HASH)).to.equal(null)
      await writeAll(store, shape, content)
      await store.close()

      const found = await (await again()).look(INFO_HASH)

      expect(found?.metainfo).to.deep.equal(metainfo)
      expect(found?.bytes).to.be.at.least(shape.totalBytes)
      valueOf(await stores.destroy(INFO_HASH))
      expect(await stores.look(INFO_HASH)).to.equal(null)
    },
  },
  {
    name: 'lists what is kept, open or not, and counts its bytes',
    async run({ stores, again }) {
      const { shape, content } = aTorrent()
      const before = await stores.estimate()
      const one = await opened(stores, shape, INFO_HASH)
      const other = await opened(stores, shape, NEARLY_INFO_HASH)
      await writeAll(one, shape, content)
      await writeAll(other, shape, content)
      await one.close()

      const listed = await (await again()).list()

      expect([...listed].sort()).to.deep.equal([INFO_HASH, NEARLY_INFO_HASH].sort())
      const after = await stores.estimate()
      expect(after.usedBytes).to.be.above(before.usedBytes)
      expect(after.quotaBytes).to.be.above(after.usedBytes)
      await other.close()
    },
  },
  {
    name: 'torrents whose info hashes begin alike do not meet',
    async run({ stores }) {
      const { shape, content } = aTorrent()
      const other = contentOf(shape.totalBytes, 2)
      const one = await opened(stores, shape, INFO_HASH)
      const two = await opened(stores, shape, NEARLY_INFO_HASH)

      await writeAll(one, shape, content)
      await writePiece(two, shape, other, 1)

      await expectAll(one, shape, content)
      expect(valueOf(await two.read(0, 0, 10))).to.equal(null)
      valueOf(await two.destroy())
      await expectAll(one, shape, content)
      await one.close()
    },
  },
  {
    name: 'file names never touch a path, and come back as the last part of theirs',
    async run({ stores }) {
      const odd = [
        '..',
        'a\\..\\b',
        'CON',
        'dot.',
        'nul\0byte',
        '\u202Egnp.exe',
        'x'.repeat(5000),
        '0',
        'lock',
        ' ',
        '\ud800',
      ]
      const shape = shapeOf(
        16 * KIB,
        odd.map((name) => [`../../${name}/${name}`, 1000]),
      )
      const content = contentOf(shape.totalBytes)
      const store = await opened(stores, shape)

      await writeAll(store, shape, content)

      for (const [index, name] of odd.entries()) {
        const file = valueOf(await store.file(index))
        expect(file.name).to.equal(name.toWellFormed())
        expect(file.size).to.equal(1000)
      }
      expect(await stores.list()).to.deep.equal([INFO_HASH])
      await store.close()
    },
  },
  {
    name: 'a finished file has its bytes, its name, its length and a type',
    async run({ stores }) {
      const shape = shapeOf(64 * KIB, [
        ['t/notes.txt', 10],
        ['t/deep/film.MP4', 700 * KIB + 5],
        ['t/page.html', 2000],
      ])
      const content = contentOf(shape.totalBytes)
      const store = await opened(stores, shape)
      await writeAll(store, shape, content)

      const file = valueOf(await store.file(1))

      expect(file.name).to.equal('film.MP4')
      expect(file.size).to.equal(700 * KIB + 5)
      expect(file.type).to.equal('video/mp4')
      expectBytes(await bytesOfFile(store, 1), content.slice(10, 10 + 700 * KIB + 5))
      expect(await bytesOf(file.slice(700 * KIB, 700 * KIB + 2))).to.deep.equal(
        content.slice(10 + 700 * KIB, 12 + 700 * KIB),
      )
      await store.close()
    },
  },
  {
    name: 'a type that a browser would run is not given to a file of strangers',
    async run({ stores }) {
      const names = ['page.html', 'image.svg', 'page.xhtml', 'feed.xml', 'script.js']
      const shape = shapeOf(
        16 * KIB,
        names.map((name) => [`t/${name}`, 10]),
      )
      const store = await opened(stores, shape)
      await writeAll(store, shape, contentOf(shape.totalBytes))

      const types = await Promise.all(
        names.map(async (_, index) => valueOf(await store.file(index)).type),
      )

      expect(new Set(types)).to.deep.equal(new Set(['']))
      await store.close()
    },
  },
  {
    name: 'an empty file is an empty file',
    async run({ stores }) {
      const shape = shapeOf(16 * KIB, [
        ['t/empty.txt', 0],
        ['t/full.txt', 10],
        ['t/empty-too.txt', 0],
      ])
      const store = await opened(stores, shape)
      await writeAll(store, shape, contentOf(10))

      const [first, last] = [valueOf(await store.file(0)), valueOf(await store.file(2))]

      expect([first.name, first.size]).to.deep.equal(['empty.txt', 0])
      expect([last.name, last.size]).to.deep.equal(['empty-too.txt', 0])
      expect(await first.text()).to.equal('')
      await store.close()
    },
  },
  {
    name: 'a finished file stays readable while its torrent goes on, and after it is closed',
    async run({ stores }) {
      const shape = shapeOf(64 * KIB, [
        ['t/done.bin', 640 * KIB],
        ['t/small.bin', 64 * KIB],
        ['t/later.bin', 640 * KIB],
      ])
      const content = contentOf(shape.totalBytes)
      const store = await opened(stores, shape)
      for (let piece = 0; piece < 11; piece++) await writePiece(store, shape, content, piece)
      const [done, small] = [valueOf(await store.file(0)), valueOf(await store.file(1))]

      for (let piece = 11; piece < 21; piece++) await writePiece(store, shape, content, piece)
      valueOf(await store.read(0, 0, 16 * KIB))
      valueOf(await store.flush())
      const whileSeeding = await bytesOf(done)
      await store.close()
      const afterClose = await bytesOf(done)

      expectBytes(whileSeeding, content.slice(0, 640 * KIB))
      expectBytes(afterClose, content.slice(0, 640 * KIB))
      expectBytes(await bytesOf(small), content.slice(640 * KIB, 704 * KIB))
    },
  },
  {
    name: 'a file nobody wrote is storage/io, large or small',
    async run({ stores }) {
      const shape = shapeOf(64 * KIB, [
        ['t/large.bin', 640 * KIB],
        ['t/small.bin', 10],
      ])
      const store = await opened(stores, shape)

      const answers = [await store.file(0), await store.file(1)]

      expect(answers.map(kindOf)).to.deep.equal(['storage/io', 'storage/io'])
      await store.close()
    },
  },
  {
    name: 'a torrent of nothing but empty files opens, lists them, and is destroyed',
    async run({ stores }) {
      const shape = shapeOf(16 * KIB, [['t/empty', 0]])
      const store = await opened(stores, shape)

      expect(valueOf(await store.file(0)).size).to.equal(0)
      valueOf(await store.flush())
      valueOf(await store.destroy())
      expect(await stores.list()).to.deep.equal([])
    },
  },
  {
    name: 'a piece that does not exist, or bytes of another length, are a bug and throw',
    async run({ stores }) {
      const { shape } = aTorrent()
      const store = await opened(stores, shape)

      const thrown = [
        await thrownBy(store.read(7, 0, 1)),
        await thrownBy(store.read(0, -1, 1)),
        await thrownBy(store.read(0, 1, 16 * KIB)),
        await thrownBy(store.write(0, new Uint8Array(5))),
        await thrownBy(store.write(7, new Uint8Array(5))),
        await thrownBy(store.file(1)),
      ]

      for (const error of thrown) expect(error).to.be.instanceOf(RangeError)
      await store.close()
    },
  },
]

/** What stores promise whose bytes are not shared by a cache. */
export const ownBytesCases: ReadonlyArray<ContractCase<PieceStoreSetup>> = [
  {
    name: 'what was read is the reader’s own: changing it changes nothing here',
    async run({ stores }) {
      const { shape, content } = aTorrent()
      const store = await opened(stores, shape)
      await writePiece(store, shape, content, 0)

      valueOf(await store.read(0, 0, 100))!.fill(0)

      expectBytes(await store.read(0, 0, 100), content.slice(0, 100))
      await store.close()
    },
  },
]

/** On a device that takes some, but less than this. */
export const LARGER_THAN_THE_DEVICE: Bytes = 64 * MIB

/** What every `PieceStores` promises when the device is full. */
export const fullDeviceCases: ReadonlyArray<ContractCase<PieceStoreSetup>> = [
  {
    name: 'says storage/full when the room is gone, keeps what it has, and is usable after',
    async run({ stores }) {
      const shape = shapeOf(MIB, [
        ['t/a', LARGER_THAN_THE_DEVICE / 2 + 100],
        ['t/b', LARGER_THAN_THE_DEVICE / 2],
      ])
      const content = contentOf(MIB)
      const store = await opened(stores, shape)
      const ballast = await opened(stores, shape, NEARLY_INFO_HASH)
      // Most of the device: Chromium lets a file grow in steps that double (up to 128 MiB).
      for (let piece = 0; piece < 12; piece++) valueOf(await ballast.write(piece, content.slice()))

      const filled = await fill(store, shape, content)

      expect(filled.error).to.include({ kind: 'storage/full', needed: MIB })
      expect(filled.error.available).to.be.at.least(0).and.below(MIB)
      expect(filled.pieces).to.be.above(0)
      expect(valueOf(await store.read(filled.pieces, 0, 10))).to.equal(null)
      expectBytes(await store.read(filled.pieces - 1, 0, MIB), content)
      valueOf(await store.flush())
      valueOf(await ballast.destroy())
      valueOf(await store.write(filled.pieces, content.slice()))
      expectBytes(await store.read(filled.pieces, 0, MIB), content)
      valueOf(await store.destroy())
    },
  },
  {
    name: 'a piece that is written again takes no more room',
    async run({ stores }) {
      const shape = shapeOf(MIB, [['t/a', LARGER_THAN_THE_DEVICE]])
      const content = contentOf(MIB)
      const store = await opened(stores, shape)
      const filled = await fill(store, shape, content)

      for (let piece = 0; piece < filled.pieces; piece++) {
        valueOf(await store.write(piece, content.slice()))
      }

      expectBytes(await store.read(0, 0, MIB), content)
      valueOf(await store.destroy())
    },
  },
  {
    name: 'a piece that found no room for its new bytes has none',
    async run({ stores }) {
      const shape = shapeOf(MIB, [['t/a', LARGER_THAN_THE_DEVICE]])
      const content = contentOf(MIB)
      const store = await opened(stores, shape)

      const filled = await fill(store, shape, content)

      const lastPiece = shape.totalBytes / MIB - 1
      expect(kindOf(await store.write(lastPiece, content.slice()))).to.equal('storage/full')
      expect(valueOf(await store.read(lastPiece, 0, MIB))).to.equal(null)
      expectBytes(await store.read(filled.pieces - 1, 0, MIB), content)
      valueOf(await store.destroy())
    },
  },
]

const INFO_HASH = '00112233445566778899aabbccddeeff00112233' as InfoHash // 40 hex digits
const NEARLY_INFO_HASH = '00112233445566778899aabbccddeeff00112234' as InfoHash // 40 hex digits

/** Seven pieces of 16 KiB, the last one of 1,000 bytes. */
function aTorrent() {
  const shape = shapeOf(16 * KIB, [['t.bin', 6 * 16 * KIB + 1000]])
  return { shape, content: contentOf(shape.totalBytes) }
}

async function opened(
  stores: PieceStores,
  shape: StoreShape,
  infoHash = INFO_HASH,
): Promise<PieceStore> {
  return valueOf(await stores.open(infoHash, shape))
}

async function writePiece(
  store: PieceStore,
  shape: StoreShape,
  content: Uint8Array<ArrayBuffer>,
  piece: number,
): Promise<void> {
  valueOf(await store.write(piece, pieceOf(content, shape, piece)))
}

async function writeAll(
  store: PieceStore,
  shape: StoreShape,
  content: Uint8Array<ArrayBuffer>,
): Promise<void> {
  for (let piece = 0; piece * shape.pieceLength < shape.totalBytes; piece++) {
    await writePiece(store, shape, content, piece)
  }
}

async function expectAll(
  store: PieceStore,
  shape: StoreShape,
  content: Uint8Array<ArrayBuffer>,
): Promise<void> {
  for (let piece = 0; piece * shape.pieceLength < shape.totalBytes; piece++) {
    const wanted = pieceOf(content, shape, piece)
    expectBytes(await store.read(piece, 0, wanted.length), wanted)
  }
}

/** Writes piece after piece until one is refused. */
async function fill(store: PieceStore, shape: StoreShape, content: Uint8Array<ArrayBuffer>) {
  for (let pieces = 0; (pieces + 1) * MIB <= shape.totalBytes; pieces++) {
    const written = await store.write(pieces, content.slice())
    if (written.ok) continue
    if (written.error.kind !== 'storage/full') throw new Error(written.error.kind)
    return { pieces, error: written.error }
  }
  throw new Error('the device took everything')
}

async function bytesOfFile(store: PieceStore, index: number): Promise<Uint8Array<ArrayBuffer>> {
  return bytesOf(valueOf(await store.file(index)))
}

async function bytesOf(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer())
}

function expectBytes(
  actual: Uint8Array<ArrayBuffer> | Result<Uint8Array<ArrayBuffer> | null, ErrorIn<'storage'>>,
  wanted: Uint8Array,
): void {
  const bytes = actual instanceof Uint8Array ? actual : valueOf(actual)
  if (bytes === null) throw new Error(`nothing there, not ${wanted.length} bytes`)
  expect(bytes.length).to.equal(wanted.length)
  expect(sameBytes(bytes, wanted), 'the bytes are the same').to.equal(true)
}

function valueOf<Value>(result: Result<Value, ErrorIn<'storage'>>): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

function kindOf(result: Result<unknown, ErrorIn<'storage'>>): string {
  return result.ok ? 'ok' : result.error.kind
}

async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
}
