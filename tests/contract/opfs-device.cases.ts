import { expect } from 'chai'
import { makeOpfsPieceStores } from '../../src/engine/adapters/opfs-piece-store.ts'
import { probeStorage } from '../../src/engine/adapters/probe-storage.ts'
import type { PieceStore, PieceStores } from '../../src/engine/contracts/piece-store.ts'
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
      const store = await opened(makeOpfsPieceStores(root))

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

      async function opened(stores: PieceStores): Promise<PieceStore> {
        const made = await stores.open(INFO_HASH, shape)
        if (!made.ok) throw new Error(JSON.stringify(made.error))
        return made.value
      }
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

      const refused = await stores.open(INFO_HASH, SHAPE)
      const undestroyed = await stores.destroy(INFO_HASH)
      holder.terminate()
      holders.delete(holder)
      let taken = await stores.open(INFO_HASH, SHAPE)
      while (!taken.ok) taken = await stores.open(INFO_HASH, SHAPE)

      expect(refused).to.deep.equal({ ok: false, error: { kind: 'storage/locked' } })
      expect(undestroyed).to.deep.equal(refused)
      await expectPieces(taken.value)
      await taken.value.close()
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
  const refused = await makeOpfsPieceStores().open(INFO_HASH, SHAPE)

  expect(stores.kind).to.equal('memory')
  expect(refused.ok ? null : refused.error.kind).to.equal('storage/unsupported')
  expect(await makeOpfsPieceStores().list()).to.deep.equal([])
  await leavePiecesIn(stores)
}

/** Firefox ends a worker that waits for nothing but storage, once nobody refers to it. */
const holders = new Set<Worker>()

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
