import { afterAll, beforeAll, expect, test } from 'vitest'
import { browsersUnderTest, launchBrowser } from '../support/browsers.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

let app: AppServer

beforeAll(async () => {
  app = await serveApp()
})

afterAll(() => app.close())

test.each(browsersUnderTest)('in %s the app opens, and its engine runs', async (name) => {
  const browser = await launchBrowser(name)

  const page = await browser.newPage(app.url)
  await page.evaluate(() => window.chiral.ready)
  const torrents = await page.evaluate(() => window.chiral.list())

  expect(await page.title()).toContain('Chiral')
  expect(torrents).toEqual([])
  expect(browser.pageErrors).toEqual([])
  await browser.close()
})
