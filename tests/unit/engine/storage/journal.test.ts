import { beforeEach, expect, test } from 'vitest'
import { makeMemoryPieceStores } from '../../../../src/engine/adapters/memory-piece-store.ts'
import {
  makeMemoryRecordStore,
  nothingRemembered,
  type RememberedRecords,
} from '../../../../src/engine/adapters/memory-record-store.ts'
import type { PieceStore } from '../../../../src/engine/contracts/piece-store.ts'
import type { RecordError, RecordStore } from '../../../../src/engine/contracts/record-store.ts'
import type { InfoHash } from '../../../../src/engine/model/ids.ts'
import { err, ok } from '../../../../src/engine/model/result.ts'
import { makeJournal, type Journal } from '../../../../src/engine/storage/journal.ts'
import { shapeOf } from '../../../contract/torrent-content.ts'

const INFO_HASH = 'a'.repeat(40) as InfoHash // 40 hex digits
const PIECES = 20
const shape = shapeOf(10, [['t', 10 * PIECES]])

let remembered: RememberedRecords
let records: RecordStore
let happened: string[]
let onOrder: Uint8Array
let failures: RecordError[]

beforeEach(() => {
  remembered = nothingRemembered()
  records = makeMemoryRecordStore(remembered)
  happened = []
  failures = []
  onOrder = bits()
})

test('a piece is written, flushed, noted, and only then answered', async () => {
  const { store } = await begin()

  await store.write(3, new Uint8Array(10))
  happened.push('answered')

  expect(happened).toEqual(['write 3', 'flush', 'note', 'answered'])
  expect((await page())?.pieces).toEqual(bits(3))
})

test('pieces that arrive while a page is being written share the next one', async () => {
  const { store } = await begin()

  await Promise.all([0, 1, 2, 3, 4].map((piece) => store.write(piece, new Uint8Array(10))))

  expect(happened.filter((one) => one === 'note').length).toBeLessThanOrEqual(2)
  expect((await page())?.pieces).toEqual(bits(0, 1, 2, 3, 4))
})

test('a page says what is on order, and a clean end that nothing is', async () => {
  const { journal, store } = await begin()
  onOrder = bits(3, 4, 5)

  await store.write(3, new Uint8Array(10))
  const during = await page()
  await journal.rest()
  const after = await page()

  expect(during).toMatchObject({ pieces: bits(3), pending: bits(4, 5) })
  expect(after).toMatchObject({ pieces: bits(3), pending: new Uint8Array() })
  expect(after!.sequence).toBeGreaterThan(during!.sequence)
})

test('no more than two pieces are written that a crash would not find', async () => {
  const { store } = await begin()
  await store.write(0, new Uint8Array(10))
  happened = []
  onOrder = bits(1, 2, 3)

  await Promise.all([1, 2, 3].map((piece) => store.write(piece, new Uint8Array(10))))

  expect(happened.indexOf('note')).toBeLessThan(happened.indexOf('write 3'))
})

test('pieces that a page names are written without waiting for another', async () => {
  const { store } = await begin()
  onOrder = bits(0, 1, 2, 3, 4)
  await store.write(0, new Uint8Array(10))
  happened = []

  await Promise.all([1, 2, 3, 4].map((piece) => store.write(piece, new Uint8Array(10))))

  expect(happened.slice(0, 4)).toEqual(['write 1', 'write 2', 'write 3', 'write 4'])
})

test('resting after nothing happened writes nothing', async () => {
  const { journal } = await begin()

  await journal.rest()

  expect(happened).toEqual([])
})

test('a piece that is lost is on no later page, until it is written again', async () => {
  const { journal, store } = await begin()
  await store.write(3, new Uint8Array(10))
  await store.write(4, new Uint8Array(10))

  await journal.lose(3)
  const without = await page()
  await store.write(3, new Uint8Array(10))

  expect(without?.pieces).toEqual(bits(4))
  expect((await page())?.pieces).toEqual(bits(3, 4))
})

test('what a look has found replaces what was noted', async () => {
  const { journal, store } = await begin()
  await store.write(3, new Uint8Array(10))

  await journal.replace(bits(7, 8))

  expect((await page())?.pieces).toEqual(bits(7, 8))
})

test('a later visit goes on from the last page', async () => {
  const { store } = await begin()
  await store.write(3, new Uint8Array(10))
  records = makeMemoryRecordStore(remembered)

  const { store: later } = await begin()
  await later.write(5, new Uint8Array(10))

  expect(await page()).toMatchObject({ pieces: bits(3, 5), sequence: 2 })
})

test('a piece that could not be flushed is answered with why, and is on no page', async () => {
  const { store } = await begin({
    flush: async () => err({ kind: 'storage/full', needed: 5, available: 1 }),
  })

  const written = await store.write(3, new Uint8Array(10))

  expect(written).toEqual(err({ kind: 'storage/full', needed: 5, available: 1 }))
  expect(await page()).toBeUndefined()
})

test('a piece that could not be noted is answered with why, and the next page leaves it out', async () => {
  let full = true
  const before = records
  records = {
    ...before,
    putPage: async (page) =>
      full ? err({ kind: 'storage/full', needed: 0, available: 0 }) : before.putPage(page),
  }
  const { store } = await begin()

  const refused = await store.write(3, new Uint8Array(10))
  full = false
  const taken = await store.write(4, new Uint8Array(10))

  expect([refused.ok, taken.ok]).toEqual([false, true])
  expect((await page())?.pieces).toEqual(bits(4))
})

test('when a later engine has taken over, nothing is answered as kept', async () => {
  const { store } = await begin()
  makeMemoryRecordStore(remembered)

  const written = await store.write(3, new Uint8Array(10))

  expect(written).toEqual(err({ kind: 'storage/locked' }))
  expect(failures).toEqual([{ kind: 'engine/held-elsewhere' }])
})

test('closing waits for what is being noted', async () => {
  const { store } = await begin()
  const writing = store.write(3, new Uint8Array(10))

  await store.close()

  expect(await writing).toEqual(ok())
  expect(happened.at(-1)).toBe('close')
})

test('a store that throws is told of, and nobody waits for it', async () => {
  const { journal, store } = await begin({
    flush: () => Promise.reject(new Error('a bug')),
  })

  const written = await store.write(3, new Uint8Array(10))
  await journal.rest()

  expect(written).toMatchObject({ ok: false, error: { kind: 'storage/io' } })
  expect(await page()).toBeUndefined()
})

async function begin(changes: Partial<PieceStore> = {}): Promise<{
  readonly journal: Journal
  readonly store: PieceStore
}> {
  const opened = await makeMemoryPieceStores().open(INFO_HASH, shape)
  if (!opened.ok) throw new Error(opened.error.kind)
  const inner = opened.value
  const journal = makeJournal({
    infoHash: INFO_HASH,
    pieceCount: PIECES,
    records: {
      putPage: (page) => {
        happened.push('note')
        return records.putPage(page)
      },
    },
    last: (await page()) ?? null,
    pending: () => onOrder,
    onFailure: (error) => failures.push(error),
  })
  const store = journal.over({
    ...inner,
    async write(piece, bytes) {
      const written = await inner.write(piece, bytes)
      happened.push(`write ${piece}`)
      return written
    },
    async flush() {
      happened.push('flush')
      return inner.flush()
    },
    async close() {
      happened.push('close')
      await inner.close()
    },
    ...changes,
  })
  return { journal, store }
}

async function page() {
  return (await records.journal()).get(INFO_HASH)
}

function bits(...pieces: number[]): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(Math.ceil(PIECES / 8))
  for (const piece of pieces) made[piece >> 3]! |= 0x80 >> (piece & 7)
  return made
}
