import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeFileLayout } from '../../../src/engine/storage/file-layout.ts'

function shapeOf(lengths: readonly number[], pieceLength: number) {
  let offset = 0
  const files = lengths.map((length, index) => {
    const file = { path: `${index}`, length, offset }
    offset += length
    return file
  })
  return { pieceLength, totalBytes: offset, files }
}

test('a piece that straddles files is cut at their ends, and empty files have no part in it', () => {
  const layout = makeFileLayout(shapeOf([5, 0, 3, 0, 10], 8))

  expect(layout.pieceCount).toBe(3)
  expect(layout.spansOf(0, 0, 8)).toEqual([
    { file: 0, fileOffset: 0, length: 5, at: 0 },
    { file: 2, fileOffset: 0, length: 3, at: 5 },
  ])
  expect(layout.spansOf(1, 2, 4)).toEqual([{ file: 4, fileOffset: 2, length: 4, at: 0 }])
  expect(layout.spansOf(1, 8, 0)).toEqual([])
  expect([0, 1, 2].map((piece) => layout.pieceLengthOf(piece))).toEqual([8, 8, 2])
  expect([0, 1, 2, 3, 4].map((file) => layout.piecesOf(file))).toEqual([
    [0, 0],
    null,
    [0, 0],
    null,
    [1, 2],
  ])
})

test('a torrent of nothing has no pieces', () => {
  const layout = makeFileLayout(shapeOf([0, 0], 16))

  expect(layout.pieceCount).toBe(0)
  expect(layout.piecesOf(1)).toBeNull()
  expect(() => layout.spansOf(0, 0, 0)).toThrow(RangeError)
})

test.each([
  [3, 0, 1],
  [-1, 0, 1],
  [0.5, 0, 1],
  [0, 0, 9],
  [0, -1, 2],
  [2, 1, 2],
  [0, NaN, 1],
])('piece %d, %d bytes in, %d long is a bug and throws', (piece, offset, length) => {
  const layout = makeFileLayout(shapeOf([5, 13], 8))

  expect(() => layout.spansOf(piece, offset, length)).toThrow(RangeError)
})

test('offsets beyond 32 bits are exact', () => {
  const layout = makeFileLayout(shapeOf([2 ** 40 + 1, 7], 2 ** 22))

  expect(layout.spansOf(2 ** 18, 0, 8)).toEqual([
    { file: 0, fileOffset: 2 ** 40, length: 1, at: 0 },
    { file: 1, fileOffset: 0, length: 7, at: 1 },
  ])
})

test('every byte of every range is where counting byte by byte finds it', () => {
  const lengths = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 20 }), fc.nat(), fc.nat(), (files, pieceLength, a, b) => {
      const shape = shapeOf(files, pieceLength)
      fc.pre(shape.totalBytes > 0)
      const layout = makeFileLayout(shape)
      const owners = files.flatMap((length, file) =>
        Array.from({ length }, (_, fileOffset) => ({ file, fileOffset })),
      )
      const piece = a % layout.pieceCount
      const offset = b % (layout.pieceLengthOf(piece) + 1)
      const length = layout.pieceLengthOf(piece) - offset

      const spans = layout.spansOf(piece, offset, length)
      const found = spans.flatMap((span) => {
        expect(span.length).toBeGreaterThan(0)
        return Array.from({ length: span.length }, (_, index) => ({
          at: span.at + index,
          file: span.file,
          fileOffset: span.fileOffset + index,
        }))
      })

      const start = piece * pieceLength + offset
      expect(found).toEqual(
        owners.slice(start, start + length).map((owner, at) => ({ at, ...owner })),
      )
      files.forEach((_, file) => {
        const pieces = owners.flatMap((owner, byte) =>
          owner.file === file ? [Math.floor(byte / pieceLength)] : [],
        )
        expect(layout.piecesOf(file)).toEqual(
          pieces.length === 0 ? null : [pieces[0], pieces.at(-1)],
        )
      })
    }), // prettier-ignore
  )
})
