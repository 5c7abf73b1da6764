import './patience.ts'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../../relay/main.ts', import.meta.url))

export interface RelayProcess {
  readonly child: ChildProcess
  readonly output: { stdout: string; stderr: string }
  /** Resolves with the exit code, or with the signal that ended it. */
  readonly ended: Promise<number | string>
}

/** `node relay/main.ts` as an operator runs it, without the environment of the test runner. */
export function runRelay(...args: string[]): RelayProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'))
  })
  return { child, output, ended }
}

/** The same, with the port it printed. */
export async function runningRelay(...args: string[]): Promise<RelayProcess & { port: number }> {
  const key = args.includes('--data') ? [] : ['--ephemeral']
  const relay = runRelay('--port', '0', ...key, ...args)
  for (;;) {
    const port = /:(\d+)/.exec(relay.output.stdout)?.[1]
    if (port !== undefined && relay.output.stdout.includes('stops it')) {
      return { ...relay, port: Number(port) }
    }
    const sign = await Promise.race([once(relay.child.stdout!, 'data'), relay.ended])
    if (!Array.isArray(sign)) throw new Error(`the relay ended: ${relay.output.stderr}`)
  }
}
