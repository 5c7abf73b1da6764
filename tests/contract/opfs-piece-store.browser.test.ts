import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  browsersUnderTest,
  launchBrowser,
  type BrowserName,
  type TestBrowser,
} from '../support/browsers.ts'
import { servePages, type PageServer } from '../support/test-pages.ts'
import {
  fullDeviceCases,
  LARGER_THAN_THE_DEVICE,
  ownBytesCases,
  pieceStoreCases,
} from './piece-store.contract.ts'
import { runCase } from './run-case.ts'

let pages: PageServer

beforeAll(async () => {
  pages = await servePages()
})

afterAll(() => pages.close())

describe.each(browsersUnderTest)('piece stores on OPFS in %s', (name) => {
  let browser: TestBrowser
  let page: Page

  beforeAll(async () => {
    browser = await launchBrowser(name)
    page = await browser.newPage(`${pages.origin}/contract.html`)
  })

  afterAll(() => browser.close())

  test.each([...pieceStoreCases, ...ownBytesCases])('$name', async ({ name }) => {
    expect(await runCase(page, 'opfs-piece-stores', name)).toBeNull()
  })
})

describe.each(browsersUnderTest)('piece stores on OPFS that is full in %s', (name) => {
  let device: { readonly page: Page; remove(): Promise<void> }

  beforeAll(async () => {
    device = await smallDevice(name)
  })

  afterAll(() => device.remove())

  test.each(fullDeviceCases)('$name', async ({ name }) => {
    expect(await runCase(device.page, 'opfs-full-device', name)).toBeNull()
  })
})

/** A page whose origin gets about a third of `LARGER_THAN_THE_DEVICE`. */
async function smallDevice(name: BrowserName) {
  const quota = Math.floor(LARGER_THAN_THE_DEVICE / 3)
  const profile = await mkdtemp(join(tmpdir(), 'chiral-small-device-'))
  if (name === 'firefox') {
    // In KiB, of all origins; one of them gets a fifth (QuotaManager, group limit).
    const limit = 5 * (quota / 1024)
    await writeFile(
      join(profile, 'prefs.js'),
      `user_pref("dom.quotaManager.temporaryStorage.fixedLimit", ${Math.floor(limit)});\n`,
    )
  }
  const browser = await launchBrowser(name, { profile })
  const page = await browser.newPage(`${pages.origin}/contract.html`)
  if (name === 'chromium') {
    const session = await page.createCDPSession()
    await session.send('Storage.overrideQuotaForOrigin', {
      origin: pages.origin,
      quotaSize: quota,
    })
  }
  return {
    page,
    async remove() {
      await browser.close()
      await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
}
