import { openApp, type AppPage } from '../support/app-page.ts'
import { launchBrowser } from '../support/browsers.ts'
import { serveApp } from '../support/serve-app.ts'
import { median, table } from './figures.ts'

const MB = 1_000_000

/** A tab that nobody looks at should keep so much of its rate. */
const GOAL = 0.95

/** Which of the two tabs is hidden while the bytes go from one to the other. */
const ARRANGEMENTS = [
  { name: 'both in front', seeder: false, leecher: false },
  { name: 'receiver hidden', seeder: false, leecher: true },
  { name: 'both hidden', seeder: true, leecher: true },
] as const

/**
 * One download after another between two browsers that throttle hidden tabs as they do for
 * people, with the tabs in front and behind another in turns. What counts is the median over the
 * rounds of the ratio within a round.
 */
export async function benchHiddenTab(rounds: number, length: number): Promise<object> {
  const app = await serveApp()
  const seeder = await launchBrowser('chromium', { throttles: true })
  const leecher = await launchBrowser('chromium', { throttles: true })
  const seconds = new Map<string, number[]>(ARRANGEMENTS.map(({ name }) => [name, []]))
  try {
    const [from, to] = [await openApp(seeder, app.url), await openApp(leecher, app.url)]
    const covers = { seeder: await seeder.newPage(), leecher: await leecher.newPage() }
    for (let round = 0; round < rounds; round++) {
      for (const arrangement of turned(ARRANGEMENTS, round)) {
        await (arrangement.seeder ? covers.seeder : from.page).bringToFront()
        await (arrangement.leecher ? covers.leecher : to.page).bringToFront()
        await expectHidden(from, arrangement.seeder)
        await expectHidden(to, arrangement.leecher)
        const took = await transfer(from, to, `${arrangement.name} ${round}.bin`, length)
        seconds.get(arrangement.name)!.push(took)
        console.log(
          `round ${round + 1}  ${arrangement.name.padEnd(16)} ${(length / MB / took).toFixed(1)} MB/s`,
        )
      }
    }
  } finally {
    await Promise.all([seeder.close(), leecher.close()])
    await app.close()
  }

  const reference = seconds.get(ARRANGEMENTS[0].name)!
  const ratios = ARRANGEMENTS.slice(1).map(({ name }) => {
    const each = seconds.get(name)!.map((took, round) => reference[round]! / took)
    return { name, goal: GOAL, ratio: median(each), each }
  })
  console.log(
    `\n${table([
      ['of the rate in front', 'median', 'lowest', 'highest', 'goal'],
      ...ratios.map(({ name, ratio, each, goal }) => [
        name,
        ...[ratio, Math.min(...each), Math.max(...each), goal].map((value) => value.toFixed(2)),
      ]),
    ])}`,
  )
  return { rounds, length, ratios, seconds: Object.fromEntries(seconds) }
}

/** In seconds; leaves nothing behind. */
async function transfer(
  from: AppPage,
  to: AppPage,
  label: string,
  length: number,
): Promise<number> {
  const { infoHash, magnet, sha256 } = await from.seedBytes(label, length)
  await from.until(infoHash, 'tracker-answered')
  const startedAt = await to.page.evaluate(async (magnet) => {
    const startedAt = Date.now()
    await window.chiral.add(magnet)
    return startedAt
  }, magnet)
  const { completedAt } = await to.until(infoHash, 'seeding')
  if ((await to.sha256(infoHash, label)) !== sha256) throw new Error('other bytes arrived')
  for (const { page } of [from, to]) {
    await page.evaluate((hash) => window.chiral.remove(hash, { deleteData: true }), infoHash)
  }
  return ((completedAt ?? NaN) - startedAt) / 1000
}

async function expectHidden({ page }: AppPage, hidden: boolean): Promise<void> {
  const state = hidden ? 'hidden' : 'visible'
  await page.waitForFunction((state) => document.visibilityState === state, { polling: 50 }, state)
}

/** Another one begins each round: whoever comes after a pause has a cooler machine. */
function turned<Item>(items: readonly Item[], by: number): Item[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}
