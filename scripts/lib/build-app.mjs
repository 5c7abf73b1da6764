import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { env, execPath } from 'node:process'
import { digestOf, isFresh, writeStamp } from './build-stamp.mjs'
import { CannotGoOn, ROOT } from './run.mjs'
import { withLock } from './with-lock.mjs'

const CACHE = join(ROOT, '.cache', 'build')

/** What the built app depends on; the relay and the tests are not part of it. */
const SOURCES = [
  'src',
  'public',
  'index.html',
  'vite.config.ts',
  'package.json',
  'package-lock.json',
]

/**
 * Builds the app into `dist/` unless it is already there, built from these very sources. Safe to
 * call from several processes at once: one builds, the others wait.
 *
 * @param {{ force?: boolean, onBuild?: () => void }} [options] - `onBuild` is called when there is
 *   something to build, before it starts.
 * @throws {CannotGoOn} with what Vite printed, when the build fails.
 */
export async function buildApp({ force = false, onBuild = () => {} } = {}) {
  await buildWithVite({
    name: 'app',
    sources: SOURCES,
    product: join(ROOT, 'dist', 'index.html'),
    args: [],
    environment: {},
    force,
    onBuild,
  })
}

/**
 * Runs `vite build` in a process of its own, when its product is not fresh. Of its own, because a
 * test runner's `NODE_ENV` and `VITEST` would turn it into another build.
 *
 * @param {{
 *   name: string,
 *   sources: readonly string[],
 *   product: string,
 *   args: readonly string[],
 *   environment: Record<string, string>,
 *   force?: boolean,
 *   onBuild?: () => void,
 * }} build - `name` names lock and stamp; `product` is a file that every such build writes.
 * @throws {CannotGoOn} with what Vite printed, when the build fails.
 */
export async function buildWithVite({ name, sources, product, args, environment, force, onBuild }) {
  mkdirSync(CACHE, { recursive: true })
  const stamp = join(CACHE, `${name}.stamp`)

  if (!force && isFresh(stamp, digestOf(ROOT, sources), product)) return
  await withLock(join(CACHE, `${name}.lock`), async () => {
    // Taken before the build: a source edited meanwhile makes the product stale, not fresh.
    const digest = digestOf(ROOT, sources)
    if (!force && isFresh(stamp, digest, product)) return
    onBuild?.()
    await runVite(args, environment)
    writeStamp(stamp, digest, product)
  })
}

/**
 * @param {readonly string[]} args
 * @param {Record<string, string>} environment
 * @returns {Promise<void>}
 */
function runVite(args, environment) {
  const { NODE_ENV: _mode, VITEST: _runner, ...inherited } = env
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js')
  const child = spawn(execPath, [vite, 'build', '--logLevel', 'warn', ...args], {
    cwd: ROOT,
    env: { ...inherited, ...environment, ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (text) => (output += String(text)))
  child.stderr.on('data', (text) => (output += String(text)))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new CannotGoOn(`The build failed.\n\n${output.trim()}`))
    })
  })
}
