import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { appPage, type AppPage } from '../support/app-page.ts'
import { launchBrowser, type BrowserName, type TestBrowser } from '../support/browsers.ts'

/**
 * One person's browser with its profile on a disk, which may lose its power at any moment and
 * be switched on again.
 */
export interface Device {
  /** The profile's folder. */
  readonly profile: string
  /** The app, in a tab of its own, whether its engine is ready or not. */
  open(): Promise<Page>
  /** The app with a running engine. */
  app(): Promise<AppPage>
  /** A page of the app's origin in which no line of the app runs: it sees what is stored. */
  bare(): Promise<Page>
  /** SIGKILL for the browser and all its processes. Resolves when they are gone. */
  kill(): Promise<void>
  /** Closes the browser the polite way; the profile stays. */
  shutDown(): Promise<void>
  /** Uncaught errors of all pages so far. */
  readonly pageErrors: readonly string[]
  /** Switches it off for good. */
  discard(): Promise<void>
}

export async function makeDevice(appUrl: string, name: BrowserName = 'chromium'): Promise<Device> {
  const profile = await mkdtemp(join(tmpdir(), 'chiral-chaos-'))
  const pageErrors: string[] = []
  let running: TestBrowser | null = null

  const on = async (): Promise<TestBrowser> => (running ??= await launchBrowser(name, { profile }))

  const off = async (end: (browser: TestBrowser) => Promise<unknown>): Promise<void> => {
    const browser = running
    running = null
    if (browser === null) return
    pageErrors.push(...browser.pageErrors)
    await end(browser)
  }

  const open = async () => (await on()).newPage(appUrl)
  const shutDown = () => off((browser) => browser.close())

  return {
    profile,
    open,

    async app() {
      const page = await open()
      await page.waitForFunction(() => typeof window.chiral === 'object', { polling: 50 })
      await page.evaluate(() => window.chiral.ready)
      return appPage(page)
    },

    bare: async () => (await on()).newPage(new URL('/icon.svg', appUrl).href),

    kill: () =>
      off(async ({ browser, pid }) => {
        const gone = new Promise((resolve) => browser.process()?.once('exit', resolve))
        // Puppeteer starts the browser as the leader of a process group of its own.
        process.kill(-pid, 'SIGKILL')
        await gone
      }),

    shutDown,

    get pageErrors() {
      return [...pageErrors, ...(running?.pageErrors ?? [])]
    },

    async discard() {
      await shutDown()
      await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
}
