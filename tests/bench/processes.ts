import { readdirSync, readFileSync } from 'node:fs'
import type { TestBrowser } from '../support/browsers.ts'

/** The kernel's unit of processor time in `/proc` (USER_HZ), the same on every Linux we may meet. */
const TICKS_PER_SECOND = 100

/**
 * Processor time that a browser and all its processes have used, in seconds; null where there is
 * no `/proc`. On a busy machine it says more than the clock. Time of processes that ended between
 * two looks is lost.
 */
export function processorSeconds(browser: TestBrowser): number | null {
  const family = familyOf(browser.pid)
  if (family === null) return null
  return family.reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_PER_SECOND
}

/**
 * Processor time of every kind of thread of a browser, in seconds, by its name: `DedicatedWorker`,
 * `Compositor`. The main thread of a process is called after the process. Empty without `/proc`.
 */
export function processorSecondsByThread({ pid }: TestBrowser): ReadonlyMap<string, number> {
  const seconds = new Map<string, number>()
  for (const { pid: owner } of familyOf(pid) ?? []) {
    const kind = /--type=([\w-]+)/.exec(readOrEmpty(`/proc/${owner}/cmdline`))?.[1] ?? 'browser'
    for (const { pid: thread, name, ticks } of listProcesses(`/proc/${owner}/task`) ?? []) {
      const label = `${kind}: ${thread === owner ? 'main' : name.replace(/[\d/#]+$/, '')}`
      seconds.set(label, (seconds.get(label) ?? 0) + ticks / TICKS_PER_SECOND)
    }
  }
  return seconds
}

/**
 * Memory of its own, in MiB, that the largest page of a browser and the browser's main process
 * hold: `RssAnon`, without what is mapped from files.
 */
export async function ownMemory(browser: TestBrowser): Promise<{ page: number; main: number }> {
  const session = await browser.browser.target().createCDPSession()
  try {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    const pages = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => anonMiB(id))
    return { page: Math.max(0, ...pages), main: anonMiB(browser.pid) }
  } finally {
    await session.detach()
  }
}

/** The same of all processes of a browser together, whichever it is; 0 where there is no `/proc`. */
export function allMemory({ pid }: TestBrowser): number {
  return (familyOf(pid) ?? []).reduce((sum, { pid }) => sum + anonMiB(pid), 0)
}

function anonMiB(pid: number): number {
  const status = readOrEmpty(`/proc/${pid}/status`)
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly name: string
  readonly ticks: number
}

/** A process and all that it started; null where there is no `/proc`. */
function familyOf(pid: number): readonly Process[] | null {
  const processes = listProcesses('/proc')
  if (processes === null) return null
  const family = new Set([pid])
  for (let size = 0; size < family.size;) {
    size = family.size
    for (const process of processes) if (family.has(process.parent)) family.add(process.pid)
  }
  return processes.filter((process) => family.has(process.pid))
}

function listProcesses(folder: string): readonly Process[] | null {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    return null
  }
  return names
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = readOrEmpty(`${folder}/${name}/stat`)
      if (stat === '') return []
      // The name of the command is in brackets and may hold anything (proc(5)).
      const nameEnd = stat.lastIndexOf(')')
      const fields = stat.slice(nameEnd + 2).split(' ')
      const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number)
      return [
        {
          pid: Number(name),
          parent: parent!,
          name: stat.slice(stat.indexOf('(') + 1, nameEnd),
          ticks: user! + system!,
        },
      ]
    })
}

/** Empty when the process ended meanwhile. */
function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
