import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../../src/engine/model/units.ts'
import { formatBytes } from '../../../src/ui/format/bytes.ts'
import { formatAgo, formatDuration } from '../../../src/ui/format/duration.ts'
import { hostOf } from '../../../src/ui/format/host.ts'
import { formatPercent, fractionOf } from '../../../src/ui/format/percent.ts'
import { formatRate } from '../../../src/ui/format/rate.ts'
import { en } from '../../../src/ui/i18n/en.ts'

describe('bytes', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [12_345, '12.3 kB'],
    [123_456, '123 kB'],
    [999_499, '999 kB'],
    [999_600, '1.00 MB'],
    [1_500_000_000, '1.50 GB'],
    [-5, '0 B'],
  ])('%d are shown with three digits as %s', (bytes, shown) => {
    const text = formatBytes(bytes, en)

    expect(text).toBe(shown.replace(' ', '\u00a0'))
  })

  test('an amount never has four digits before its unit', () => {
    for (let bytes = 1000; bytes < 1e15; bytes *= 1.0037) {
      expect(formatBytes(bytes, en)).toMatch(/^(\d\.\d\d|\d\d\.\d|\d\d\d)\u00a0/)
    }
  })

  test('a rate is bytes per second', () => {
    expect(formatRate(2_400_000, en)).toBe('2.40\u00a0MB/s')
  })
})

describe('time left', () => {
  test.each([
    [3 * SECOND, 'a few seconds'],
    [40 * SECOND, 'less than a minute'],
    [2 * MINUTE, '2 min'],
    [59.6 * MINUTE, '1 h'],
    [81 * MINUTE, '1 h 20 min'],
    [23.99 * HOUR, '1 day'],
    [50 * HOUR, '2 days'],
  ])('%d ms is said as %s', (left, said) => {
    expect(formatDuration(left, en)).toBe(said)
  })

  test.each([null, Number.POSITIVE_INFINITY, 1000 * 24 * HOUR])(
    'an estimate of %s is not said at all',
    (left) => {
      expect(formatDuration(left, en)).toBeNull()
    },
  )

  test('a moment that a clock puts in the future was just now', () => {
    expect(formatAgo(2000, 1000, en)).toBe('just now')
  })
})

describe('percent', () => {
  test('a hundred percent means all of it', () => {
    expect(formatPercent(fractionOf(99_999, 100_000), en)).toBe('99%')
    expect(formatPercent(fractionOf(100_000, 100_000), en)).toBe('100%')
  })

  test('nothing of nothing is no progress', () => {
    expect(fractionOf(0, 0)).toBe(0)
  })
})

describe('host', () => {
  test('an address is shown by the part a person recognises', () => {
    expect(hostOf('wss://relay.example:8443/announce')).toBe('relay.example:8443')
  })

  test('a text that is no address is cut short', () => {
    expect(hostOf('x'.repeat(500))).toHaveLength(61)
  })
})
