import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { servePages, type PageServer } from '../support/test-pages.ts'
import { idbCases } from './idb-device.cases.ts'
import { recordStoreCases } from './record-store.contract.ts'
import { contractPage, runCase, visit, withProfile } from './run-case.ts'

let pages: PageServer

beforeAll(async () => {
  pages = await servePages()
})

afterAll(() => pages.close())

describe.each(browsersUnderTest)('records in IndexedDB in %s', (name) => {
  let browser: TestBrowser
  let page: Page

  beforeAll(async () => {
    browser = await launchBrowser(name)
    page = await contractPage(browser, pages)
  })

  afterAll(() => browser.close())

  test.each(recordStoreCases)('$name', async ({ name }) => {
    expect(await runCase(page, 'idb-records', name)).toBeNull()
  })

  test.each(idbCases)('$name', async ({ name }) => {
    expect(await runCase(page, 'idb-device', name)).toBeNull()
  })

  test('a lost file of the browser costs one metainfo, and no record', async () => {
    await withProfile(async (profile) => {
      const first = await launchBrowser(name, { profile })
      await visit(await contractPage(first, pages), 'leaveRecords')
      await first.close()
      await removeLargeValues(profile)

      const second = await launchBrowser(name, { profile })
      await visit(await contractPage(second, pages), 'findRecordsWithoutLargeValues')
      await second.close()
    })
  })
})

/** What browsers keep beside a database: `….blob/` in Chromium, `….files/` in Firefox. */
async function removeLargeValues(profile: string): Promise<void> {
  const entries = await readdir(profile, { recursive: true, withFileTypes: true })
  const beside = /(indexeddb\.blob|idb.[^/]+\.files)/
  const values = entries
    .filter((entry) => entry.isFile() && beside.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name))
  expect(values).not.toEqual([])
  for (const value of values) await rm(value)
}
