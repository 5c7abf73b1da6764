import { expect } from 'chai'
import { makeMemoryPieceStores } from '../../src/engine/adapters/memory-piece-store.ts'
import { withPickedPlaces } from '../../src/engine/adapters/picked-piece-store.ts'
import type { PieceStore, StoreShape } from '../../src/engine/contracts/piece-store.ts'
import type { PickedPlace } from '../../src/engine/contracts/record-store.ts'
import type { ErrorIn } from '../../src/engine/model/errors.ts'
import type { InfoHash } from '../../src/engine/model/ids.ts'
import type { Result } from '../../src/engine/model/result.ts'
import { KIB, type Bytes } from '../../src/engine/model/units.ts'
import type { ContractCase } from './contract-case.ts'
import { contentOf, pieceOf, sameBytes, shapeOf } from './torrent-content.ts'

/**
 * What a store of picked files promises: of the contract of `PieceStore` what does not need
 * writing, and what becomes of it when the person's files change. A folder of OPFS stands for the
 * person's: its handles are of the same class, and nobody needs to be asked for them.
 */
export const pickedCases: ReadonlyArray<ContractCase<null>> = [
  {
    name: 'reads whole pieces and parts, also of pieces that straddle files, folders and empty files',
    async run() {
      const { content, shape, place } = await aPickedFolder()
      const store = await opened(shape, place)

      for (let piece = 0; piece * shape.pieceLength < shape.totalBytes; piece++) {
        const wanted = pieceOf(content, shape, piece)
        expectBytes(await store.read(piece, 0, wanted.length), wanted)
      }
      expectBytes(await store.read(1, 5, 100), content.slice(16 * KIB + 5, 16 * KIB + 105))
      await store.close()
    },
  },
  {
    name: 'a single picked file needs no folder',
    async run() {
      const content = contentOf(40_000)
      const folder = await aFolder()
      const handle = await put(folder, 'alone.bin', content)
      const shape = shapeOf(16 * KIB, [['alone.bin', 40_000]])
      const { lastModified } = await handle.getFile()

      const store = await opened(shape, {
        kind: 'picked',
        roots: [handle],
        files: [{ root: 0, names: [], length: 40_000, modifiedAt: lastModified }],
      })

      expectBytes(await store.read(2, 0, 40_000 - 32 * KIB), content.slice(32 * KIB))
      await store.close()
    },
  },
  {
    name: 'what was read is the reader’s own',
    async run() {
      const { content, shape, place } = await aPickedFolder()
      const store = await opened(shape, place)

      valueOf(await store.read(0, 0, 100))!.fill(0)

      expectBytes(await store.read(0, 0, 100), content.slice(0, 100))
      await store.close()
    },
  },
  {
    name: 'gives the person’s own file, with a type that no browser runs',
    async run() {
      const { content, shape, place } = await aPickedFolder()
      const store = await opened(shape, place)
      const { offset, length } = shape.files[3]!

      const file = valueOf(await store.file(3))
      await store.close()

      expect([file.name, file.type]).to.deep.equal(['page.html', ''])
      const bytes = new Uint8Array(await file.arrayBuffer())
      expect(sameBytes(bytes, content.slice(offset, offset + length))).to.equal(true)
    },
  },
  {
    name: 'a piece or a file that does not exist is a bug and throws',
    async run() {
      const { shape, place } = await aPickedFolder()
      const store = await opened(shape, place)

      const thrown = [
        await thrownBy(store.read(99, 0, 1)),
        await thrownBy(store.read(0, 1, 16 * KIB)),
        await thrownBy(store.write(0, new Uint8Array(5))),
        await thrownBy(store.file(99)),
      ]

      for (const error of thrown) expect(error).to.be.instanceOf(RangeError)
      await store.close()
    },
  },
  {
    name: 'is held by one at a time, and a closed one gives nothing away',
    async run() {
      const { shape, place, content } = await aPickedFolder()
      const stores = withPickedPlaces(makeMemoryPieceStores())
      const both = await Promise.all([
        stores.open(INFO_HASH, shape, { place }),
        stores.open(INFO_HASH, shape, { place }),
      ])
      const [store] = both.flatMap((one) => (one.ok ? [one.value] : []))

      expect(both.map(kindOf).sort()).to.deep.equal(['ok', 'storage/locked'])
      expect(kindOf(await stores.destroy(INFO_HASH))).to.equal('storage/locked')
      await store!.close()
      await store!.close()
      const late = [
        await store!.read(0, 0, 10),
        await store!.write(0, pieceOf(content, shape, 0)),
        await store!.flush(),
        await store!.file(0),
      ]
      expect(late.map(kindOf)).to.deep.equal(Array(4).fill('storage/io'))
      expect(kindOf(await stores.open(INFO_HASH, shape, { place }))).to.equal('ok')
    },
  },
  {
    name: 'writes nothing, and destroys nothing of the person’s',
    async run() {
      const { shape, place, content, folder } = await aPickedFolder()
      const stores = withPickedPlaces(makeMemoryPieceStores())
      const store = valueOf(await stores.open(INFO_HASH, shape, { place }))

      const written = await store.write(0, new Uint8Array(16 * KIB))
      valueOf(await store.destroy())
      valueOf(await stores.destroy(INFO_HASH))

      expect(written).to.deep.equal({ ok: false, error: changed('first.bin') })
      const kept = await (await folder.getFileHandle('first.bin')).getFile()
      const bytes = new Uint8Array(await kept.arrayBuffer())
      expect(sameBytes(bytes, content.slice(0, 20_000))).to.equal(true)
    },
  },
  {
    name: 'a file of another length, or written again since, is said to have changed',
    async run() {
      const longer = await aPickedFolder()
      await put(longer.folder, 'first.bin', contentOf(20_001))
      const rewritten = await aPickedFolder()
      await put(rewritten.folder, 'sub/page.html', contentOf(30_000, 2))

      expect(await open(longer)).to.deep.equal({ ok: false, error: changed('first.bin') })
      expect(await open(rewritten)).to.deep.equal({ ok: false, error: changed('page.html') })
    },
  },
  {
    name: 'a file that went away is said to be missing, and so is one in a folder that did',
    async run() {
      const file = await aPickedFolder()
      await file.folder.removeEntry('first.bin')
      const folder = await aPickedFolder()
      await folder.folder.removeEntry('sub', { recursive: true })

      expect(await open(file)).to.deep.equal({ ok: false, error: missing('first.bin') })
      expect(await open(folder)).to.deep.equal({ ok: false, error: missing('page.html') })
    },
  },
  {
    name: 'a file that changes or goes while it is seeded is refused, and the others are read',
    async run() {
      const { shape, place, content, folder } = await aPickedFolder()
      const store = await opened(shape, place)
      valueOf(await store.read(0, 0, 16 * KIB))

      await put(folder, 'first.bin', contentOf(20_000, 2))
      const rewritten = await store.read(0, 0, 16 * KIB)
      await folder.removeEntry('first.bin')
      const removed = await store.read(0, 0, 16 * KIB)
      const straddling = await store.read(1, 0, 16 * KIB)

      expect(rewritten).to.deep.equal({ ok: false, error: changed('first.bin') })
      expect(removed).to.deep.equal({ ok: false, error: missing('first.bin') })
      expect(straddling).to.deep.equal({ ok: false, error: missing('first.bin') })
      expect(await store.file(0)).to.deep.equal({ ok: false, error: missing('first.bin') })
      expectBytes(await store.read(2, 0, 16 * KIB), content.slice(32 * KIB, 48 * KIB))
      await store.close()
    },
  },
  {
    name: 'five hundred files in one folder open',
    async run() {
      const content = contentOf(100)
      const folder = await aFolder()
      const paths = Array.from({ length: 500 }, (_, index) => `${index}.txt`)
      for (const path of paths) await put(folder, path, content)
      const shape = shapeOf(
        16 * KIB,
        paths.map((path) => [`t/${path}`, 100]),
      )

      const store = await opened(shape, await placeOf(folder, paths))

      const [one, other] = [valueOf(await store.file(0)), valueOf(await store.file(499))]
      expect([one.size, other.name]).to.deep.equal([100, '499.txt'])
      await store.close()
    },
  },
]

const INFO_HASH = '00112233445566778899aabbccddeeff00112233' as InfoHash // 40 hex digits

const FILES: ReadonlyArray<readonly [path: string, length: Bytes]> = [
  ['first.bin', 20_000],
  ['empty', 0],
  ['second.bin', 50_000],
  ['sub/page.html', 30_000],
]

async function aPickedFolder() {
  const shape = shapeOf(
    16 * KIB,
    FILES.map(([path, length]) => [`t/${path}`, length] as const),
  )
  const content = contentOf(shape.totalBytes)
  const folder = await aFolder()
  for (const [index, [path]] of FILES.entries()) {
    const { offset, length } = shape.files[index]!
    await put(folder, path, content.slice(offset, offset + length))
  }
  const paths = FILES.map(([path]) => path)
  return { shape, content, folder, place: await placeOf(folder, paths) }
}

async function aFolder(): Promise<FileSystemDirectoryHandle> {
  const device = await navigator.storage.getDirectory()
  return device.getDirectoryHandle(crypto.randomUUID(), { create: true })
}

async function put(
  root: FileSystemDirectoryHandle,
  path: string,
  content: Uint8Array<ArrayBuffer>,
): Promise<FileSystemFileHandle> {
  const names = path.split('/')
  const name = names.pop()!
  let folder = root
  for (const part of names) folder = await folder.getDirectoryHandle(part, { create: true })
  const handle = await folder.getFileHandle(name, { create: true })
  const before = (await handle.getFile()).lastModified
  do {
    const writable = await handle.createWritable()
    await writable.write(content)
    await writable.close()
    // A file's clock has steps of its own: written twice within one it looks untouched.
  } while ((await handle.getFile()).lastModified === before && content.length > 0)
  return handle
}

async function placeOf(
  folder: FileSystemDirectoryHandle,
  paths: readonly string[],
): Promise<PickedPlace> {
  const files = paths.map(async (path) => {
    const names = path.split('/')
    let parent = folder
    for (const part of names.slice(0, -1)) parent = await parent.getDirectoryHandle(part)
    const file = await (await parent.getFileHandle(names.at(-1)!)).getFile()
    return { root: 0, names, length: file.size, modifiedAt: file.lastModified }
  })
  return { kind: 'picked', roots: [folder], files: await Promise.all(files) }
}

async function open({ shape, place }: { shape: StoreShape; place: PickedPlace }) {
  return withPickedPlaces(makeMemoryPieceStores()).open(INFO_HASH, shape, { place })
}

async function opened(shape: StoreShape, place: PickedPlace): Promise<PieceStore> {
  return valueOf(await open({ shape, place }))
}

const changed = (name: string) => ({ kind: 'storage/source-changed', name })
const missing = (name: string) => ({ kind: 'storage/source-missing', name })

function expectBytes(
  read: Result<Uint8Array<ArrayBuffer> | null, ErrorIn<'storage'>>,
  wanted: Uint8Array,
): void {
  expect(sameBytes(valueOf(read), wanted), 'the bytes are the same').to.equal(true)
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
