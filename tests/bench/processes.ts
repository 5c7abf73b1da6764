import { readdirSync, readFileSync } from 'node:fs'
import type { TestBrowser } from '../support/browsers.ts'

/** The kernel's unit of processor time in `/proc` (USER_HZ), the same on every Linux we may meet. */
const TICKS_PER_SECOND = 100

/**
 * Processor time that a browser and all its processes have used, in seconds; null where there is
 * no `/proc`. On a busy machine it says more than the clock. Time of processes that ended between
 * two looks is lost.
 */
export function processorSeconds({ pid }: TestBrowser): number | null {
  const processes = listProcesses()
  if (processes === null) return null
  const family = new Set([pid])
  for (let size = 0; size < family.size;) {
    size = family.size
    for (const process of processes) if (family.has(process.parent)) family.add(process.pid)
  }
  let ticks = 0
  for (const process of processes) if (family.has(process.pid)) ticks += process.ticks
  return ticks / TICKS_PER_SECOND
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

function anonMiB(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024
  } catch {
    return 0 // it ended meanwhile, or there is no /proc
  }
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly ticks: number
}

function listProcesses(): readonly Process[] | null {
  let names: string[]
  try {
    names = readdirSync('/proc')
  } catch {
    return null
  }
  return names
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        // The name of the command is in brackets and may hold anything (proc(5)).
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number)
        return [{ pid: Number(name), parent: parent!, ticks: user! + system! }]
      } catch {
        return [] // it ended meanwhile
      }
    })
}
