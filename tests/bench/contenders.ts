import type { Page } from 'puppeteer-core'
import type { RawEnd } from '../pages/bench-raw.ts'
import type { StockStore } from '../pages/bench-stock.ts'
import { openApp } from '../support/app-page.ts'
import type { Arena } from './arena.ts'
import { seenLongTasks, watchLongTasks, type LongTasks } from './long-tasks.ts'
import { processorSeconds, processorSecondsByThread } from './processes.ts'

/** One way to bring bytes from one browser to another. */
export interface Contender {
  readonly name: string
  /** Moves `length` bytes once. Leaves nothing behind. `label` makes the torrent a new one. */
  run(arena: Arena, length: number, label: string): Promise<Transfer>
}

export interface Transfer {
  /** From `add` (or the offer), with the seeder there, until the last piece is hashed and stored. */
  readonly seconds: number
  /** Of both browsers with all their processes. */
  readonly processorSeconds: number | null
  /** The same by thread: `seeder renderer: DedicatedWorker`. */
  readonly threads: Readonly<Record<string, number>>
  /** Of the page that downloads. */
  readonly longTasks: LongTasks
}

/** One data channel from its offer on, 64 KiB messages, nothing hashed or stored: what there is to reach. */
export function raw(end: RawEnd): Contender {
  return {
    name: `raw, ${end === 'worker' ? 'in workers' : 'in pages'}`,
    async run(arena, length) {
      const url = `${arena.pages.origin}/bench-raw.html`
      const [from, to] = [await arena.seeder.newPage(url), await arena.leecher.newPage(url)]

      const transfer = await measure(arena, to, async () => {
        // As the others do, from nothing: finding each other is part of what a person waits for.
        const startedAt = performance.now()
        const offer = await from.evaluate((end) => window.raw.offer(end), end)
        const answer = await to.evaluate((offer, end) => window.raw.answer(offer, end), offer, end)
        await from.evaluate((answer) => window.raw.accept(answer), answer)
        const connecting = (performance.now() - startedAt) / 1000
        const received = to.evaluate((length) => window.raw.receive(length), length)
        await from.evaluate((length) => window.raw.send(length), length)
        return connecting + (await received)
      })

      await Promise.all([from.close(), to.close()])
      return transfer
    },
  }
}

/** The app as it is served, or its other build, with its interface on the screen. */
export function ours(storage: 'opfs' | 'memory', build: 'app' | 'before' = 'app'): Contender {
  return {
    name: `${build === 'app' ? 'ours' : 'before'}, ${storage}`,
    async run(arena, length, label) {
      const server = arena[build]
      if (server === null) throw new Error('there is no other build')
      const url = storage === 'memory' ? `${server.url}?storage=memory` : server.url
      const [from, to] = [await openApp(arena.seeder, url), await openApp(arena.leecher, url)]
      const { infoHash, magnet, sha256 } = await from.seedBytes(label, length)
      await from.until(infoHash, 'tracker-answered')

      const transfer = await measure(arena, to.page, async () => {
        const startedAt = await to.page.evaluate(async (magnet) => {
          const startedAt = Date.now()
          await window.chiral.add(magnet)
          return startedAt
        }, magnet)
        const { completedAt } = await to.until(infoHash, 'seeding')
        return ((completedAt ?? NaN) - startedAt) / 1000
      })

      if ((await to.sha256(infoHash, label)) !== sha256) throw new Error('other bytes arrived')
      for (const { page } of [from, to]) {
        await page.evaluate((hash) => window.chiral.remove(hash, { deleteData: true }), infoHash)
        await page.close()
      }
      return transfer
    },
  }
}

/** WebTorrent as npm ships it for pages. */
export function stock(store: StockStore): Contender {
  return {
    name: `stock, ${store}`,
    async run(arena, length, label) {
      const url = `${arena.pages.origin}/bench-stock.html`
      const [from, to] = [await arena.seeder.newPage(url), await arena.leecher.newPage(url)]
      const { tracker } = arena.app
      const seeded = await from.evaluate(
        (label, length, tracker, store) => window.benchStock.seed(label, length, tracker, store),
        label,
        length,
        tracker,
        store,
      )

      const transfer = await measure(arena, to, () =>
        to.evaluate(
          (magnet, tracker, store) => window.benchStock.download(magnet, tracker, store),
          seeded.magnet,
          tracker,
          store,
        ),
      )

      const sha256 = await to.evaluate(() => window.benchStock.sha256())
      if (sha256 !== seeded.sha256) throw new Error('other bytes arrived')
      for (const page of [from, to]) {
        await page.evaluate(() => window.benchStock.remove())
        await page.close()
      }
      return transfer
    },
  }
}

async function measure(
  { seeder, leecher }: Arena,
  page: Page,
  transfer: () => Promise<number>,
): Promise<Transfer> {
  const both = () => {
    const [ofSeeder, ofLeecher] = [processorSeconds(seeder), processorSeconds(leecher)]
    return ofSeeder === null || ofLeecher === null ? null : ofSeeder + ofLeecher
  }
  const threads = () =>
    Object.entries({ seeder, leecher }).flatMap(([side, browser]) =>
      [...processorSecondsByThread(browser)].map(
        ([name, seconds]) => [`${side} ${name}`, seconds] as const,
      ),
    )
  await page.bringToFront()
  await watchLongTasks(page)
  const [before, threadsBefore] = [both(), new Map(threads())]
  const seconds = await transfer()
  const after = both()
  return {
    seconds,
    processorSeconds: before === null || after === null ? null : after - before,
    threads: Object.fromEntries(
      threads().map(([name, seconds]) => [name, seconds - (threadsBefore.get(name) ?? 0)]),
    ),
    longTasks: await seenLongTasks(page),
  }
}
