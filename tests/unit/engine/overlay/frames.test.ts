import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frame, makeFrameReader } from '../../../../src/engine/overlay/frames.ts'

const LIMIT = 16 * 1024

test('frames come out as they went in, however they are cut on the way', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }),
      fc.array(fc.nat(40), { minLength: 1, maxLength: 8 }),
      (bodies, cuts) => {
        const stream = new Uint8Array(bodies.flatMap((body) => [...frame(body)]))
        const reader = makeFrameReader(LIMIT)
        const found: Uint8Array[] = []
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const length = (cuts[turn % cuts.length] ?? 0) + 1
          found.push(...(reader.push(stream.subarray(at, at + length)) ?? []))
          at += length
        }

        expect(found.map((body) => [...body])).toEqual(bodies.map((body) => [...body]))
      },
    ),
  )
})

test('the longest frame is taken and one more byte is not', () => {
  expect(makeFrameReader(LIMIT).push(frame(new Uint8Array(LIMIT)))).toHaveLength(1)
  expect(makeFrameReader(LIMIT).push(frame(new Uint8Array(LIMIT + 1)))).toBeNull()
})

test.each([
  ['a length without an end', [0xff, 0xff, 0xff, 0x01]],
  ['a length written longer than it needs', [0x81, 0x00, 0x00]],
  ['a length beyond the limit, before anything of that length came', [0xff, 0xff, 0x7f]],
])('%s ends it for good', (_, bytes) => {
  const reader = makeFrameReader(LIMIT)

  expect(reader.push(Uint8Array.from(bytes))).toBeNull()
  expect(reader.push(frame(Uint8Array.of(1)))).toBeNull()
})

test('whatever arrives, no more than the limit is kept', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (chunks) => {
      const reader = makeFrameReader(100)
      for (const chunk of chunks) {
        const frames = reader.push(chunk)
        if (frames === null) return
        for (const found of frames) expect(found.length).toBeLessThanOrEqual(100)
      }
    }),
  )
})
