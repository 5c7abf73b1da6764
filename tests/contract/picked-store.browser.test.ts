import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { servePages, type PageServer } from '../support/test-pages.ts'
import { pickedCases } from './picked-store.cases.ts'
import { contractPage, runCase } from './run-case.ts'

// Firefox gives no page a handle of a file outside its own storage.
describe.runIf(browsersUnderTest.includes('chromium'))(
  'a store of picked files in chromium',
  () => {
    let pages: PageServer
    let browser: TestBrowser
    let page: Page

    beforeAll(async () => {
      pages = await servePages()
      browser = await launchBrowser('chromium')
      page = await contractPage(browser, pages)
    })

    afterAll(async () => {
      await browser.close()
      await pages.close()
    })

    test.each(pickedCases)('$name', async ({ name }) => {
      expect(await runCase(page, 'picked-files', name)).toBeNull()
    })
  },
)
