import { beforeEach, expect, test } from 'vitest'
import { makeMemoryPieceStores } from '../../../../src/engine/adapters/memory-piece-store.ts'
import type { PieceStore } from '../../../../src/engine/contracts/piece-store.ts'
import { makeMetainfo } from '../../../../src/engine/make-metainfo.ts'
import type { Metainfo } from '../../../../src/engine/model/metainfo.ts'
import { KIB } from '../../../../src/engine/model/units.ts'
import { makePieceCache } from '../../../../src/engine/storage/piece-cache.ts'
import { makePieceProof, type Loss } from '../../../../src/engine/storage/piece-proof.ts'
import { contentOf, pieceOf, sameBytes } from '../../../contract/torrent-content.ts'

const content = contentOf(100 * KIB)
let metainfo: Metainfo
/** What lies on the disk, before any proof. */
let disk: PieceStore
let reads: number[]
let losses: Array<readonly [piece: number, loss: Loss]>
let good: Set<number>
let store: PieceStore

beforeEach(async () => {
  const made = await makeMetainfo(
    [
      { path: 't/a', file: new File([content.slice(0, 40 * KIB)], 'a') },
      { path: 't/b', file: new File([content.slice(40 * KIB)], 'b') },
    ],
    { pieceLength: 16 * KIB },
    { signal: new AbortController().signal, onProgress: () => {} },
  )
  if (!made.ok) throw new Error(made.error.kind)
  metainfo = made.value.metainfo
  const opened = await makeMemoryPieceStores().open(metainfo.infoHash, metainfo)
  if (!opened.ok) throw new Error(opened.error.kind)
  disk = opened.value
  for (let piece = 0; piece < 7; piece++) await disk.write(piece, pieceOf(content, metainfo, piece))
  reads = []
  losses = []
  good = new Set([0, 1, 2, 3, 4, 5, 6])
  store = proved()
})

test('a piece is hashed when it is first read, and not again', async () => {
  const first = await store.read(2, 100, 50)
  const second = await store.read(2, 0, 10)

  expect(first.ok && sameBytes(first.value, content.slice(32 * KIB + 100, 32 * KIB + 150))).toBe(
    true,
  )
  expect(second.ok && sameBytes(second.value, content.slice(32 * KIB, 32 * KIB + 10))).toBe(true)
  expect(reads).toEqual([16 * KIB, 10])
})

test('many who ask for one piece at once wait for one hash', async () => {
  const asked = Array.from({ length: 16 }, (_, block) => store.read(1, block * KIB, KIB))

  const answers = await Promise.all(asked)

  expect(answers.every((one) => one.ok && one.value?.length === KIB)).toBe(true)
  expect(reads).toEqual([16 * KIB])
})

test('whoever waits for a file hears how much of it is proved, and may give it up', async () => {
  const controller = new AbortController()
  const told: number[] = []
  const onProgress = (doneBytes: number) => {
    told.push(doneBytes)
    if (doneBytes === 32 * KIB) controller.abort(new Error('enough'))
  }

  const given = store.file(1, { signal: controller.signal, onProgress })

  await expect(given).rejects.toThrow('enough')
  expect(told).toEqual([0, 16 * KIB, 32 * KIB])
  expect((await store.file(1)).ok).toBe(true)
  // What was proved before is not read again.
  expect(reads.slice(0, 5)).toEqual([16 * KIB, 16 * KIB, 16 * KIB, 16 * KIB, 4 * KIB])
})

test('wrong bytes are given to nobody, and told once', async () => {
  await spoil(2)

  const answers = await Promise.all([store.read(2, 0, 10), store.read(2, 10, 10)])
  const later = await store.read(2, 0, 16 * KIB)

  expect([...answers, later].map((one) => one.ok && one.value)).toEqual([null, null, null])
  expect(losses).toEqual([[2, 'wrong']])
})

test('wrong bytes do not come out behind a cache either', async () => {
  await spoil(2)
  const cached = makePieceCache().over(store)

  const answers = await Promise.all([cached.read(2, 0, 10), cached.read(2, 10, 10)])
  const later = await cached.read(2, 0, 10)

  expect([...answers, later].map((one) => one.ok && one.value)).toEqual([null, null, null])
  expect(losses).toEqual([[2, 'wrong']])
})

test('bytes that are not there are missing, not wrong', async () => {
  const empty = await makeMemoryPieceStores().open(metainfo.infoHash, metainfo)
  if (!empty.ok) throw new Error(empty.error.kind)
  disk = empty.value
  store = proved()

  const answer = await store.read(0, 0, 10)

  expect(answer).toEqual({ ok: true, value: null })
  expect(losses).toEqual([[0, 'missing']])
})

test('a piece that was lost and is written again is read again', async () => {
  await spoil(2)
  await store.read(2, 0, 10)

  await store.write(2, pieceOf(content, metainfo, 2))
  const answer = await store.read(2, 0, 10)

  expect(answer.ok && sameBytes(answer.value, content.slice(32 * KIB, 32 * KIB + 10))).toBe(true)
})

test('what nobody said is good is read as it lies', async () => {
  good.clear()
  await spoil(2)

  const answer = await store.read(2, 0, 16 * KIB)

  expect(answer.ok && answer.value?.length).toBe(16 * KIB)
  expect(losses).toEqual([])
})

test('a file is given after all its pieces were proved', async () => {
  const file = await store.file(0)

  expect(file.ok && file.value.size).toBe(40 * KIB)
  expect(reads).toEqual([16 * KIB, 16 * KIB, 16 * KIB])
})

test('a file with a wrong piece is not given, and says how much is wrong', async () => {
  await spoil(1)

  const [first, second] = [await store.file(0), await store.file(1)]

  expect(first).toEqual({ ok: false, error: { kind: 'storage/corrupt', lost: 16 * KIB } })
  expect(second.ok).toBe(true)
})

test('a file that was written in this session is not read again to be given', async () => {
  for (let piece = 0; piece < 3; piece++) {
    await store.write(piece, pieceOf(content, metainfo, piece))
  }

  const file = await store.file(0)

  expect(file.ok).toBe(true)
  expect(reads).toEqual([])
})

function proved(): PieceStore {
  const proof = makePieceProof({
    metainfo,
    isGood: (piece) => good.has(piece),
    onLost(piece, loss) {
      good.delete(piece)
      losses.push([piece, loss])
    },
  })
  return proof.over({
    ...disk,
    read(piece, offset, length) {
      reads.push(length)
      return disk.read(piece, offset, length)
    },
  })
}

/** One bit of the piece, as a failing disk would. */
async function spoil(piece: number): Promise<void> {
  const bytes = pieceOf(content, metainfo, piece)
  bytes[7]! ^= 0x10
  await disk.write(piece, bytes)
}
