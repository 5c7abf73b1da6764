import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { canRunProject, FETCHED_NODE, nodePackage } from './node-version.mjs'
import { installTool, TOOLS } from './npm.mjs'
import { CannotGoOn, runQuietly } from './run.mjs'

/**
 * Makes sure that the rest of a script runs in a Node that can run the project. When the running
 * one is too old, another is installed through npm into `.tools/` (once), the script is run by it,
 * and this process ends as that one does.
 *
 * @throws {CannotGoOn} when no such Node can be had.
 */
export async function ensureNode() {
  if (canRunProject(process.versions.node)) {
    // Whatever is started from here, npm and its scripts too, shall find this Node first.
    process.env['PATH'] = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`
    return
  }

  const name = nodePackage(process.platform, process.arch)
  if (name === null) throw new CannotGoOn(`${tooOld()} Please install Node ${FETCHED_NODE}.`)

  const binary = join(
    TOOLS,
    'node_modules',
    name,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  )
  if (!existsSync(binary)) {
    console.log(`${tooOld()} Fetching Node ${FETCHED_NODE} from npm into .tools …`)
    await installTool(`${name}@${FETCHED_NODE}`)
  }
  const works = await runQuietly(binary, ['--version'])
  if (works.code !== 0 || !canRunProject(works.output.trim().replace(/^v/, ''))) {
    throw new CannotGoOn(
      `${tooOld()} The one fetched into .tools does not run here:\n${works.output.trim()}\n` +
        `Please install Node ${FETCHED_NODE}.`,
    )
  }
  await becomeChild(binary)
}

function tooOld() {
  return `This is Node ${process.versions.node}, the project needs 22.18 or later.`
}

/**
 * Runs this very command line in another Node and ends as it ends. Never returns.
 *
 * @param {string} binary
 * @returns {Promise<never>}
 */
function becomeChild(binary) {
  const child = spawn(binary, process.argv.slice(1), { stdio: 'inherit' })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // A terminal tells the whole group; passed on as well, Ctrl-C would count as pressed twice.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  return new Promise((_, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      process.exit(code ?? (signal === 'SIGINT' ? 130 : 1))
    })
  })
}
