import { openApp, appPage, type AppPage } from './app-page.ts'
import type { TestBrowser } from './browsers.ts'

declare global {
  interface Window {
    /** While true, the connections of this page find no candidate: there is no direct path. */
    blocked?: boolean
  }
}

/** Nobody but the overlay is asked. */
export const NO_TRACKER = { trackers: [] }

/** The app, taking part in the overlay by way of these relays. */
export async function openOverlayApp(
  browser: TestBrowser,
  url: string,
  relays: readonly string[],
  { blocked = false }: { readonly blocked?: boolean } = {},
): Promise<AppPage> {
  const opened = blocked ? await openBlocked(browser, url) : await openApp(browser, url)
  await opened.page.evaluate((relays) => window.chiral.configure({ relays }), relays)
  return opened
}

/** Resolves when others reach the page by way of this relay, known by its peer id. */
export async function reservedAt({ page }: AppPage, relay: string): Promise<void> {
  await page.waitForFunction(
    async (relay) =>
      (await window.chiral.identity).addresses.some((address) =>
        address.includes(`/p2p/${relay}/p2p-circuit`),
      ),
    { polling: 50 },
    relay,
  )
}

export function identityOf({ page }: AppPage): Promise<string> {
  return page.evaluate(async () => (await window.chiral.identity).peerId)
}

async function openBlocked(browser: TestBrowser, url: string): Promise<AppPage> {
  const page = await browser.newPage()
  await page.evaluateOnNewDocument(() => {
    window.blocked = true
    // Candidates of TURN servers only, and there is none.
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(config?: RTCConfiguration) {
        super(window.blocked === true ? { ...config, iceTransportPolicy: 'relay' } : config)
      }
    }
  })
  await page.goto(url)
  await page.waitForFunction(() => typeof window.chiral === 'object')
  await page.evaluate(() => window.chiral.ready)
  return appPage(page)
}
