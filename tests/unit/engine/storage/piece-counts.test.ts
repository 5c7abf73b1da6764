import { expect, test } from 'vitest'
import { makeFileLayout } from '../../../../src/engine/storage/file-layout.ts'
import { makePieceCounts } from '../../../../src/engine/storage/piece-counts.ts'

/** Pieces of ten bytes: 0 and half of 1, the rest of 1 and 2, 3. */
const LENGTHS = [15, 15, 10]

function someCounts() {
  let offset = 0
  const files = LENGTHS.map((length, index) => {
    offset += length
    return { path: `${index}`, length, offset: offset - length }
  })
  return makePieceCounts(makeFileLayout({ pieceLength: 10, totalBytes: offset, files }), LENGTHS)
}

test('without priorities no piece comes before another', () => {
  const counts = someCounts()

  expect([...counts.levels()]).toEqual([1, 1, 1, 1])
  expect(counts.priorityOf(0)).toBe('normal')
})

test('a piece of two files comes with the more important one', () => {
  const counts = someCounts()

  counts.prioritise(new Set([1]), new Set([0]))

  expect([...counts.levels()]).toEqual([2, 0, 0, 1])
  expect([0, 1, 2].map((file) => counts.priorityOf(file))).toEqual(['low', 'high', 'normal'])
})

test('a file that is not wanted takes no piece of another with it', () => {
  const counts = someCounts()

  counts.want(new Set([0, 2]))
  counts.prioritise(new Set([1]), new Set([0]))

  expect([...counts.levels()]).toEqual([2, 2, 2, 1])
})
