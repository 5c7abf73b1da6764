import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { servePages, type PageServer } from '../support/test-pages.ts'
import { outsideFolderCases } from './outside-folders.cases.ts'
import { contractPage, runCase } from './run-case.ts'

describe.each(browsersUnderTest)('folders outside the stores in %s', (name) => {
  let pages: PageServer
  let browser: TestBrowser
  let page: Page

  beforeAll(async () => {
    pages = await servePages()
    browser = await launchBrowser(name)
    page = await contractPage(browser, pages)
  })

  afterAll(async () => {
    await browser.close()
    await pages.close()
  })

  test.each(outsideFolderCases)('$name', async ({ name }) => {
    expect(await runCase(page, 'outside-folders', name)).toBeNull()
  })
})
