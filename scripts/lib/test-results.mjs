/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * What of vitest's JSON report is read here (the format is Jest's).
 *
 * @typedef {{
 *   numPassedTests: number,
 *   numFailedTests: number,
 *   numPendingTests: number,
 *   numTodoTests?: number,
 *   testResults: readonly { status: string, assertionResults: readonly unknown[] }[],
 * }} VitestReport
 */

/**
 * What one run of vitest came to. Never green by mistake: a file that could not even be loaded, a
 * run without a test, and a run that failed for a reason no test has (an unhandled rejection, a
 * crash, no report) count as one failure.
 *
 * @param {VitestReport | null} report - `null` when there is none.
 * @param {number} exitCode - Vitest's.
 * @param {{ mayBeEmpty?: boolean }} [options] - Set when files were chosen by name: none of them may
 *   be of this run.
 * @returns {Counts}
 */
export function countsOf(report, exitCode, { mayBeEmpty = false } = {}) {
  if (report === null) return { passed: 0, failed: 1, skipped: 0 }

  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length
  const passed = report.numPassedTests
  const failed = report.numFailedTests + unloaded
  const skipped = report.numPendingTests + (report.numTodoTests ?? 0)
  const isEmpty = passed + skipped === 0 && !mayBeEmpty
  const isGreenByMistake = failed === 0 && (exitCode !== 0 || isEmpty)
  return { passed, failed: isGreenByMistake ? 1 : failed, skipped }
}

/**
 * @param {readonly Counts[]} counts
 * @returns {Counts}
 */
export function sumOf(counts) {
  return counts.reduce(
    (sum, each) => ({
      passed: sum.passed + each.passed,
      failed: sum.failed + each.failed,
      skipped: sum.skipped + each.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  )
}

/**
 * The closing line, in the words other tools look for.
 *
 * @param {Counts} counts
 */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}
