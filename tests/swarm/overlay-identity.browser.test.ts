import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApp } from '../support/app-page.ts'
import { browsersUnderTest, launchBrowser } from '../support/browsers.ts'
import { startOverlayRelay, type OverlayRelay } from '../support/overlay-relay.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'
import { storedIdentity } from '../support/stored-identity.ts'

let app: AppServer
let relay: OverlayRelay

beforeAll(async () => {
  app = await serveApp()
  relay = await startOverlayRelay()
})

afterAll(async () => {
  await relay.close()
  await app.close()
})

const useRelay = (page: Page, relays: readonly string[]) =>
  page.evaluate((relays) => window.chiral.configure({ relays }), relays)

const identity = (page: Page) => page.evaluate(() => window.chiral.identity)

/** Resolves when the overlay reaches this page by way of the relay. */
const reserved = (page: Page, { peerId }: OverlayRelay) =>
  page.waitForFunction(
    async (peerId) =>
      (await window.chiral.identity).addresses.some((address) => address.includes(peerId)),
    { polling: 50 },
    peerId,
  )

test.each(browsersUnderTest)(
  '%s has one identity, and is reached by way of a relay',
  async (name) => {
    const browser = await launchBrowser(name)
    const { page } = await openApp(browser, app.url)
    const before = await identity(page)

    await useRelay(page, [relay.origin])
    await reserved(page, relay)
    const { peerId, addresses } = await identity(page)

    expect(peerId).toMatch(/^12D3KooW\w{44}$/)
    expect(peerId).toBe(before.peerId)
    expect(addresses).toContain(`${relay.multiaddr}/p2p-circuit/p2p/${peerId}`)
    expect(addresses).toContain(`${relay.multiaddr}/p2p-circuit/webrtc/p2p/${peerId}`)
    await browser.close()
  },
)

test('who hides where they are takes no WebRTC of strangers, and does again afterwards', async () => {
  const browser = await launchBrowser('chromium')
  const { page } = await openApp(browser, app.url)
  const configure = (hideAddress: boolean) =>
    page.evaluate((hideAddress) => window.chiral.configure({ hideAddress }), hideAddress)
  const until = (webRtc: boolean) =>
    page.waitForFunction(
      async (webRtc) => {
        const { addresses } = await window.chiral.identity
        const reached = addresses.some((address) => address.includes('/p2p-circuit/p2p/'))
        return reached && addresses.some((address) => address.includes('/webrtc')) === webRtc
      },
      { polling: 50, timeout: 60_000 },
      webRtc,
    )

  await useRelay(page, [relay.origin])
  await until(true)
  await configure(true)
  await until(false)
  await configure(false)
  await until(true)

  await browser.close()
})

test.each(browsersUnderTest)(
  '%s comes back as the same after a reload, and keeps no key in the open',
  async (name) => {
    const browser = await launchBrowser(name)
    const { page } = await openApp(browser, app.url)
    const { peerId } = await identity(page)

    await page.reload()
    await page.waitForFunction(() => typeof window.chiral === 'object')
    await page.evaluate(() => window.chiral.ready)
    const stored = await page.evaluate(storedIdentity)

    expect((await identity(page)).peerId).toBe(peerId)
    expect(stored.fields).toEqual(['createdAt', 'iv', 'key', 'name', 'sealed', 'version'])
    expect(stored.extractable).toBe(false)
    expect(stored.exported).toBe('InvalidAccessError')
    // With its tag of 16 bytes: a seed and nothing more, and that only sealed.
    expect(stored.sealedLength).toBe(32 + 16)
    expect(stored.opensTo).toBe(32)
    expect(stored.sealedIsPlain).toBe(false)
    await browser.close()
  },
)
