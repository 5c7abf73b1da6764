import { expect, test } from 'vitest'
import { makeMemoryPieceStores } from '../../../../src/engine/adapters/memory-piece-store.ts'
import type { PieceStore } from '../../../../src/engine/contracts/piece-store.ts'
import type { InfoHash } from '../../../../src/engine/model/ids.ts'
import { KIB } from '../../../../src/engine/model/units.ts'
import { makePieceCache } from '../../../../src/engine/storage/piece-cache.ts'
import { contentOf, shapeOf } from '../../../contract/torrent-content.ts'

const PIECE = 64 * KIB

test('blocks of one piece, asked for at once or later, load it once', async () => {
  const { store, reads } = await aStore(4)
  const cached = makePieceCache().over(store)

  await Promise.all([0, 1, 2].map((block) => cached.read(1, block * 16 * KIB, 16 * KIB)))
  const last = await cached.read(1, 3 * 16 * KIB, 16 * KIB)

  expect(reads).toEqual([[1, 0, PIECE]])
  expect(last).toEqual({ ok: true, value: contentOf(PIECE, 1).subarray(3 * 16 * KIB) })
})

test('a piece that was written is not read again', async () => {
  const { store, reads } = await aStore(4)
  const cached = makePieceCache().over(store)

  await cached.write(2, contentOf(PIECE, 77))
  const read = await cached.read(2, 0, 100)

  expect(reads).toEqual([])
  expect(read).toEqual({ ok: true, value: contentOf(PIECE, 77).subarray(0, 100) })
})

test('the piece that was used longest ago makes room, and the budget is kept', async () => {
  const { store, reads } = await aStore(8)
  const cache = makePieceCache({ budget: 4 * PIECE })
  const cached = cache.over(store)

  for (const piece of [0, 1, 2, 3, 0, 4, 0, 1]) await cached.read(piece, 0, 10)

  expect(reads.map(([piece]) => piece)).toEqual([0, 1, 2, 3, 4, 1])
  expect(cache.heldBytes).toBe(4 * PIECE)
})

test('the budget is shared by all torrents, whose pieces are not mixed up', async () => {
  const [one, other] = [await aStore(4), await aStore(4, 100)]
  const cache = makePieceCache({ budget: 4 * PIECE })
  const [cachedOne, cachedOther] = [cache.over(one.store), cache.over(other.store)]

  for (const piece of [0, 1, 2]) await cachedOne.read(piece, 0, 10)
  for (const piece of [0, 1, 2]) await cachedOther.read(piece, 0, 10)

  expect(cache.heldBytes).toBe(4 * PIECE)
  expect(await cachedOne.read(2, 0, 10)).toEqual({
    ok: true,
    value: contentOf(PIECE, 2).subarray(0, 10),
  })
  expect(await cachedOther.read(2, 0, 10)).toEqual({
    ok: true,
    value: contentOf(PIECE, 102).subarray(0, 10),
  })
  expect(one.reads).toHaveLength(3)
})

test('a piece above a quarter of the budget is read by range, and not kept', async () => {
  const { store, reads } = await aStore(2)
  const cache = makePieceCache({ budget: 4 * PIECE - 1 })
  const cached = cache.over(store)

  await cached.write(1, contentOf(PIECE))
  await cached.read(1, 0, 16 * KIB)
  await cached.read(1, 16 * KIB, 16 * KIB)

  expect(reads).toEqual([
    [1, 0, 16 * KIB],
    [1, 16 * KIB, 16 * KIB],
  ])
  expect(cache.heldBytes).toBe(0)
})

test('a piece that failed to be written is not served from memory', async () => {
  const { store } = await aStore(2)
  const failing: PieceStore = {
    ...store,
    write: async () => ({ ok: false, error: { kind: 'storage/locked' } }),
  }
  const cached = makePieceCache().over(failing)
  await cached.read(0, 0, 10)

  await cached.write(0, contentOf(PIECE, 77))

  expect(await cached.read(0, 0, 10)).toEqual({
    ok: true,
    value: contentOf(PIECE, 0).subarray(0, 10),
  })
})

test('who asks after a write began does not share the load of who asked before', async () => {
  const { store } = await aStore(1)
  const cached = makePieceCache().over(store)

  const before = cached.read(0, 0, 10)
  const write = cached.write(0, contentOf(PIECE, 77))
  const after = cached.read(0, 0, 10)

  expect(await before).toEqual({ ok: true, value: contentOf(PIECE, 0).subarray(0, 10) })
  expect(await after).toEqual({ ok: true, value: contentOf(PIECE, 77).subarray(0, 10) })
  await write
})

test('of two writes of one piece the later one stays, whichever is answered last', async () => {
  const { store } = await aStore(1)
  const answer: Array<() => void> = []
  const slow: PieceStore = {
    ...store,
    async write(piece, bytes) {
      const written = await store.write(piece, bytes)
      await new Promise<void>((resolve) => answer.push(resolve))
      return written
    },
  }
  const cached = makePieceCache().over(slow)

  const writes = [cached.write(0, contentOf(PIECE, 5)), cached.write(0, contentOf(PIECE, 6))]
  await expect.poll(() => answer.length).toBe(2)
  for (const answerOne of answer.reverse()) answerOne()
  await Promise.all(writes)

  expect(await cached.read(0, 0, 10)).toEqual({
    ok: true,
    value: contentOf(PIECE, 6).subarray(0, 10),
  })
})

test('a closed torrent gives its part of the budget back', async () => {
  const { store } = await aStore(2)
  const cache = makePieceCache()
  const cached = cache.over(store)
  await cached.read(0, 0, 10)
  const loading = cached.read(1, 0, 10)

  await cached.close()
  await loading

  expect(cache.heldBytes).toBe(0)
})

/** A store of full pieces, the content of each made from its index, that notes what is read. */
async function aStore(pieces: number, firstSeed = 0) {
  const opened = await makeMemoryPieceStores().open(
    '00112233445566778899aabbccddeeff00112233' as InfoHash, // 40 hex digits
    shapeOf(PIECE, [['t.bin', pieces * PIECE]]),
  )
  if (!opened.ok) throw new Error(opened.error.kind)
  for (let piece = 0; piece < pieces; piece++) {
    await opened.value.write(piece, contentOf(PIECE, firstSeed + piece))
  }
  const reads: Array<readonly [piece: number, offset: number, length: number]> = []
  const store: PieceStore = {
    ...opened.value,
    read(...range) {
      reads.push(range)
      return opened.value.read(...range)
    },
  }
  return { store, reads }
}
