import { openApp, type AppPage } from '../support/app-page.ts'
import { launchBrowser } from '../support/browsers.ts'
import { identityOf, NO_TRACKER, reservedAt } from '../support/overlay-person.ts'
import { serveApp } from '../support/serve-app.ts'
import { firstPiece } from './first-piece.ts'
import { figuresTable } from './figures.ts'

const LENGTH = 500_000
const PRIVATE = { policy: { name: 'private', sources: ['overlay', 'invite'] } } as const

/** What is measured in each round, in ms. */
interface Round {
  readonly open: number
  readonly invited: number
  readonly cut: number
}

/**
 * How soon an invite is a verified piece, beside an info hash of a public torrent in the same round,
 * and how soon who is removed has no wire any more.
 */
export async function benchPrivate(rounds: number): Promise<object> {
  const app = await serveApp()
  const browsers = [await launchBrowser('chromium'), await launchBrowser('chromium')]
  try {
    const [owner, guest] = await Promise.all(browsers.map((browser) => openApp(browser, app.url)))
    if (owner === undefined || guest === undefined) throw new Error('two were asked for')
    await Promise.all([owner, guest].map((page) => reservedAt(page, app.peerId)))
    const guestId = await identityOf(guest)

    const seen: Round[] = []
    for (let round = 0; round < rounds; round++) {
      const open = await owner.seedBytes(`open-${round}.bin`, LENGTH + round, NO_TRACKER)
      const closed = await owner.seedBytes(`closed-${round}.bin`, LENGTH + round, PRIVATE)
      const { infoHash } = closed
      const link = await owner.page.evaluate((hash) => window.chiral.invite(hash), infoHash)
      const openTook = await firstPiece(guest, open.infoHash, NO_TRACKER)
      const invited = await firstPiece(guest, link, {})
      await guest.until(infoHash, 'seeding')
      const alone = withoutPeers(guest, infoHash)
      const begun = performance.now()
      await owner.page.evaluate((hash, peer) => window.chiral.revoke(hash, peer), infoHash, guestId)
      await alone
      seen.push({ open: openTook, invited, cut: performance.now() - begun })
    }
    console.log(figuresTable(LABELS, seen))
    return { browser: await browsers[0]!.browser.version(), rounds: seen }
  } finally {
    for (const browser of browsers) await browser.close()
    await app.close()
  }
}

const LABELS: Readonly<Record<keyof Round, string>> = {
  open: 'info hash of a public torrent → first verified piece, ms',
  invited: 'invite → first verified piece, ms',
  cut: 'removed → no wire any more, ms',
}

function withoutPeers({ page }: AppPage, infoHash: string) {
  return page.waitForFunction(
    async (hash) => (await window.chiral.peers(hash)).length === 0,
    { polling: 20 },
    infoHash,
  )
}
