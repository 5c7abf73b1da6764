import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { servePages, type PageServer } from '../support/test-pages.ts'
import { idbSwarmCases } from './idb-swarms.cases.ts'
import { swarmStoreCases } from './swarm-store.contract.ts'
import { contractPage, runCase } from './run-case.ts'

let pages: PageServer

beforeAll(async () => {
  pages = await servePages()
})

afterAll(() => pages.close())

describe.each(browsersUnderTest)('private swarms in IndexedDB in %s', (name) => {
  let browser: TestBrowser
  let page: Page

  beforeAll(async () => {
    browser = await launchBrowser(name)
    page = await contractPage(browser, pages)
  })

  afterAll(() => browser.close())

  test.each(swarmStoreCases)('$name', async ({ name }) => {
    expect(await runCase(page, 'idb-swarms', name)).toBeNull()
  })

  test.each(idbSwarmCases)('$name', async ({ name }) => {
    expect(await runCase(page, 'idb-swarms-device', name)).toBeNull()
  })
})
