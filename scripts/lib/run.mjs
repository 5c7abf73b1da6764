import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The project's folder, with a slash at the end. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** An expected reason to stop, as a sentence for the person at the terminal. */
export class CannotGoOn extends Error {
  /** @override */
  name = 'CannotGoOn'
}

/**
 * Ends the process the way a command line tool should: one sentence for what was to be expected,
 * a stack for a bug.
 *
 * @param {unknown} thrown
 * @returns {never}
 */
export function exitWith(thrown) {
  console.error(thrown instanceof CannotGoOn ? thrown.message : thrown)
  process.exit(1)
}

/**
 * Runs a command and keeps what it prints.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ code: number, output: string }>} The code is 127 when there is no such command.
 */
export function runQuietly(command, args, { cwd = ROOT, env = process.env } = {}) {
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', (text) => (output += String(text)))
    child.stderr.on('data', (text) => (output += String(text)))
    child.on('error', (error) => resolve({ code: 127, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/**
 * Runs a command that prints to this terminal, and stops it with everything it started when it
 * takes longer than `limit`.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, limit: number }} options - `limit` in milliseconds.
 * @returns {Promise<{ code: number, timedOut: boolean }>}
 */
export function runAloud(command, args, { env = process.env, limit }) {
  return new Promise((resolve) => {
    // A group of its own, so that the browsers it started can be ended with it.
    const child = spawn(command, args, {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    })
    const kill = (/** @type {NodeJS.Signals} */ signal) => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal)
      } catch {
        // It ended by itself.
      }
    }
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      kill('SIGKILL')
    }, limit)
    const interrupt = () => {
      kill('SIGKILL')
      process.exit(130)
    }
    process.once('SIGINT', interrupt)
    process.once('SIGTERM', interrupt)

    const end = (/** @type {number} */ code) => {
      clearTimeout(timer)
      process.off('SIGINT', interrupt)
      process.off('SIGTERM', interrupt)
      resolve({ code, timedOut })
    }
    child.on('error', () => end(127))
    child.on('exit', (code) => end(code ?? 1))
  })
}
