import type { Page } from 'puppeteer-core'
import { openApp } from '../support/app-page.ts'
import type { TestBrowser } from '../support/browsers.ts'
import { openArena } from './arena.ts'
import { slope, table } from './figures.ts'
import { ownMemory } from './processes.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30
const LOOK_INTERVAL = 1000 // milliseconds

/** While the first of it arrives, caches and the heap grow to their size. */
const WARM_UP = GIB / 4

interface Look {
  readonly haveBytes: number
  readonly leecher: { readonly page: number; readonly main: number }
  readonly seeder: { readonly page: number; readonly main: number }
}

/** One file that is larger than any tab's memory, and what it does to the tabs. */
export async function benchBigFile(length: number): Promise<object> {
  const arena = await openArena()
  try {
    const from = await openApp(arena.seeder, arena.app.url)
    const to = await openApp(arena.leecher, arena.app.url)

    console.log(`seeding ${(length / GIB).toFixed(2)} GiB …`)
    const seedStart = performance.now()
    const { infoHash, magnet } = await seedLargeFile(from.page, length)
    const seedSeconds = (performance.now() - seedStart) / 1000
    await from.until(infoHash, 'tracker-answered')

    const looks: Look[] = []
    const start = performance.now()
    await to.add(magnet)
    for (;;) {
      const snapshot = await to.snapshot(infoHash)
      const look = {
        haveBytes: snapshot?.haveBytes ?? 0,
        leecher: await ownMemory(arena.leecher),
        seeder: await ownMemory(arena.seeder),
      }
      looks.push(look)
      if (looks.length % 15 === 0) console.log(lineOf(look))
      if (snapshot?.phase.name === 'seeding') break
      if (snapshot?.phase.name === 'failed' || snapshot?.phase.name === 'paused') {
        throw new Error(`it stopped: ${JSON.stringify(snapshot)}`)
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL))
    }
    const seconds = (performance.now() - start) / 1000

    const sent = await rangeDigests(from.page, infoHash)
    const equal = JSON.stringify(sent) === JSON.stringify(await rangeDigests(to.page, infoHash))
    const growth = Object.fromEntries(
      (['leecher', 'seeder'] as const).flatMap((side) =>
        (['page', 'main'] as const).map((part) => [`${side} ${part}`, memoryOf(looks, side, part)]),
      ),
    )

    console.log(`\nseeded at ${(length / 1e6 / seedSeconds).toFixed(0)} MB/s`)
    console.log(`moved at ${(length / 1e6 / seconds).toFixed(1)} MB/s, ranges equal: ${equal}\n`)
    console.log(
      table([
        ['own memory, MiB', 'at start', 'most', 'at end', 'grows per GiB'],
        ...Object.entries(growth).map(([name, { first, most, last, perGiB }]) => [
          name,
          ...[first, most, last, perGiB].map((value) => value.toFixed(0)),
        ]),
      ]),
    )
    await removeAll([
      [arena.seeder, from.page],
      [arena.leecher, to.page],
    ])
    if (!equal) throw new Error('other bytes arrived')
    return { length, seedSeconds, seconds, equal, growth, looks }
  } finally {
    await arena.close()
  }
}

/** A file of repeated bytes, with a number before each repetition: no gigabytes in memory. */
function seedLargeFile(
  page: Page,
  length: number,
): Promise<{ readonly infoHash: string; readonly magnet: string }> {
  return page.evaluate(async (length) => {
    const repeated = new Uint8Array(16 * 2 ** 20)
    for (let at = 0; at < repeated.length; at += 65_536) {
      crypto.getRandomValues(repeated.subarray(at, at + 65_536))
    }
    const blob = new Blob([repeated])
    const parts: BlobPart[] = []
    for (let at = 0; at < length;) {
      const number = new Uint8Array(Math.min(8, length - at))
      number.set([parts.length & 0xff, parts.length >> 8].slice(0, number.length))
      const part = blob.slice(0, Math.min(blob.size, length - at - number.length))
      parts.push(number, part)
      at += number.length + part.size
    }
    const { infoHash, magnet } = await window.chiral.seed([new File(parts, 'large.bin')])
    return { infoHash, magnet }
  }, length)
}

function rangeDigests(page: Page, infoHash: string): Promise<readonly string[]> {
  return page.evaluate(async (infoHash) => {
    const file = await window.chiral.read(infoHash, 'large.bin')
    const digests: string[] = []
    for (const part of [0, 0.1, 0.333, 0.5, 0.777, 0.9, 1]) {
      const start = Math.floor(part * Math.max(0, file.size - 2 ** 22))
      const bytes = await file.slice(start, start + 2 ** 22).arrayBuffer()
      digests.push(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).join())
    }
    return digests
  }, infoHash)
}

function memoryOf(looks: readonly Look[], side: 'leecher' | 'seeder', part: 'page' | 'main') {
  const values = looks.map((look) => look[side][part])
  return {
    first: values[0] ?? 0,
    most: Math.max(...values),
    last: values.at(-1) ?? 0,
    perGiB: slope(
      looks
        .filter(({ haveBytes }) => haveBytes >= WARM_UP)
        .map((look) => [look.haveBytes / GIB, look[side][part]]),
    ),
  }
}

function lineOf({ haveBytes, leecher, seeder }: Look): string {
  const have = `${(haveBytes / MIB).toFixed(0)} MiB`.padStart(9)
  return `${have}  leecher ${leecher.page.toFixed(0)} MiB, seeder ${seeder.page.toFixed(0)} MiB`
}

async function removeAll(tabs: ReadonlyArray<readonly [TestBrowser, Page]>): Promise<void> {
  for (const [, page] of tabs) {
    await page.evaluate(async () => {
      for (const { infoHash } of window.chiral.list()) {
        await window.chiral.remove(infoHash, { deleteData: true })
      }
    })
  }
}
