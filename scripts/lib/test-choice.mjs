/** The stages of `npm test`, in their order: what is quick and fails most often comes first. */
export const STAGES = /** @type {const} */ ([
  'types',
  'lint',
  'format',
  'unit',
  'relay',
  'build',
  'browser',
  'e2e',
])

/** @typedef {typeof STAGES[number]} Stage */

/**
 * Reads the words after `npm test --`: names of stages choose those stages, any other word chooses
 * test files whose path contains it. `npm test -- browser rtc` runs the browser tests about rtc.
 *
 * @param {readonly string[]} words
 * @returns {{ stages: readonly Stage[], files: readonly string[] }}
 */
export function readChoice(words) {
  const named = STAGES.filter((stage) => words.includes(stage))
  const files = words.filter((word) => !named.some((stage) => stage === word))
  if (named.length === 0 && files.length > 0) {
    return { stages: ['unit', 'relay', 'browser', 'e2e'], files }
  }
  const stages = named.length === 0 ? STAGES : named
  // The pages of the e2e tests are the built app.
  const needsBuild = stages.includes('e2e') && !stages.includes('build')
  return {
    stages: needsBuild ? STAGES.filter((s) => s === 'build' || stages.includes(s)) : stages,
    files,
  }
}
