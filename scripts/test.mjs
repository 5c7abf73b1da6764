/**
 * `npm test`: everything, from a fresh clone, in real browsers. `npm test -- unit`, `npm test --
 * browser rtc` run a part. Each check that is not a run of vitest counts as one test.
 *
 * Environment: `CHIRAL_CHROMIUM`, `CHIRAL_FIREFOX` (paths), `CHIRAL_BROWSERS=firefox` (only
 * these), `CI=true` (a missing browser is a failure).
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildApp } from './lib/build-app.mjs'
import { ensureBrowsers } from './lib/ensure-browsers.mjs'
import { ensureDependencies } from './lib/ensure-dependencies.mjs'
import { ensureNode } from './lib/ensure-node.mjs'
import { unnoticedErrors } from './lib/planted-errors.mjs'
import { CannotGoOn, exitWith, ROOT, runAloud } from './lib/run.mjs'
import { readChoice } from './lib/test-choice.mjs'
import { closingLine, countsOf, sumOf } from './lib/test-results.mjs'

/** @typedef {import('./lib/test-results.mjs').Counts} Counts */
/** @typedef {import('./lib/test-choice.mjs').Stage} Stage */

/** A stage that hangs is ended, with its browsers, well before anyone gives up on the whole. */
const STAGE_LIMIT = 20 * 60_000 // milliseconds
const RESULTS = join(ROOT, '.cache', 'test-results')

try {
  process.chdir(ROOT)
  await ensureNode()
  await ensureDependencies()
  process.exitCode = (await runTests(readChoice(process.argv.slice(2)))) ? 0 : 1
} catch (thrown) {
  exitWith(thrown)
}

/**
 * @param {ReturnType<typeof readChoice>} choice
 * @returns {Promise<boolean>} Whether everything passed.
 */
async function runTests({ stages, files }) {
  mkdirSync(RESULTS, { recursive: true })
  const needsBrowsers = stages.includes('browser') || stages.includes('e2e')
  const notRun = needsBrowsers ? await ensureBrowsers() : []

  const lines = []
  const counts = []
  for (const stage of stages) {
    console.log(`\n── ${stage} ${'─'.repeat(72 - stage.length)}`)
    const start = performance.now()
    const result = await runStage(stage, files)
    const seconds = Math.round((performance.now() - start) / 1000)
    counts.push(result)
    lines.push(`${stage.padEnd(8)} ${closingLine(result)}, in ${seconds} s`)
  }
  // What was not run may be fine on a person's machine; in CI nobody would notice it missing.
  const [failed, skipped] = process.env['CI'] ? [notRun.length, 0] : [0, notRun.length]
  counts.push({ passed: 0, failed, skipped })

  const sum = sumOf(counts)
  if (sum.passed + sum.failed + sum.skipped === 0) {
    throw new CannotGoOn(`No test file has ${files.join(' or ')} in its path.`)
  }
  console.log(`\n${'─'.repeat(76)}`)
  for (const line of lines) console.log(line)
  for (const sentence of notRun) console.log(`Not run: ${sentence}`)
  console.log(closingLine(sum))
  return sum.failed === 0
}

/**
 * @param {Stage} stage
 * @param {readonly string[]} files
 * @returns {Promise<Counts>}
 */
async function runStage(stage, files) {
  switch (stage) {
    case 'types':
      return check(() => succeeds('typescript/bin/tsc', ['-b']))
    case 'lint':
      return check(async () => (await succeeds('eslint/bin/eslint.js', ['.'])) && linterIsAwake())
    case 'format':
      return check(() =>
        succeeds('prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']),
      )
    case 'build':
      return check(async () => {
        await buildApp({ onBuild: () => console.log('Building the app …') })
        return true
      })
    case 'unit':
    case 'relay':
    case 'browser':
    case 'e2e':
      return runVitest(stage, files)
  }
}

/**
 * @param {() => Promise<boolean>} passes
 * @returns {Promise<Counts>}
 */
async function check(passes) {
  try {
    if (await passes()) return { passed: 1, failed: 0, skipped: 0 }
  } catch (thrown) {
    console.error(thrown instanceof Error ? thrown.message : thrown)
  }
  return { passed: 0, failed: 1, skipped: 0 }
}

/**
 * @param {string} tool - Its file in `node_modules`.
 * @param {readonly string[]} args
 */
async function succeeds(tool, args) {
  const file = join(ROOT, 'node_modules', tool)
  const { code, timedOut } = await runAloud(process.execPath, [file, ...args], {
    limit: STAGE_LIMIT,
  })
  if (timedOut) console.error(`Ended after ${STAGE_LIMIT / 60_000} minutes.`)
  return code === 0
}

async function linterIsAwake() {
  const unnoticed = await unnoticedErrors()
  for (const sentence of unnoticed) console.error(sentence)
  return unnoticed.length === 0
}

/**
 * @param {'unit' | 'relay' | 'browser' | 'e2e'} project
 * @param {readonly string[]} files
 * @returns {Promise<Counts>}
 */
async function runVitest(project, files) {
  const report = join(RESULTS, `${project}.json`)
  rmSync(report, { force: true })
  const { code, timedOut } = await runAloud(
    process.execPath,
    [
      join(ROOT, 'node_modules/vitest/vitest.mjs'),
      'run',
      `--project=${project}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...(files.length > 0 ? ['--passWithNoTests', ...files] : []),
    ],
    { limit: STAGE_LIMIT },
  )
  if (timedOut) console.error(`Ended after ${STAGE_LIMIT / 60_000} minutes.`)
  return countsOf(readReport(report), code, { mayBeEmpty: files.length > 0 })
}

/**
 * @param {string} path
 * @returns {import('./lib/test-results.mjs').VitestReport | null}
 */
function readReport(path) {
  try {
    /** @type {unknown} */
    const report = JSON.parse(readFileSync(path, 'utf8'))
    return /** @type {import('./lib/test-results.mjs').VitestReport} */ (report) // vitest wrote it
  } catch {
    return null
  }
}
