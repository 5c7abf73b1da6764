import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { appPage } from '../support/app-page.ts'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

declare global {
  /** The workers this page has started, oldest first. */
  var startedWorkers: Worker[]
  /** The phases of the engine that this page has heard of. */
  var heardPhases: string[]
}

describe.each(browsersUnderTest)('the engine of the app in %s', (name) => {
  let app: AppServer
  let browser: TestBrowser
  const tabs: Page[] = []

  beforeAll(async () => {
    app = await serveApp()
    browser = await launchBrowser(name)
  })
  afterEach(async () => {
    for (const tab of tabs.splice(0)) if (!tab.isClosed()) await tab.close()
  })
  afterAll(async () => {
    await browser.close()
    await app.close()
  })

  const open = async () => {
    const page = await browser.newPage()
    tabs.push(page)
    await page.evaluateOnNewDocument(() => {
      globalThis.startedWorkers = []
      globalThis.heardPhases = []
      globalThis.Worker = class extends Worker {
        constructor(url: string | URL, options?: WorkerOptions) {
          super(url, options)
          startedWorkers.push(this)
        }
      }
    })
    await page.goto(app.url)
    await page.evaluate(() => void window.chiral.on('engine', ({ name }) => heardPhases.push(name)))
    return appPage(page)
  }
  const ready = (tab: Page) => tab.evaluate(() => window.chiral.ready)
  const untilPhase = (tab: Page, phase: string) =>
    tab.evaluate(async (phase) => {
      if (heardPhases.includes(phase)) return
      const { promise, resolve } = Promise.withResolvers<void>()
      window.chiral.on('engine', ({ name }) => {
        if (name === phase) resolve()
      })
      return promise
    }, phase)

  /** Ends the engine's thread behind the app's back, as a browser short of memory might. */
  const endWorker = (tab: Page) =>
    tab.evaluate(() => {
      heardPhases.length = 0
      startedWorkers.at(-1)?.terminate()
    })

  test('a second tab adds and reads what the first does, and keeps it when that is closed', async () => {
    const first = await open()
    const { infoHash, sha256 } = await first.seedBytes('handed-over.bin', 300_000)
    const second = await open()
    await ready(second.page)
    const own = await second.seedBytes('of-the-second.bin', 200_000)
    await first.until(own.infoHash, 'seeding')
    const readInSecond = await second.sha256(infoHash, 'handed-over.bin')
    const readInFirst = await first.sha256(own.infoHash, 'of-the-second.bin')
    const startedBefore = await second.page.evaluate(() => startedWorkers.length)
    await second.page.evaluate(() => void (heardPhases.length = 0))

    await first.close()
    await untilPhase(second.page, 'running')
    await second.until(infoHash, 'seeding')

    expect([readInFirst, readInSecond]).toEqual([own.sha256, sha256])
    expect(startedBefore).toBe(0)
    expect(await second.page.evaluate(() => startedWorkers.length)).toBe(1)
    expect(await second.sha256(infoHash, 'handed-over.bin')).toBe(sha256)
  })

  test('a worker that ends is replaced, and the list and its files are back', async () => {
    const tab = await open()
    const { infoHash, sha256 } = await tab.seedBytes('survives.bin', 300_000)

    await endWorker(tab.page)
    await untilPhase(tab.page, 'running')
    await tab.until(infoHash, 'seeding')

    expect(await tab.page.evaluate(() => heardPhases)).toEqual(['starting', 'running'])
    expect(await tab.sha256(infoHash, 'survives.bin')).toBe(sha256)
  })

  test('an engine that ends twice is not started a third time, and every call says so', async () => {
    const tab = await open()
    await ready(tab.page)

    await endWorker(tab.page)
    await untilPhase(tab.page, 'running')
    await endWorker(tab.page)
    await untilPhase(tab.page, 'failed')

    expect(await tab.refusal('magnet:?')).toEqual({ kind: 'engine/lost' })
    expect(await tab.page.evaluate(() => startedWorkers.length)).toBe(2)
  })

  test('foreign text cannot become markup that acts, nor a script of another origin', async () => {
    const tab = await open()
    await ready(tab.page)

    const attempts = await tab.page.evaluate(() => {
      if (!('trustedTypes' in globalThis)) return null
      const refused = (attempt: () => unknown) => {
        try {
          attempt()
          return false
        } catch (thrown) {
          return thrown instanceof TypeError
        }
      }
      const element = document.createElement('div')
      return {
        inert: refused(() => (element.innerHTML = '<b title="fine">a file</b>')),
        handler: refused(() => (element.innerHTML = '<img src=x onerror=alert(1)>')),
        frame: refused(() => (element.innerHTML = '<iframe srcdoc=x>')),
        worker: refused(() => new Worker('https://elsewhere.example/assets/x.js')),
        blob: refused(() => new Worker(URL.createObjectURL(new Blob(['1'])))),
        script: refused(() => (document.createElement('script').text = 'alert(1)')),
      }
    })

    // A browser without Trusted Types has the rest of the page's policy alone.
    expect([
      null,
      { inert: false, handler: true, frame: true, worker: true, blob: true, script: true },
    ]).toContainEqual(attempts)
    if (name === 'chromium') expect(attempts).not.toBeNull()
  })
})
