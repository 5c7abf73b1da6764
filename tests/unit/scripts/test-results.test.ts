import { expect, test } from 'vitest'
import { closingLine, countsOf, sumOf } from '../../../scripts/lib/test-results.mjs'

const green = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [{ status: 'passed', assertionResults: [{}, {}, {}, {}, {}] }],
}

test('passed, failed and skipped tests are counted, those to be written among the skipped', () => {
  const counts = countsOf(green, 0)

  expect(counts).toEqual({ passed: 3, failed: 0, skipped: 2 })
})

test('a file that could not be loaded is a failure beside those of the tests', () => {
  const unloaded = { status: 'failed', assertionResults: [] }

  const counts = countsOf({ ...green, numFailedTests: 2, testResults: [unloaded] }, 1)

  expect(counts.failed).toBe(3)
})

test('a run that failed though no test did is a failure', () => {
  expect(countsOf(green, 1).failed).toBe(1)
})

test('a run without a report is a failure', () => {
  expect(countsOf(null, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 })
})

test('a run without a test is a failure, unless its files were chosen by name', () => {
  const empty = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, testResults: [] }

  expect(countsOf(empty, 0).failed).toBe(1)
  expect(countsOf(empty, 0, { mayBeEmpty: true }).failed).toBe(0)
})

test('the closing line is the sum of all runs', () => {
  const line = closingLine(
    sumOf([
      { passed: 10, failed: 0, skipped: 1 },
      { passed: 5, failed: 2, skipped: 0 },
    ]),
  )

  expect(line).toBe('15 passed, 2 failed, 1 skipped')
})
