import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { servePages, type PageServer } from '../support/test-pages.ts'
import { opfsCases } from './opfs-device.cases.ts'
import {
  fullDeviceCases,
  LARGER_THAN_THE_DEVICE,
  ownBytesCases,
  pieceStoreCases,
} from './piece-store.contract.ts'
import { contractPage, runCase, visit, withProfile } from './run-case.ts'

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
    page = await contractPage(browser, pages)
  })

  afterAll(() => browser.close())

  test.each([...pieceStoreCases, ...ownBytesCases])('$name', async ({ name }) => {
    expect(await runCase(page, 'opfs-piece-stores', name)).toBeNull()
  })

  test.each(opfsCases)('$name', async ({ name }) => {
    expect(await runCase(page, 'opfs-device', name)).toBeNull()
  })

  test('a browser that is killed keeps every flushed piece', async () => {
    await withProfile(async (profile) => {
      const first = await launchBrowser(name, { profile })
      await visit(await contractPage(first, pages), 'leavePieces')
      const gone = new Promise((resolve) => first.browser.once('disconnected', resolve))
      process.kill(first.pid, 'SIGKILL')
      await gone

      const second = await launchBrowser(name, { profile })
      await visit(await contractPage(second, pages), 'findPieces')
      await second.close()
    })
  })
})

describe.each(browsersUnderTest)('piece stores on OPFS that is full in %s', (name) => {
  /** What the origin gets. */
  const quota = Math.floor(LARGER_THAN_THE_DEVICE / 3)

  test.each(fullDeviceCases)('$name', async (one) => {
    await withProfile(async (profile) => {
      if (name === 'firefox') await limitFirefox(profile, quota)
      const browser = await launchBrowser(name, { profile })
      const page = await contractPage(browser, pages)
      if (name === 'chromium') {
        const session = await page.createCDPSession()
        await session.send('Storage.overrideQuotaForOrigin', {
          origin: pages.origin,
          quotaSize: quota,
        })
      }

      expect(await runCase(page, 'opfs-full-device', one.name)).toBeNull()
      await browser.close()
    })
  })
})

test.runIf(browsersUnderTest.includes('firefox'))(
  'a private window of firefox keeps pieces in memory, and nothing is thrown',
  async () => {
    await withProfile(async (profile) => {
      await setPreference(profile, 'browser.privatebrowsing.autostart', true)
      const browser = await launchBrowser('firefox', { profile })

      await visit(await contractPage(browser, pages), 'refuseOpfs')
      await browser.close()
    })
  },
)

/** The preference is in KiB and for all origins; one of them gets a fifth (the group limit). */
async function limitFirefox(profile: string, quota: number): Promise<void> {
  const limit = Math.floor((5 * quota) / 1024)
  await setPreference(profile, 'dom.quotaManager.temporaryStorage.fixedLimit', limit)
}

async function setPreference(profile: string, name: string, value: number | boolean) {
  await writeFile(join(profile, 'prefs.js'), `user_pref("${name}", ${value});\n`)
}
