import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { servePages, type PageServer } from '../support/test-pages.ts'
import { idbIdentityCases } from './idb-identity.cases.ts'
import { identityStoreCases } from './identity-store.contract.ts'
import { contractPage, runCase } from './run-case.ts'

let pages: PageServer

beforeAll(async () => {
  pages = await servePages()
})

afterAll(() => pages.close())

describe.each(browsersUnderTest)('the identity in IndexedDB in %s', (name) => {
  let browser: TestBrowser
  let page: Page

  beforeAll(async () => {
    browser = await launchBrowser(name)
    page = await contractPage(browser, pages)
  })

  afterAll(() => browser.close())

  test.each(identityStoreCases)('$name', async ({ name }) => {
    expect(await runCase(page, 'idb-identity', name)).toBeNull()
  })

  test.each(idbIdentityCases)('$name', async ({ name }) => {
    expect(await runCase(page, 'idb-identity-device', name)).toBeNull()
  })
})
