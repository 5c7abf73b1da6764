import { existsSync } from 'node:fs'
import { findBrowsers } from './find-browsers.mjs'
import { runQuietly } from './run.mjs'

/** @typedef {import('./find-browsers.mjs').BrowserName} BrowserName */

/** Debian's names for them. */
const PACKAGES = { chromium: 'chromium', firefox: 'firefox-esr' }

/**
 * Makes sure that Chromium and Firefox are there, installing Debian's where that is possible.
 *
 * @returns {Promise<readonly string[]>} One sentence for each browser that is not, and why.
 */
export async function ensureBrowsers() {
  const installed = await installMissing()
  return missing().map((name) => {
    if (isLeftOut(name)) return `${name} was left out by CHIRAL_BROWSERS.`
    const named = `CHIRAL_${name.toUpperCase()}`
    if (process.env[named]) return `${name} is not at ${process.env[named]}, where ${named} says.`
    return `${name} was not found${installed}; install it or set ${named} to its path.`
  })
}

/** @returns {Promise<string>} What is to be said about the try, when it did not help. */
async function installMissing() {
  const packages = missing()
    .filter((name) => !isLeftOut(name) && !process.env[`CHIRAL_${name.toUpperCase()}`])
    .map((name) => PACKAGES[name])
  if (packages.length === 0) return ''
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return ''

  console.log(`Installing ${packages.join(' and ')} with apt-get …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await runQuietly('apt-get', ['update'], { env })
  // One by one: the one that can be had is used even if the other one cannot.
  let reason = ''
  for (const name of packages) {
    const { code, output } = await runQuietly(
      'apt-get',
      ['install', '--yes', '--no-install-recommends', name],
      { env },
    )
    if (code !== 0) reason = ` and apt-get could not install it (${lastLine(output)})`
  }
  return reason
}

/** @returns {BrowserName[]} */
function missing() {
  const found = findBrowsers().map(({ name }) => name)
  return /** @type {const} */ (['chromium', 'firefox']).filter((name) => !found.includes(name))
}

/** @param {BrowserName} name */
function isLeftOut(name) {
  const asked = process.env['CHIRAL_BROWSERS']
  return asked !== undefined && !asked.split(',').includes(name)
}

/** @param {string} output */
function lastLine(output) {
  return output.trim().split('\n').at(-1) ?? ''
}
