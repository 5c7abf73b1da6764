/**
 * `npm run chaos`: everything a browser may do to us, many times over, in an order that the seed
 * gives. The same with less of it is part of `npm test`. Ends with 1 when anything was lost.
 *
 *   --only tabs      tabs that come, go, crash and freeze while a download is under way
 *   --tabs 5
 *   --steps 500
 *   --seed 37
 *   --browser chromium
 *
 * Wants Chromium, or the browser that is named.
 */
import { parseArgs } from 'node:util'
import { ensureBrowsers } from './lib/ensure-browsers.mjs'
import { ensureDependencies } from './lib/ensure-dependencies.mjs'
import { ensureNode } from './lib/ensure-node.mjs'
import { CannotGoOn, exitWith, ROOT } from './lib/run.mjs'

const KINDS = /** @type {const} */ (['tabs'])

try {
  process.chdir(ROOT)
  await ensureNode()
  await ensureDependencies()
  await ensureBrowsers()
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      tabs: { type: 'string', default: '5' },
      steps: { type: 'string', default: '500' },
      seed: { type: 'string', default: '37' },
      browser: { type: 'string', default: 'chromium' },
    },
  })
  const kinds = values.only === undefined ? KINDS : KINDS.filter((kind) => kind === values.only)
  if (kinds.length === 0) throw new CannotGoOn(`--only takes ${KINDS.join(', ')}.`)
  if (values.browser !== 'chromium' && values.browser !== 'firefox') {
    throw new CannotGoOn('--browser takes chromium or firefox.')
  }
  const well = await churn({
    browser: values.browser,
    tabs: Number(values.tabs),
    steps: Number(values.steps),
    seed: Number(values.seed),
  })
  process.exitCode = well ? 0 : 1
} catch (thrown) {
  exitWith(thrown)
}

/**
 * @param {import('../tests/chaos/tab-churn.ts').ChurnChoice} choice
 * @returns {Promise<boolean>} Whether nothing was lost, and no two engines met.
 */
async function churn(choice) {
  const { churnTabs, percentile } = await import('../tests/chaos/tab-churn.ts')
  const result = await churnTabs({ ...choice, log: (line) => console.log(line) })
  const { enginesAtOnce, engines, locked, intact, answeredIn } = result
  const [half, most] = [percentile(answeredIn, 0.5), percentile(answeredIn, 0.95)]
  console.log(`
seed ${choice.seed}: ${choice.tabs} tabs, ${choice.steps} steps, ${engines} engines
engines at once   ${enginesAtOnce}
told of locks     ${locked}
files             ${intact ? 'as they were' : 'DAMAGED'}
all answered in   ${half.toFixed(0)} ms (half of the steps), ${most.toFixed(0)} ms (95 %)`)
  return enginesAtOnce === 1 && locked === 0 && intact
}
