import type { Page } from 'puppeteer-core'
import { appPage, openApp, type AppPage } from '../support/app-page.ts'
import { launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { serveApp } from '../support/serve-app.ts'
import { median, table } from './figures.ts'

const MB = 1_000_000

/** Fast enough that bytes come all the time, slow enough that they still do at the end of a round. */
const RATE = 5 * MB

/** How the tab with the engine goes. */
const WAYS = ['closed', 'crashed', 'frozen'] as const
type Way = (typeof WAYS)[number]

/** From the moment the tab went, in milliseconds. */
interface HandOver {
  readonly way: Way
  /** The other tab has a running engine, with its list. */
  readonly running: number
  /** Its transfer has its first verified piece that the last engine had not. */
  readonly moving: number
}

declare global {
  /** When what happened in this page, in milliseconds since 1970. */
  var handOver: Promise<{ readonly running: number; readonly moving: number }>
}

/**
 * Two tabs of one origin, a download under way, and the tab with the engine goes. How long until
 * the other one has an engine, and until the download moves again.
 */
export async function benchHandOver(rounds: number): Promise<object> {
  const app = await serveApp()
  const [seeder, leecher] = [await launchBrowser('chromium'), await launchBrowser('chromium')]
  const seen: HandOver[] = []
  try {
    const from = await openApp(seeder, app.url)
    await from.page.evaluate((upLimit) => window.chiral.configure({ upLimit }), RATE)
    for (let round = 0; round < rounds; round++) {
      for (const way of WAYS) {
        const handOver = await handOverOnce(from, leecher, app.url, way, round)
        seen.push(handOver)
        console.log(
          `round ${round + 1}  ${way.padEnd(8)} running ${handOver.running} ms, moving ${handOver.moving} ms`,
        )
      }
    }
  } finally {
    await Promise.all([seeder.close(), leecher.close()])
    await app.close()
  }

  const rows = WAYS.map((way) => {
    const those = seen.filter((one) => one.way === way)
    const cells = (times: readonly number[]) => [median(times), Math.max(...times)].map(inMillis)
    return [
      way,
      ...cells(those.map(({ running }) => running)),
      ...cells(those.map(({ moving }) => moving)),
    ]
  })
  console.log(
    `\n${table([['the other tab was', 'running', 'slowest', 'moving', 'slowest'], ...rows])}`,
  )
  return { rounds, seen }
}

async function handOverOnce(
  from: AppPage,
  leecher: TestBrowser,
  url: string,
  way: Way,
  round: number,
): Promise<HandOver> {
  const name = `${way} ${round}.bin`
  const { infoHash, magnet } = await from.seedBytes(name, 20 * RATE)
  await from.until(infoHash, 'tracker-answered')
  const holder = await openApp(leecher, url)
  const other = await openApp(leecher, url)
  await other.add(magnet)
  await other.until(infoHash, 'has-pieces')
  await watch(other.page, infoHash)

  const goneAt = Date.now()
  await sendAway(holder.page, way)
  const { running, moving } = await other.page.evaluate(() => handOver)

  if (way === 'crashed') await holder.page.close().catch(() => undefined)
  else if (way === 'frozen') await holder.close()
  await appPage(other.page).page.evaluate(
    (infoHash) => window.chiral.remove(infoHash, { deleteData: true }),
    infoHash,
  )
  await other.close()
  await from.page.evaluate(
    (infoHash) => window.chiral.remove(infoHash, { deleteData: true }),
    infoHash,
  )
  return { way, running: running - goneAt, moving: moving - goneAt }
}

async function watch(page: Page, infoHash: string): Promise<void> {
  await page.evaluate((infoHash) => {
    globalThis.handOver = new Promise((resolve) => {
      let had = 0
      let left = false
      let running = NaN
      window.chiral.on('engine', ({ name }) => {
        if (name !== 'running') left = true
        else if (left) running = Date.now()
      })
      window.chiral.on('torrent', (torrent) => {
        if (torrent.infoHash !== infoHash) return
        if (Number.isNaN(running)) had = Math.max(had, torrent.havePieces)
        else if (torrent.havePieces > had && torrent.phase.name === 'downloading')
          resolve({ running, moving: Date.now() })
      })
    })
  }, infoHash)
}

async function sendAway(page: Page, way: Way): Promise<void> {
  if (way === 'closed') return page.close()
  const session = await page.createCDPSession()
  if (way === 'frozen') {
    await session.send('Page.setWebLifecycleState', { state: 'frozen' })
    return
  }
  // Never answered: the page that would is gone.
  session.send('Page.crash').catch(() => undefined)
}

function inMillis(time: number): string {
  return `${time.toFixed(0)} ms`
}
