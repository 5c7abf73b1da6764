import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AppPage } from '../support/app-page.ts'
import { launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { identityOf, openOverlayApp, reservedAt } from '../support/overlay-person.ts'
import { startOverlayRelay, type OverlayRelay } from '../support/overlay-relay.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

const ASK = { jobId: 'album', variantId: 'flac', contentId: 'mb:1', reason: 'no other way' }
const SOURCE = 'ab'.repeat(20)

let app: AppServer
let relay: OverlayRelay
const browsers: TestBrowser[] = []

beforeAll(async () => {
  app = await serveApp()
  relay = await startOverlayRelay()
})

afterAll(async () => {
  for (const browser of browsers) await browser.close()
  await relay.close()
  await app.close()
})

async function person(): Promise<AppPage> {
  const browser = await launchBrowser('chromium')
  browsers.push(browser)
  const opened = await openOverlayApp(browser, app.url, [relay.origin])
  await reservedAt(opened, relay.peerId)
  return opened
}

const ask = ({ page }: AppPage, peerId: string, change: Partial<typeof ASK> = {}) =>
  page.evaluate(
    (peerId, request) => window.chiral.backend.requestBtFallback(peerId, request),
    peerId,
    { ...ASK, ...change },
  )

const offer = ({ page }: AppPage, to: readonly string[]) =>
  page.evaluate(
    (to, source) =>
      window.chiral.backend.offerJob(
        { id: 'album', contentId: 'mb:1', variants: [{ id: 'flac', source }] },
        to,
      ),
    to,
    SOURCE,
  )

test('a page asks another for a job over the overlay, and is told no more than it may know', async () => {
  const giver = await person()
  const asker = await person()
  const at = await identityOf(giver)

  const nothingOffered = await ask(asker, at)
  await offer(giver, [])
  const stranger = await ask(asker, at)
  await offer(giver, [await identityOf(asker)])
  const missing = await ask(asker, at, { jobId: '' })
  const unknown = await ask(asker, at, { variantId: 'mp3' })

  expect(await giver.page.evaluate(() => window.chiral.backend.isSupported())).toBe(true)
  expect(nothingOffered).toEqual({ accepted: false, reason: 'backend-disabled' })
  expect(stranger).toEqual({ accepted: false, reason: 'security-denied' })
  expect(missing).toEqual({ accepted: false, reason: 'missing-job-id-or-variant-id' })
  expect(unknown).toEqual({ accepted: false, reason: 'unknown-job-or-variant' })
  // Nobody was prepared for.
  expect(await giver.page.evaluate(() => window.chiral.list())).toEqual([])
})
