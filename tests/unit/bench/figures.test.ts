import { expect, test } from 'vitest'
import { median, slope, table } from '../../bench/figures.ts'

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([9, 1, 5, 6])).toBe(5.5)
  expect(median([])).toBeNaN()
})

test('the slope is what grows with each step, whatever the noise between', () => {
  expect(
    slope([
      [0, 1],
      [1, 3],
      [2, 5],
    ]),
  ).toBe(2)
  expect(
    slope([
      [0, 1],
      [1, 0],
      [2, 1],
    ]),
  ).toBe(0)
  expect(slope([[7, 7]])).toBe(0)
})

test('a table has its names to the left and its numbers to the right', () => {
  const text = table([
    ['', 's'],
    ['raw', '10'],
    ['stock', '5.25'],
  ])

  expect(text.split('\n')).toEqual(['          s', 'raw      10', 'stock  5.25'])
})
