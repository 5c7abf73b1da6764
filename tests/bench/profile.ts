import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join } from 'node:path'
import type { CDPSession, Page, Protocol } from 'puppeteer-core'
import { openApp } from '../support/app-page.ts'
import { openArena } from './arena.ts'
import { table } from './figures.ts'

const SAMPLING_INTERVAL = 250 // microseconds
const ROWS = 30

/** Where the time of the engine's thread goes, at both ends of one download. */
export async function profileDownload(length: number, storage: 'opfs' | 'memory'): Promise<object> {
  const arena = await openArena()
  try {
    const url = storage === 'memory' ? `${arena.app.url}?storage=memory` : arena.app.url
    const [from, to] = [await openApp(arena.seeder, url), await openApp(arena.leecher, url)]
    const { infoHash, magnet } = await from.seedBytes('profiled.bin', length)
    await from.until(infoHash, 'tracker-answered')

    const profilers = [await startProfiler(from.page), await startProfiler(to.page)] as const
    await to.add(magnet)
    await to.until(infoHash, 'seeding')
    const [seeder, leecher] = [await profilers[0].stop(), await profilers[1].stop()]

    for (const page of [from.page, to.page]) {
      await page.evaluate((hash) => window.chiral.remove(hash, { deleteData: true }), infoHash)
    }
    for (const [name, spent] of [
      ['seeder', seeder],
      ['leecher', leecher],
    ] as const) {
      console.log(`\n${name}: engine's thread\n${spentTable(spent)}`)
    }
    return { length, storage, seeder, leecher }
  } finally {
    await arena.close()
  }
}

/** Milliseconds by function, its own time without that of what it calls. */
type Spent = ReadonlyArray<readonly [name: string, milliseconds: number]>

async function startProfiler(page: Page): Promise<{ stop(): Promise<Spent> }> {
  const worker = page.workers().find((worker) => worker.url().includes('engine'))
  if (worker === undefined) throw new Error('the page has no engine')
  const session: CDPSession = worker.client
  await session.send('Profiler.enable')
  await session.send('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL })
  await session.send('Profiler.start')
  return {
    async stop() {
      const { profile } = await session.send('Profiler.stop')
      return spentBy(profile)
    },
  }
}

function spentBy({ nodes, samples, timeDeltas }: Protocol.Profiler.Profile): Spent {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const spent = new Map<string, number>()
  samples?.forEach((id, at) => {
    const name = names.get(id) ?? '?'
    spent.set(name, (spent.get(name) ?? 0) + (timeDeltas?.[at] ?? 0) / 1000)
  })
  return [...spent].sort(([, a], [, b]) => b - a)
}

const maps = new Map<string, SourceMap | null>()

function nameOf({ functionName, url, lineNumber, columnNumber }: Protocol.Runtime.CallFrame) {
  if (url === '') return functionName || '(anonymous)'
  const entry = mapOf(url)?.findEntry(lineNumber, columnNumber)
  if (entry === undefined || !('originalSource' in entry)) return functionName || '(anonymous)'
  const source = entry.originalSource.replace(/^.*node_modules\//, '').replace(/^.*\/src\//, 'src/')
  return `${functionName || '(anonymous)'} ${source}:${entry.originalLine + 1}`
}

/** Of the app as it was built last. */
function mapOf(url: string): SourceMap | null {
  const known = maps.get(url)
  if (known !== undefined) return known
  const file = join(import.meta.dirname, '../../dist', `${new URL(url).pathname}.map`)
  const map = existsSync(file)
    ? // What Vite wrote.
      new SourceMap(
        JSON.parse(readFileSync(file, 'utf8')) as ConstructorParameters<typeof SourceMap>[0],
      )
    : null
  maps.set(url, map)
  return map
}

function spentTable(spent: Spent): string {
  const busy = spent
    .filter(([name]) => name !== '(idle)')
    .reduce((sum, [, milliseconds]) => sum + milliseconds, 0)
  const all = spent.reduce((sum, [, milliseconds]) => sum + milliseconds, 0)
  const percent = (part: number) => `${((100 * part) / all).toFixed(1)} %`
  return table([
    ['of all its time', 'ms', 'share'],
    ['(all but idle)', busy.toFixed(0), percent(busy)],
    ...spent
      .slice(0, ROWS)
      .map(([name, milliseconds]) => [name, milliseconds.toFixed(0), percent(milliseconds)]),
  ])
}
