import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { env, platform } from 'node:process'

/** @typedef {'chromium' | 'firefox'} BrowserName */
/** @typedef {{ name: BrowserName, executablePath: string }} FoundBrowser */

/** Where systems put the browsers we test; the first that exists is taken. */
const INSTALLED = {
  chromium: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  firefox: [
    '/usr/bin/firefox-esr',
    '/usr/bin/firefox',
    '/Applications/Firefox.app/Contents/MacOS/firefox',
  ],
}

/**
 * The browsers the tests can run in: named by `CHIRAL_CHROMIUM` and `CHIRAL_FIREFOX`, else
 * installed ones, else the Chromium that Playwright downloaded. (Playwright's Firefox is patched
 * and does not speak WebDriver BiDi, so it is not taken.) `CHIRAL_BROWSERS=firefox` narrows the
 * choice.
 *
 * A path in the environment that does not exist counts as no browser: falling back to another one
 * would test something nobody asked for.
 *
 * @returns {readonly FoundBrowser[]} Chromium first.
 */
export function findBrowsers() {
  const asked = env['CHIRAL_BROWSERS']?.split(',')
  const found = /** @type {readonly FoundBrowser[]} */ (
    [
      { name: 'chromium', executablePath: pathOf('chromium') },
      { name: 'firefox', executablePath: pathOf('firefox') },
    ].filter((browser) => browser.executablePath !== undefined)
  )
  return found.filter((browser) => asked?.includes(browser.name) ?? true)
}

/**
 * @param {BrowserName} name
 * @returns {string | undefined}
 */
function pathOf(name) {
  const named = env[`CHIRAL_${name.toUpperCase()}`]
  if (named) return existsSync(named) ? named : undefined
  return (
    INSTALLED[name].find((path) => existsSync(path)) ??
    (name === 'chromium' ? playwrightChromium() : undefined)
  )
}

/** The newest full Chromium in Playwright's cache. */
function playwrightChromium() {
  const cache =
    env['PLAYWRIGHT_BROWSERS_PATH'] ??
    join(homedir(), platform === 'darwin' ? 'Library/Caches' : '.cache', 'ms-playwright')
  if (!existsSync(cache)) return undefined
  return readdirSync(cache)
    .filter((folder) => /^chromium-\d+$/.test(folder))
    .sort((a, b) => Number(b.slice('chromium-'.length)) - Number(a.slice('chromium-'.length)))
    .flatMap((folder) => [
      join(cache, folder, 'chrome-linux', 'chrome'),
      join(cache, folder, 'chrome-linux64', 'chrome'),
      join(cache, folder, 'chrome-mac/Chromium.app/Contents/MacOS/Chromium'),
    ])
    .find((path) => existsSync(path))
}
