import { openArena } from './arena.ts'
import { ours, raw, stock, type Contender, type Transfer } from './contenders.ts'
import { median, table } from './figures.ts'

const MB = 1_000_000

export interface LanChoice {
  readonly rounds: number
  /** In bytes. */
  readonly length: number
  /** Only contenders whose names begin with one of these; all when empty. */
  readonly contenders: readonly string[]
  /** The `dist` folder of another build that takes part. */
  readonly before: string | null
  /** Whether to say which threads of the browsers took the processor's time. */
  readonly byThread: boolean
}

const RAW = raw('worker')
const CONTENDERS: readonly Contender[] = [
  RAW,
  ours('memory'),
  stock('memory'),
  ours('opfs'),
  stock('opfs'),
  raw('page'),
]
const BEFORE: readonly Contender[] = [ours('memory', 'before'), ours('opfs', 'before')]

/** How fast one of them is beside another, and how fast it should be. */
const GOALS: ReadonlyArray<readonly [name: string, reference: string, goal: number]> = [
  ['ours, memory', RAW.name, 0.85],
  ['ours, opfs', RAW.name, 0.7],
  ['ours, memory', 'stock, memory', 2],
  ['ours, opfs', 'stock, opfs', 2],
  ['ours, memory', 'before, memory', 1],
  ['ours, opfs', 'before, opfs', 1],
]

/** Threads that took less are not listed, in seconds. */
const LEAST_THREAD = 0.05

/** No task of the downloading page should be longer, in milliseconds. */
const LONGEST_TASK = 50

/**
 * Browser to browser on one machine. Everybody has a turn in each round, so that a noisy machine
 * is noisy for all; what counts is the median over the rounds of the ratio within a round.
 */
export async function benchLan(choice: LanChoice): Promise<object> {
  const { rounds, length, contenders, before, byThread } = choice
  const chosen = [...CONTENDERS, ...(before === null ? [] : BEFORE)].filter(
    ({ name }) => contenders.length === 0 || contenders.some((wanted) => name.startsWith(wanted)),
  )
  const seen = new Map<string, Transfer[]>(chosen.map(({ name }) => [name, []]))
  const arena = await openArena(before)
  const version = await arena.leecher.browser.version()
  try {
    for (let round = 0; round < rounds; round++) {
      for (const contender of turned(chosen, round)) {
        const label = `${contender.name} ${round}.bin`
        const transfer = await contender.run(arena, length, label)
        seen.get(contender.name)!.push(transfer)
        console.log(
          `round ${round + 1}  ${contender.name.padEnd(16)} ${perSecond(length, transfer)} MB/s`,
        )
      }
    }
  } finally {
    await arena.close()
  }

  const ratios = GOALS.flatMap(([name, reference, goal]) => {
    const [of, to] = [seen.get(name), seen.get(reference)]
    if (of === undefined || to === undefined) return []
    const each = of.map(({ seconds }, round) => to[round]!.seconds / seconds)
    return [{ name, reference, goal, ratio: median(each), each }]
  })
  console.log(`\n${transferTable(seen, length)}\n`)
  if (byThread) console.log(`${threadTable(seen)}\n`)
  if (ratios.length > 0) {
    console.log(
      table([
        ['ratio of rates', 'median', 'lowest', 'highest', 'goal'],
        ...ratios.map(({ name, reference, goal, ratio, each }) => [
          `${name} / ${reference}`,
          ...[ratio, Math.min(...each), Math.max(...each), goal].map((value) => value.toFixed(2)),
        ]),
      ]),
    )
  }
  return { browser: version, length, rounds, ratios, transfers: Object.fromEntries(seen) }
}

/** Another one begins each round: whoever comes after a pause has a cooler machine. */
function turned<Item>(items: readonly Item[], by: number): Item[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}

function transferTable(seen: ReadonlyMap<string, readonly Transfer[]>, length: number): string {
  return table([
    ['', 's', 'MB/s', 'CPU s', `tasks > ${LONGEST_TASK} ms`, 'longest'],
    ...[...seen].map(([name, transfers]) => {
      const seconds = median(transfers.map((transfer) => transfer.seconds))
      const processor = transfers.flatMap(({ processorSeconds }) => processorSeconds ?? [])
      const tasks = transfers.map(({ longTasks }) => longTasks)
      return [
        name,
        seconds.toFixed(2),
        (length / MB / seconds).toFixed(1),
        processor.length === 0 ? '–' : median(processor).toFixed(1),
        String(tasks.reduce((sum, { count }) => sum + count, 0)),
        `${Math.max(...tasks.map(({ longest }) => longest))} ms`,
      ]
    }),
  ])
}

function threadTable(seen: ReadonlyMap<string, readonly Transfer[]>): string {
  const names = [...seen.values()].flat().flatMap(({ threads }) => Object.keys(threads))
  const rows = [...new Set(names)].map((name) => ({
    name,
    seconds: [...seen.values()].map((all) => median(all.map(({ threads }) => threads[name] ?? 0))),
  }))
  const busy = rows
    .filter(({ seconds }) => Math.max(...seconds) >= LEAST_THREAD)
    .sort((a, b) => Math.max(...b.seconds) - Math.max(...a.seconds))
  return table([
    ['CPU s by thread', ...seen.keys()],
    ...busy.map(({ name, seconds }) => [name, ...seconds.map((value) => value.toFixed(2))]),
  ])
}

function perSecond(length: number, { seconds }: Transfer): string {
  return (length / MB / seconds).toFixed(1).padStart(6)
}
