import type { TorrentSnapshot } from '../../src/engine/model/torrent.ts'
import { MIB } from '../../src/engine/model/units.ts'
import { openApp } from '../support/app-page.ts'
import { launchBrowser } from '../support/browsers.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'
import { median, table } from './figures.ts'
import { plant, zeros, type Planted } from './planted.ts'

const MANY = 1000

/** From the navigation on, in milliseconds. */
interface Reopened {
  readonly running: number
  /** All torrents are in the list as seeds. */
  readonly seeding: number
  /** The first tracker answered: peers can come. */
  readonly announced: number
}

/** How soon a page seeds again what it had: one large torrent, a thousand small ones, none. */
export async function benchReopen(rounds: number): Promise<object> {
  const app = await serveApp()
  try {
    const seen = {
      none: await reopenOften(app, rounds, []),
      'one of 10 GiB': await reopenOften(app, rounds, [
        await zeros(app.tracker, 'large', 10 * 1024 * MIB),
      ]),
      [`${MANY} of 1 MiB`]: await reopenOften(app, rounds, await many(app)),
    }
    const of = (rounds: readonly Reopened[], pick: (one: Reopened) => number) =>
      rounds.length === 0 ? '–' : `${Math.round(median(rounds.map(pick)))} ms`
    console.log(
      table([
        ['from the navigation', 'running', 'all seeding', 'announced'],
        ...Object.entries(seen).map(([name, rounds]) => [
          name,
          of(rounds, ({ running }) => running),
          of(rounds, ({ seeding }) => seeding),
          of(rounds, ({ announced }) => announced),
        ]),
      ]),
    )
    return { rounds, seen }
  } finally {
    await app.close()
  }
}

async function reopenOften(
  app: AppServer,
  rounds: number,
  fixtures: readonly Planted[],
): Promise<readonly Reopened[]> {
  const browser = await launchBrowser('chromium')
  const { page } = await openApp(browser, app.url)
  const session = await page.createCDPSession()
  await session.send('Storage.overrideQuotaForOrigin', {
    origin: new URL(app.url).origin,
    quotaSize: 2 ** 40,
  })
  const seen: Reopened[] = []
  try {
    await page.goto(`${app.url}icon.svg`)
    for (const one of fixtures) await plant(page, one)
    for (let round = 0; round < rounds; round++) {
      await page.goto(app.url)
      await page.waitForFunction(() => typeof window.chiral === 'object', { polling: 50 })
      seen.push(await page.evaluate(measure, fixtures.length))
      await page.goto(`${app.url}icon.svg`)
    }
  } finally {
    await browser.close()
  }
  return seen
}

/** Runs in the page. Looks at what is told and at nothing else: a whole list is copied when asked for. */
async function measure(count: number): Promise<Reopened> {
  const seeds = new Set<string>()
  const seeding = Promise.withResolvers<number>()
  const announced = Promise.withResolvers<number>()
  const look = ({ infoHash, phase, swarm }: TorrentSnapshot) => {
    if (phase.name === 'seeding') seeds.add(infoHash)
    if (seeds.size === count) seeding.resolve(performance.now())
    if (swarm.trackersAnswered > 0) announced.resolve(performance.now())
  }
  if (count === 0) {
    seeding.resolve(performance.now())
    announced.resolve(0)
  }
  // A torrent's event carries its snapshot.
  const stop = window.chiral.on('torrent', (torrent) => look(torrent))
  for (const torrent of window.chiral.list()) look(torrent)
  const running = window.chiral.ready.then(() => performance.now())
  const times = {
    running: await running,
    seeding: await seeding.promise,
    announced: await announced.promise,
  }
  stop()
  return times
}

async function many(app: AppServer): Promise<readonly Planted[]> {
  return Promise.all(
    Array.from({ length: MANY }, (_, at) => zeros(app.tracker, `small ${at}`, MIB)),
  )
}
