import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPlainName, plainName } from '../../../../src/engine/membership/plain-name.ts'
import { anyText } from '../../../support/arbitrary-text.ts'

test.each(['Ada', 'Ünïcôdé', '小明', 'a b', '👩‍🚀 Zoë'])('%s is a name', (name) => {
  expect(isPlainName(name, 64)).toBe(true)
  expect(plainName(name, 64)).toBe(name)
})

test.each<[string, string]>([
  ['nothing', ''],
  ['a blank', ' '],
  ['a blank before', ' Ada'],
  ['a line break', 'Ada\nadmin'],
  ['an override of direction', 'Ada\u202enimda'],
  ['an isolate', 'Ada\u2066x'],
  ['half a character', 'Ada\ud83d'],
  ['an invisible character', 'A\u200bda'],
  ['more than fits', 'a'.repeat(65)],
])('%s is none', (_, name) => {
  expect(isPlainName(name, 64)).toBe(false)
})

test('any text becomes a name or nothing', () =>
  fc.assert(
    fc.property(anyText({ maxLength: 80 }), fc.integer({ min: 1, max: 64 }), (text, most) => {
      const name = plainName(text, most)

      expect(name === null || isPlainName(name, most)).toBe(true)
    }),
    { numRuns: 300 },
  ))
