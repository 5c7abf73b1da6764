import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutMessages, MESSAGE_LENGTH } from '../../../../src/engine/swarm/cut-messages.ts'
import { PIECE } from '../../../../src/engine/swarm/wire-message.ts'

const BLOCK = 16 * 1024

/** A block as the wire writes it: its head, then its bytes. */
function block(length = BLOCK): [head: Uint8Array, bytes: Uint8Array] {
  const head = new Uint8Array(13)
  new DataView(head.buffer).setUint32(0, 9 + length)
  head[4] = PIECE
  return [head, new Uint8Array(length).fill(7)]
}

const lengths = (chunks: readonly Uint8Array[]) => cutMessages(chunks).map(({ length }) => length)

test('blocks travel together, as many as fit whole', () => {
  const chunks = [block(), block(), block(), block(), block()].flat()

  expect(lengths(chunks)).toEqual([3 * (13 + BLOCK), 2 * (13 + BLOCK)])
})

test('small messages travel with what follows them', () => {
  const chunks = [new Uint8Array(9), ...block(), new Uint8Array(17)]

  expect(lengths(chunks)).toEqual([9 + 13 + BLOCK + 17])
})

test('what is longer than a message is cut, and nothing is sent for nothing', () => {
  expect(lengths([new Uint8Array(2 * MESSAGE_LENGTH + 5)])).toEqual([
    MESSAGE_LENGTH,
    MESSAGE_LENGTH,
    5,
  ])
  expect(lengths([new Uint8Array(MESSAGE_LENGTH)])).toEqual([MESSAGE_LENGTH])
  expect(lengths([])).toEqual([])
  expect(lengths([new Uint8Array(0)])).toEqual([])
})

test('a head whose block is not there yet goes at once', () => {
  expect(lengths([block()[0]])).toEqual([13])
})

test('whatever is cut, the bytes are the same, in order, in messages that are short enough', () => {
  const chunk = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.integer({ min: 0, max: 3 * MESSAGE_LENGTH }).map((length) => new Uint8Array(length)),
    fc.constant(block()[0]),
  )
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 12 }), (chunks) => {
      const messages = cutMessages(chunks)

      for (const { parts, length } of messages) {
        expect(length).toBe(parts.reduce((sum, part) => sum + part.length, 0))
        expect(length).toBeGreaterThan(0)
        expect(length).toBeLessThanOrEqual(MESSAGE_LENGTH)
      }
      const sent = Buffer.concat(messages.flatMap(({ parts }) => parts))
      expect(sent.equals(Buffer.concat(chunks))).toBe(true)
    }),
  )
})
