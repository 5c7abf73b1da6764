import { expect } from 'chai'
import { makeOpfsPieceStores } from '../../src/engine/adapters/opfs-piece-store.ts'
import { probeStorage } from '../../src/engine/adapters/probe-storage.ts'
import type {
  PieceStore,
  PieceStores,
  StoreChoice,
  StoreShape,
} from '../../src/engine/contracts/piece-store.ts'
import type { InfoHash } from '../../src/engine/model/ids.ts'
import { KIB } from '../../src/engine/model/units.ts'
import type { ContractCase } from './contract-case.ts'
import { CONTENT, expectPieces, INFO_HASH, leavePiecesIn, SHAPE } from './opfs-visits.ts'
import { contentOf, pieceOf, sameBytes, shapeOf } from './torrent-content.ts'

/** What only stores on OPFS have to promise: names on the disk, and other workers. */
export const opfsCases: ReadonlyArray<ContractCase<null>> = [
  {
    name: 'on the disk there are info hashes and indexes, and no word of a torrent',
    async run() {
      const root = await aRoot()
      const shape = shapeOf(64 * KIB, [
        ['../a/large.bin', 300 * KIB],
        ['../a/tiny.bin', 5],
        ['../a/larger.bin', 400 * KIB],
        ['../a/empty.bin', 0],
        ['../a/begun.bin', 300 * KIB],
      ])
      const content = contentOf(shape.totalBytes)
      const store = await opened(makeOpfsPieceStores(root), INFO_HASH, shape)

      for (let piece = 0; piece * 64 * KIB < 700 * KIB; piece++) {
        await store.write(piece, pieceOf(content, shape, piece))
      }
      await store.close()

      expect(await namesBelow(root)).to.deep.equal([
        'torrents-v1/',
        `torrents-v1/${INFO_HASH}/`,
        `torrents-v1/${INFO_HASH}/0`,
        `torrents-v1/${INFO_HASH}/2`,
        `torrents-v1/${INFO_HASH}/4`,
        `torrents-v1/${INFO_HASH}/lock`,
        `torrents-v1/${INFO_HASH}/small`,
      ])
    },
  },
  {
    name: 'a torrent is refused while another worker holds it, and whole when that one is gone',
    async run() {
      const root = await aRoot()
      const holder = new Worker(new URL('../pages/contract-holder.worker.ts', import.meta.url), {
        type: 'module',
      })
      holders.add(holder)
      const held = new Promise<MessageEvent>((resolve) =>
        holder.addEventListener('message', resolve, { once: true }),
      )
      holder.postMessage(root)
      expect((await held).data).to.equal('flushed')
      const stores = makeOpfsPieceStores(root)

      const store = await opened(stores, INFO_HASH)
      const refused = await store.read(0, 0, 10)
      const unwritten = await store.write(0, pieceOf(CONTENT, SHAPE, 0))
      const undestroyed = await store.destroy()
      holder.terminate()
      holders.delete(holder)
      const taken = await opened(stores, INFO_HASH)
      while (!(await taken.read(0, 0, 10)).ok);

      for (const one of [refused, unwritten, undestroyed]) {
        expect(one).to.deep.equal({ ok: false, error: { kind: 'storage/locked' } })
      }
      await expectPieces(taken)
      await taken.close()
    },
  },
  {
    name: 'opening and reading touch no disk where nothing is',
    async run() {
      const root = await aRoot()
      const stores = makeOpfsPieceStores(root)
      const store = await opened(stores, INFO_HASH)

      expect(await store.read(0, 0, 10)).to.deep.equal({ ok: true, value: null })
      await store.flush()
      await store.close()

      expect(await namesBelow(root)).to.deep.equal(['torrents-v1/'])
      expect(await stores.list()).to.deep.equal([])
    },
  },
  {
    name: 'a thousand torrents at rest hold no file open',
    async run() {
      const root = await aRoot()
      const stores = makeOpfsPieceStores(root)
      await leavePiecesIn(stores)
      const hashes = Array.from({ length: 1000 }, (_, at) => at.toString(16).padStart(40, '0'))

      const all = await Promise.all([INFO_HASH, ...hashes].map((hash) => opened(stores, hash)))

      const another = await opened(makeOpfsPieceStores(root), INFO_HASH)
      await expectPieces(another)
      await another.close()
      await Promise.all(all.map((store) => store.close()))
    },
  },
  {
    name: 'what is cleared away while it is open reads as null, and is written anew',
    async run() {
      const root = await aRoot()
      const stores = makeOpfsPieceStores(root)
      await leavePiecesIn(stores)
      const store = await opened(stores, INFO_HASH)
      await root.removeEntry('torrents-v1', { recursive: true })

      const gone = await store.read(0, 0, 10)
      const written = await store.write(1, pieceOf(CONTENT, SHAPE, 1))

      expect(gone).to.deep.equal({ ok: true, value: null })
      expect(written).to.deep.include({ ok: true })
      const read = await store.read(1, 0, 64 * KIB)
      expect(read.ok && sameBytes(read.value, pieceOf(CONTENT, SHAPE, 1))).to.equal(true)
      await store.close()
    },
  },
  {
    name: 'a metainfo that a crash left half written is written again',
    async run() {
      const root = await aRoot()
      const stores = makeOpfsPieceStores(root)
      const metainfo = contentOf(1000)
      const first = await opened(stores, INFO_HASH, SHAPE, { metainfo })
      await first.write(0, pieceOf(CONTENT, SHAPE, 0))
      await first.close()
      const folder = await (
        await root.getDirectoryHandle('torrents-v1')
      ).getDirectoryHandle(INFO_HASH)
      const file = await (
        await folder.getFileHandle('metainfo')
      ).createWritable({ keepExistingData: true })
      await file.truncate(300)
      await file.close()

      const second = await opened(stores, INFO_HASH, SHAPE, { metainfo })
      await second.write(1, pieceOf(CONTENT, SHAPE, 1))
      await second.close()

      expect((await stores.look(INFO_HASH))?.metainfo).to.deep.equal(metainfo)
    },
  },
  {
    name: 'what has no info hash for a name is not listed',
    async run() {
      const root = await aRoot()
      const folder = await root.getDirectoryHandle('torrents-v1', { create: true })
      await folder.getDirectoryHandle('A'.repeat(40), { create: true })
      await folder.getFileHandle('probe', { create: true })

      expect(await makeOpfsPieceStores(root).list()).to.deep.equal([])
    },
  },
  {
    name: 'files that are shorter than they were give null for what they lost',
    async run() {
      const root = await aRoot()
      const stores = makeOpfsPieceStores(root)
      await leavePiecesIn(stores)
      const folder = await (
        await root.getDirectoryHandle('torrents-v1')
      ).getDirectoryHandle(INFO_HASH)
      const file = await (
        await folder.getFileHandle('0')
      ).createWritable({ keepExistingData: true })
      await file.truncate(100 * KIB)
      await file.close()

      const store = await stores.open(INFO_HASH, SHAPE)

      if (!store.ok) throw new Error(JSON.stringify(store.error))
      const [first, second] = [
        await store.value.read(0, 0, 64 * KIB),
        await store.value.read(1, 0, 64 * KIB),
      ]
      expect(first.ok && sameBytes(first.value, pieceOf(CONTENT, SHAPE, 0))).to.equal(true)
      expect(second).to.deep.equal({ ok: true, value: null })
      expect((await store.value.file(0)).ok).to.equal(false)
      await store.value.close()
    },
  },
  {
    name: 'probing finds OPFS and leaves nothing behind',
    async run() {
      const root = await navigator.storage.getDirectory()
      const before = await namesBelow(root)

      const stores = await probeStorage()

      expect(stores.kind).to.equal('opfs')
      expect(await namesBelow(root)).to.deep.equal(before)
    },
  },
]

/** In a window without OPFS: memory, and nothing thrown. */
export async function refuseOpfs(): Promise<void> {
  const stores = await probeStorage()
  const refused = await (await opened(makeOpfsPieceStores(), INFO_HASH)).read(0, 0, 10)

  expect(stores.kind).to.equal('memory')
  expect(refused.ok ? null : refused.error.kind).to.equal('storage/unsupported')
  expect(await makeOpfsPieceStores().list()).to.deep.equal([])
  await leavePiecesIn(stores)
}

/** Firefox ends a worker that waits for nothing but storage, once nobody refers to it. */
const holders = new Set<Worker>()

async function opened(
  stores: PieceStores,
  infoHash: string,
  shape: StoreShape = SHAPE,
  choice?: StoreChoice,
): Promise<PieceStore> {
  const made = await stores.open(infoHash as InfoHash, shape, choice) // 40 hex digits
  if (!made.ok) throw new Error(JSON.stringify(made.error))
  return made.value
}

async function aRoot(): Promise<FileSystemDirectoryHandle> {
  const device = await navigator.storage.getDirectory()
  return device.getDirectoryHandle(crypto.randomUUID(), { create: true })
}

async function namesBelow(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = []
  for await (const [name, entry] of folder.entries()) {
    if (entry.kind === 'file') {
      names.push(name)
      continue
    }
    // The platform's types do not tell the kinds of handles apart.
    const below = await namesBelow(entry)
    names.push(`${name}/`, ...below.map((one) => `${name}/${one}`))
  }
  return names.sort()
}
