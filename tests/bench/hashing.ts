import { openApp } from '../support/app-page.ts'
import { openArena } from './arena.ts'
import { median, table } from './figures.ts'

const MB = 1_000_000

/**
 * How fast a file becomes a torrent: hashed and described in a worker of its own, and seeded by the
 * app, which copies it to where it survives a reload as well.
 */
export async function benchHashing(length: number, rounds: number): Promise<object> {
  const arena = await openArena()
  const hashed: number[] = []
  const seeded: number[] = []
  try {
    const page = await arena.seeder.newPage(`${arena.pages.origin}/bench-hash.html`)
    const app = await openApp(arena.leecher, arena.app.url)
    for (let round = 0; round < rounds; round++) {
      hashed.push(await page.evaluate((length) => window.benchHash(length), length))
      seeded.push(
        await app.page.evaluate(
          async (length, round) => {
            const bytes = new Uint8Array(16 * 2 ** 20).map((_, at) => at * 7 + (at >> 9) + round)
            const part = new Blob([bytes])
            const parts: BlobPart[] = []
            for (let at = 0; at < length; at += part.size) {
              parts.push(part.slice(0, Math.min(part.size, length - at)))
            }
            const file = new File(parts, `seeded ${round}.bin`)
            const start = performance.now()
            const { infoHash } = await window.chiral.seed([file], { trackers: [] })
            const seconds = (performance.now() - start) / 1000
            await window.chiral.remove(infoHash, { deleteData: true })
            return seconds
          },
          length,
          round,
        ),
      )
    }
  } finally {
    await arena.close()
  }

  const rate = (seconds: readonly number[]) => (length / MB / median(seconds)).toFixed(0)
  console.log(
    table([
      ['', 'MB/s', 'goal'],
      ['hash and describe', rate(hashed), '400'],
      ['seed in the app, with its copy', rate(seeded), ''],
    ]),
  )
  return { length, rounds, hashed, seeded }
}
