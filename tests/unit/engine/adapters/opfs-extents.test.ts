import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeOpfsExtents, SMALL_FILE } from '../../../../src/engine/adapters/opfs-extents.ts'
import { KIB } from '../../../../src/engine/model/units.ts'
import { shapeOf } from '../../../contract/torrent-content.ts'

test('small files that follow each other are one run of one OPFS file', () => {
  const shape = shapeOf(
    64 * KIB,
    Array.from({ length: 100 }, (_, index) => [`t/${index}`, 500]),
  )

  const extents = makeOpfsExtents(shape).extentsOf(0, 100, 40_000)

  expect(extents).toEqual([{ name: 'small', start: 100, length: 40_000, at: 0 }])
})

test('a large file between small ones is an OPFS file of its own', () => {
  const shape = shapeOf(1024 * KIB, [
    ['t/a', 10],
    ['t/large', SMALL_FILE + 1],
    ['t/b', 20],
  ])

  const extents = makeOpfsExtents(shape).extentsOf(0, 0, shape.totalBytes)

  expect(extents).toEqual([
    { name: 'small', start: 0, length: 10, at: 0 },
    { name: '1', start: 0, length: SMALL_FILE + 1, at: 10 },
    { name: 'small', start: 10, length: 20, at: SMALL_FILE + 11 },
  ])
})

test('every byte of a torrent has one place on the disk, and no two share one', () => {
  const lengths = fc.array(
    fc.oneof(
      fc.constant(0),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: SMALL_FILE - 2, max: SMALL_FILE + 2 }),
    ),
    { minLength: 1, maxLength: 12 },
  )

  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 5 }), (lengths, parts) => {
      const files = lengths.map((length, index) => [`t/${index}`, length] as const)
      const total = lengths.reduce((sum, length) => sum + length, 0)
      fc.pre(total > 0)
      const shape = shapeOf(Math.ceil(total / parts), files)
      const extents = makeOpfsExtents(shape)
      const { layout } = extents

      const ends = new Map<string, number>()
      for (let piece = 0; piece < layout.pieceCount; piece++) {
        let at = 0
        for (const extent of extents.extentsOf(piece, 0, layout.pieceLengthOf(piece))) {
          expect(extent.at).toBe(at)
          expect(extent.start).toBe(ends.get(extent.name) ?? 0)
          ends.set(extent.name, extent.start + extent.length)
          at += extent.length
        }
        expect(at).toBe(layout.pieceLengthOf(piece))
      }

      const kept = [...ends.values()].reduce((sum, end) => sum + end, 0)
      expect(kept).toBe(total)
      for (const [file, length] of lengths.entries()) {
        const own = extents.ownFileOf(file)
        if (own !== null) expect(ends.get(own)).toBe(length)
      }
    }),
  )
})
