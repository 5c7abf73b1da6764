import { expect, test } from 'vitest'
import { GIB, MIB } from '../../../../src/engine/model/units.ts'
import { freeBytes, hasMoreRoom, shortage } from '../../../../src/engine/storage/room.ts'

const honest = (usedBytes: number, quotaBytes: number) => ({ usedBytes, quotaBytes })
const fixed = (usedBytes: number) => ({ usedBytes, quotaBytes: usedBytes + 10 * GIB })

test('an allowance that is always the same says nothing, whatever is asked for', () => {
  expect(freeBytes(fixed(5))).toBeNull()
  expect(shortage(fixed(5), 100 * GIB, 0)).toBeNull()
})

test('an estimate of nothing says nothing', () => {
  expect(freeBytes(honest(0, 0))).toBeNull()
})

test('what does not fit is told with what is there', () => {
  expect(shortage(honest(2 * GIB, 8 * GIB), 7 * GIB, 0)).toEqual({
    kind: 'storage/full',
    needed: 7 * GIB,
    available: 6 * GIB,
  })
  expect(shortage(honest(2 * GIB, 8 * GIB), 6 * GIB, 0)).toBeNull()
})

test('what others still need is not there to be taken', () => {
  expect(shortage(honest(2 * GIB, 8 * GIB), 4 * GIB, 3 * GIB)).toMatchObject({ available: 3 * GIB })
  expect(shortage(honest(2 * GIB, 8 * GIB), 4 * GIB, 9 * GIB)).toMatchObject({ available: 0 })
})

test('more room is a removal of ours, or a larger quota, of some size', () => {
  expect(hasMoreRoom(fixed(50 * MIB), fixed(30 * MIB), 16 * MIB)).toBe(true)
  expect(hasMoreRoom(fixed(50 * MIB), fixed(49 * MIB), 16 * MIB)).toBe(false)
  expect(hasMoreRoom(honest(50, 60), honest(50, 90), 20)).toBe(true)
  expect(hasMoreRoom(honest(50, 60), honest(30, 60), 20)).toBe(true)
  expect(hasMoreRoom(honest(50, 60), honest(45, 60), 20)).toBe(false)
})
