import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { CannotGoOn, ROOT, runQuietly } from './run.mjs'

/** What the project fetches for itself beside its dependencies: a newer Node, a newer npm. */
export const TOOLS = join(ROOT, '.tools')

/** @typedef {{ command: string, args: readonly string[] }} Npm - How npm is called. */

/**
 * The npm that started us, else the one on the path.
 *
 * @returns {Npm}
 */
export function npmAtHand() {
  const started = process.env['npm_execpath']
  if (started?.endsWith('npm-cli.js')) return { command: process.execPath, args: [started] }
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: [] }
}

/**
 * A later npm than the one at hand, in `.tools/`.
 *
 * @returns {Promise<Npm>}
 */
export async function npmOfOurs() {
  await installTool('npm@11')
  return {
    command: process.execPath,
    args: [join(TOOLS, 'node_modules', 'npm', 'bin', 'npm-cli.js')],
  }
}

/**
 * Installs one package from the registry into `.tools/`, beside those already there.
 *
 * @param {string} spec
 */
export async function installTool(spec) {
  mkdirSync(TOOLS, { recursive: true })
  const npm = npmAtHand()
  const { code, output } = await runQuietly(
    npm.command,
    [
      ...npm.args,
      'install',
      '--prefix',
      TOOLS,
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      spec,
    ],
    { cwd: TOOLS },
  )
  if (code !== 0) throw new CannotGoOn(`npm could not install ${spec}:\n${output.trim()}`)
}
