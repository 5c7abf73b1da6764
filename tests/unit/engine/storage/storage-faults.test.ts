import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MIB, SECOND } from '../../../../src/engine/model/units.ts'
import { makeStorageFaults } from '../../../../src/engine/storage/storage-faults.ts'
import { anInfoHash } from '../../../support/a-torrent.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const FULL = { kind: 'storage/full', needed: 1, available: 0 } as const

/** A torrent on a device with this much room, of which nothing is used. */
function faults({ quotaBytes = 100 * MIB } = {}) {
  return makeStorageFaults({
    infoHash: anInfoHash(),
    stores: {
      estimate: () => Promise.resolve({ usedBytes: 0, quotaBytes }),
      look: () => Promise.resolve(null),
    },
    promised: () => 0,
  })
}

test('losses add up, and only the first since all was there is news', () => {
  const faulty = faults()

  const first = faulty.lost('missing', 10)
  const second = faulty.lost('missing', 5)
  faulty.mended()
  const third = faulty.lost('missing', 7)

  expect(first).toEqual({ error: { kind: 'storage/evicted', lost: 10 }, first: true })
  expect(second).toEqual({ error: { kind: 'storage/evicted', lost: 15 }, first: false })
  expect(third).toEqual({ error: { kind: 'storage/evicted', lost: 7 }, first: true })
})

test('bytes that are wrong are said to be, whatever else is missing', () => {
  const faulty = faults()

  faulty.lost('missing', 10)

  expect(faulty.lost('wrong', 5).error).toEqual({ kind: 'storage/corrupt', lost: 15 })
})

test('a full device is news once, until something was written', () => {
  const faulty = faults()

  const news = [faulty.failed(FULL, 0).news, faulty.failed(FULL, 0).news]
  faulty.written()
  news.push(faulty.failed(FULL, 0).news)

  expect(news).toEqual([true, false, true])
})

test('any other failure is news each time', () => {
  const faulty = faults()
  const failure = { kind: 'storage/locked' } as const

  expect([faulty.failed(failure, 0).news, faulty.failed(failure, 0).news]).toEqual([true, true])
})

test('who has no room says what is missing, and not only the piece that did not fit', () => {
  expect(faults().failed(FULL, 300).error).toEqual({ ...FULL, needed: 300 })
})

test('what cannot fit is said before it begins, unless the person wants to try', async () => {
  const faulty = faults()

  const refused = await faulty.check(200 * MIB, 200 * MIB)
  faulty.insist(true)
  const tried = await faulty.check(200 * MIB, 200 * MIB)
  faulty.written()
  const again = await faulty.check(200 * MIB, 200 * MIB)

  expect(refused?.kind).toBe('storage/full')
  expect(tried).toBeNull()
  expect(again?.kind).toBe('storage/full')
})

test('who waits for room is tried when there is enough of it, or after a while', async () => {
  const faulty = faults()
  faulty.failed(FULL, 50 * MIB)
  await vi.advanceTimersByTimeAsync(0)

  const same = faulty.isOver({ usedBytes: 0, quotaBytes: 100 * MIB }, 50 * MIB)
  const more = faulty.isOver({ usedBytes: 0, quotaBytes: 116 * MIB }, 50 * MIB)
  await vi.advanceTimersByTimeAsync(60 * SECOND)
  const later = faulty.isOver({ usedBytes: 0, quotaBytes: 100 * MIB }, 50 * MIB)
  faulty.goOn()
  const gone = faulty.isOver({ usedBytes: 0, quotaBytes: 900 * MIB }, 50 * MIB)

  expect([same, more, later, gone]).toEqual([false, true, true, false])
})
