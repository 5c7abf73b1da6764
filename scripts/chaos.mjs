/**
 * `npm run chaos`: everything a browser may do to us, many times over, in an order that the seed
 * gives. The same with less of it is part of `npm test`. Ends with 1 when anything was lost, or
 * anybody was told what is not so.
 *
 *   --only kills         SIGKILL in the middle of downloads
 *   --only corruptions   what is stored comes to harm behind the app's back
 *   --only full-disk     there is too little room
 *   --only tabs          tabs that come, go, crash and freeze while a download is under way
 *
 *   --times              how often: 200 kills, 1000 corruptions, 40 full disks, 500 steps of tabs
 *   --tabs 5             of `tabs`
 *   --seed 37
 *   --browser chromium   of `tabs`; the others want Chromium
 */
import { parseArgs } from 'node:util'
import { ensureBrowsers } from './lib/ensure-browsers.mjs'
import { ensureDependencies } from './lib/ensure-dependencies.mjs'
import { ensureNode } from './lib/ensure-node.mjs'
import { CannotGoOn, exitWith, ROOT } from './lib/run.mjs'

const TIMES = { kills: 200, corruptions: 1000, 'full-disk': 40, tabs: 500 }

/** @typedef {keyof typeof TIMES} Kind */

/** Fields of a report that must be nought. */
const NOUGHT = [
  'lies',
  'losses',
  'wrongFiles',
  'wrongBytesServed',
  'notStarted',
  'notHealed',
  'notResumed',
  'stoppedOtherwise',
]

try {
  process.chdir(ROOT)
  await ensureNode()
  await ensureDependencies()
  await ensureBrowsers()
  const choice = readChaosChoice()
  let well = true
  for (const kind of choice.kinds) {
    const startedAt = performance.now()
    const times = choice.times ?? TIMES[kind]
    well = (kind === 'tabs' ? await churn(choice, times) : await harm(kind, choice, times)) && well
    console.log(`${kind}: ${Math.round((performance.now() - startedAt) / 1000)} s`)
  }
  process.exitCode = well ? 0 : 1
} catch (thrown) {
  exitWith(thrown)
}

/**
 * @param {Exclude<Kind, 'tabs'>} kind
 * @param {{ readonly seed: number }} choice
 * @param {number} times
 * @returns {Promise<boolean>} Whether nothing was lost, and nothing said that is not so.
 */
async function harm(kind, { seed }, times) {
  const { serveApp } = await import('../tests/support/serve-app.ts')
  const app = await serveApp()
  try {
    /** @type {object} */
    const report = await harmOnce(kind, app, times, seed)
    console.log('')
    let harmed = 0
    for (const [name, value] of Object.entries(report)) {
      if (!Array.isArray(value)) console.log(`${name.padEnd(18)}${String(value)}`)
      if (NOUGHT.includes(name)) harmed += Number(value)
    }
    if (harmed > 0) console.log(JSON.stringify(report, null, 1))
    return harmed === 0
  } finally {
    await app.close()
  }
}

/**
 * @param {Exclude<Kind, 'tabs'>} kind
 * @param {import('../tests/support/serve-app.ts').AppServer} app
 * @param {number} times
 * @param {number} seed
 */
async function harmOnce(kind, app, times, seed) {
  switch (kind) {
    case 'kills': {
      const { killInTheMiddle } = await import('../tests/chaos/kills.ts')
      return killInTheMiddle(app, times, seed)
    }
    case 'corruptions': {
      const { corrupt } = await import('../tests/chaos/corruptions.ts')
      return corrupt(app, { corruptions: times, seed, peerEvery: 4 })
    }
    case 'full-disk': {
      const { fillTheDisk } = await import('../tests/chaos/full-disk.ts')
      return fillTheDisk(app, times, seed)
    }
  }
}

/**
 * @param {ReturnType<typeof readChaosChoice>} choice
 * @param {number} steps
 * @returns {Promise<boolean>} Whether nothing was lost, and no two engines met.
 */
async function churn({ browser, tabs, seed }, steps) {
  const { churnTabs, percentile } = await import('../tests/chaos/tab-churn.ts')
  const result = await churnTabs({ browser, tabs, steps, seed, log: (line) => console.log(line) })
  const { enginesAtOnce, engines, locked, intact, answeredIn } = result
  const [half, most] = [percentile(answeredIn, 0.5), percentile(answeredIn, 0.95)]
  console.log(`
seed ${seed}: ${tabs} tabs, ${steps} steps, ${engines} engines
engines at once   ${enginesAtOnce}
told of locks     ${locked}
files             ${intact ? 'as they were' : 'DAMAGED'}
all answered in   ${half.toFixed(0)} ms (half of the steps), ${most.toFixed(0)} ms (95 %)`)
  return enginesAtOnce === 1 && locked === 0 && intact
}

function readChaosChoice() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      times: { type: 'string' },
      tabs: { type: 'string', default: '5' },
      seed: { type: 'string', default: '37' },
      browser: { type: 'string', default: 'chromium' },
    },
  })
  const { only, browser } = values
  const all = /** @type {Kind[]} */ (Object.keys(TIMES))
  const kinds = only === undefined ? all : all.filter((kind) => kind === only)
  if (kinds.length === 0) throw new CannotGoOn(`--only takes ${all.join(', ')}.`)
  if (browser !== 'chromium' && browser !== 'firefox') {
    throw new CannotGoOn('--browser takes chromium or firefox.')
  }
  return {
    kinds,
    browser: /** @type {'chromium' | 'firefox'} */ (browser),
    times: values.times === undefined ? null : wholeNumber('--times', values.times),
    tabs: wholeNumber('--tabs', values.tabs),
    seed: wholeNumber('--seed', values.seed),
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
function wholeNumber(name, text) {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) {
    throw new CannotGoOn(`${name} takes a whole number above nought.`)
  }
  return number
}
