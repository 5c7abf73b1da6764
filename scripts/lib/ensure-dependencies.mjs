import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf } from './build-stamp.mjs'
import { npmAtHand, npmOfOurs } from './npm.mjs'
import { CannotGoOn, ROOT, runQuietly } from './run.mjs'
import { withLock } from './with-lock.mjs'

const STAMP = join(ROOT, 'node_modules', '.chiral-lockfile')

/** Packages whose binaries come as optional packages; npm 10 has been seen to leave those out. */
const NATIVE = ['rolldown', 'node-datachannel']

/**
 * Installs what the lockfile says, unless that is what is installed.
 *
 * @throws {CannotGoOn} with what npm printed, when it cannot be installed.
 */
export async function ensureDependencies() {
  if (areInstalled()) return
  mkdirSync(join(ROOT, '.cache'), { recursive: true })
  await withLock(join(ROOT, '.cache', 'install.lock'), async () => {
    if (areInstalled()) return
    console.log('Installing dependencies (once; about a minute) …')

    const trouble = await install(npmAtHand())
    if (trouble !== null) {
      console.log('That did not work; trying again with a newer npm …')
      const stillTrouble = await npmOfOurs().then(install, () => trouble)
      if (stillTrouble !== null) {
        throw new CannotGoOn(`The dependencies could not be installed.\n${stillTrouble}`)
      }
    }
    writeFileSync(STAMP, digestOf(ROOT, ['package-lock.json']))
  })
}

function areInstalled() {
  const stamped = readIfThere(STAMP)
  const lockfile = statSync(join(ROOT, 'package-lock.json'))
  // npm writes this one last. It is newer than the lockfile when a person ran npm by hand.
  const installed = statSync(join(ROOT, 'node_modules', '.package-lock.json'), {
    throwIfNoEntry: false,
  })
  return isInstalled({
    stamped,
    digest: digestOf(ROOT, ['package-lock.json']),
    lockfileTime: lockfile.mtimeMs,
    installedTime: installed?.mtimeMs ?? null,
  })
}

/**
 * Whether `node_modules` holds what the lockfile says.
 *
 * @param {{
 *   stamped: string | null,
 *   digest: string,
 *   lockfileTime: number,
 *   installedTime: number | null,
 * }} facts - The digest of the lockfile at our last install and now; when the lockfile was written,
 *   and when npm last finished an install (milliseconds; `null` for never).
 */
export function isInstalled({ stamped, digest, lockfileTime, installedTime }) {
  if (installedTime === null) return false
  return stamped === digest || installedTime >= lockfileTime
}

/**
 * @param {import('./npm.mjs').Npm} npm
 * @returns {Promise<string | null>} What went wrong.
 */
async function install(npm) {
  const args = [
    'ci',
    // NODE_ENV=production and a person's own settings must not leave the build tools out.
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  const installed = await runQuietly(npm.command, [...npm.args, ...args])
  if (installed.code !== 0) return installed.output.trim()

  const loaded = await runQuietly(process.execPath, [
    '--input-type=module',
    '--eval',
    NATIVE.map((name) => `await import('${name}')`).join('\n'),
  ])
  return loaded.code === 0 ? null : loaded.output.trim()
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
