import type { AppPage } from '../support/app-page.ts'
import { launchBrowser } from '../support/browsers.ts'
import { NO_TRACKER, openOverlayApp, reservedAt } from '../support/overlay-person.ts'
import { startOverlayRelay } from '../support/overlay-relay.ts'
import { serveApp } from '../support/serve-app.ts'
import { figuresTable } from './figures.ts'
import { firstPiece } from './first-piece.ts'

/** Length of what is looked for: a piece of it is verified soon after it was found. */
const LENGTH = 500_000

/** What is measured in each round, in ms, and in bytes through the relay. */
interface Round {
  readonly found: number
  readonly byTracker: number
  readonly relayBytes: number
  readonly lost: number
  readonly back: number
}

/**
 * How soon an info hash alone is a verified piece, by the overlay and by the tracker beside it, what
 * of that went through the relay, and how soon a relay that was away is used again.
 */
export async function benchOverlay(rounds: number): Promise<object> {
  const app = await serveApp()
  const relay = await startOverlayRelay()
  const browsers = [await launchBrowser('chromium'), await launchBrowser('chromium')]
  try {
    const [seeder, leecher] = await Promise.all(
      browsers.map((browser) => openOverlayApp(browser, app.url, [relay.origin])),
    )
    if (seeder === undefined || leecher === undefined) throw new Error('two were asked for')
    await Promise.all([seeder, leecher].map((page) => reservedAt(page, relay.peerId)))

    const seen: Round[] = []
    for (let round = 0; round < rounds; round++) {
      const alone = await seeder.seedBytes(`overlay-${round}.bin`, LENGTH + round, NO_TRACKER)
      const tracked = await seeder.seedBytes(`tracker-${round}.bin`, LENGTH + rounds + round)
      const before = relay.bytes()
      const found = await firstPiece(leecher, alone.infoHash, NO_TRACKER)
      const relayBytes = relay.bytes() - before
      // Policy cannot leave the overlay out, so this one may find the peer either way; it asks both.
      const byTracker = await firstPiece(leecher, tracked.magnet, {})

      const dies = performance.now()
      await relay.kill()
      await unreachable(leecher)
      const lost = performance.now() - dies
      await relay.revive()
      const revived = performance.now()
      await Promise.all([seeder, leecher].map((page) => reservedAt(page, relay.peerId)))
      seen.push({ found, byTracker, relayBytes, lost, back: performance.now() - revived })
    }

    console.log(figuresTable(LABELS, seen))
    return { browser: await browsers[0]!.browser.version(), rounds: seen }
  } finally {
    for (const browser of browsers) await browser.close()
    await relay.close()
    await app.close()
  }
}

const LABELS: Readonly<Record<keyof Round, string>> = {
  found: 'info hash alone → first verified piece, ms',
  byTracker: 'with the tracker beside it, ms',
  relayBytes: 'through the relay until then, bytes',
  lost: 'relay killed → the page knows, ms',
  back: 'relay back → both reserved, ms',
}

async function unreachable({ page }: AppPage): Promise<void> {
  await page.waitForFunction(
    async () =>
      !(await window.chiral.identity).addresses.some((text) => text.includes('p2p-circuit')),
    { polling: 20 },
  )
}
