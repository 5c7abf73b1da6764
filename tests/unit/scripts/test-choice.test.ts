import { expect, test } from 'vitest'
import { readChoice, STAGES } from '../../../scripts/lib/test-choice.mjs'

test('without a word everything is run', () => {
  expect(readChoice([])).toEqual({ stages: STAGES, files: [] })
})

test('names of stages choose them, in the order of the stages', () => {
  expect(readChoice(['unit', 'types']).stages).toEqual(['types', 'unit'])
})

test('the end-to-end tests come with the build they look at', () => {
  expect(readChoice(['e2e']).stages).toEqual(['build', 'e2e'])
})

test('another word chooses files of the named stages', () => {
  expect(readChoice(['browser', 'rtc'])).toEqual({ stages: ['browser'], files: ['rtc'] })
})
