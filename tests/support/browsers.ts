import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import puppeteer, { type Browser, type LaunchOptions, type Page } from 'puppeteer-core'
import { findBrowsers, type BrowserName } from '../../scripts/lib/find-browsers.mjs'

export { findBrowsers, type BrowserName }

/** The browsers found on this machine; tests of a promise run once for each. */
export const browsersUnderTest: readonly BrowserName[] = findBrowsers().map(({ name }) => name)

/** A running browser with a profile on disk. Who launches it closes it. */
export interface TestBrowser {
  readonly name: BrowserName

  /** The browser's main process, for tests that kill it. */
  readonly pid: number

  /** Puppeteer's own object, for what the few methods here do not offer. */
  readonly browser: Browser

  /**
   * What went wrong in any page opened here, oldest first: uncaught errors and rejections, and
   * what was written with `console.error`, in the page or in its workers. A test that expects none
   * says so: `expect(browser.pageErrors).toEqual([])`.
   */
  readonly pageErrors: readonly string[]

  /**
   * Opens a tab, at `url` when given, and waits for its load event.
   *
   * @throws when the server answers with a failure, with the text it gave.
   */
  newPage(url?: string): Promise<Page>

  /** Closes the browser and removes its profile, unless the profile was the caller's. */
  close(): Promise<void>
}

export interface LaunchChoice {
  /** A folder to keep the profile in; the caller removes it. Left out: a new one, for this launch. */
  readonly profile?: string

  /** Firefox saves into this folder without asking. (In Chromium Playwright catches what is saved.) */
  readonly downloads?: string

  /**
   * Chromium treats hidden tabs as it does for people, with slower timers and a lower priority.
   * Puppeteer's own flags keep it from that.
   */
  readonly throttles?: boolean
}

/**
 * Starts a headless browser. Its profile is on disk always: a default (temporary) context keeps
 * OPFS in memory, where Chromium's `truncate()` fails and nothing survives a restart.
 */
export async function launchBrowser(
  name: BrowserName,
  { profile, downloads, throttles = false }: LaunchChoice = {},
): Promise<TestBrowser> {
  const found = findBrowsers().find((browser) => browser.name === name)
  if (found === undefined) throw new Error(`there is no ${name} on this machine`)

  const userDataDir = profile ?? (await mkdtemp(join(tmpdir(), `chiral-${name}-`)))
  const removeProfile = async () => {
    if (profile !== undefined) return
    // A child process of the browser may still write its last file: tried again by Node itself.
    await rm(userDataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }

  const browser = await puppeteer
    .launch({
      ...(name === 'chromium' ? CHROMIUM : firefoxOptions(downloads)),
      ...(throttles ? { ignoreDefaultArgs: [...KEPT_AWAKE] } : {}),
      executablePath: found.executablePath,
      userDataDir,
      headless: true,
      defaultViewport: { width: 1280, height: 800 },
      // Two busy cores: a browser may take long to start, and a call long to answer.
      timeout: 60_000,
      protocolTimeout: 120_000,
    })
    .catch(async (thrown: unknown) => {
      await removeProfile()
      throw thrown
    })

  const pageErrors: string[] = []
  return {
    name,
    browser,
    pageErrors,
    pid: browser.process()?.pid ?? -1,
    async newPage(url) {
      const page = await browser.newPage()
      collectErrors(page, pageErrors)
      if (url === undefined) return page
      const response = await page.goto(url, { waitUntil: 'load' })
      if (response !== null && response.status() >= 400) {
        throw new Error(`${url} answered ${response.status()}:\n${await response.text()}`)
      }
      return page
    },
    async close() {
      await browser.close()
      await removeProfile()
    },
  }
}

function collectErrors(page: Page, into: string[]): void {
  page.on('pageerror', (error) => {
    into.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  })
  page.on('console', (message) => {
    if (message.type() === 'error') into.push(`console.error: ${message.text()}`)
  })
}

/** For whoever starts a Chromium without this file's `launchBrowser`. */
export const CHROMIUM_ARGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nothing outside this machine is ever asked, whatever a test or the browser itself comes up with.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE [::1]',
  // Host candidates as addresses: there is no mDNS responder to ask for a `.local` name.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  // Media starts without a click.
  '--autoplay-policy=no-user-gesture-required',
]

/** What Puppeteer starts Chromium with, so that a hidden tab is treated as the one in front. */
const KEPT_AWAKE: readonly string[] = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
]

const CHROMIUM: LaunchOptions = { browser: 'chrome', args: [...CHROMIUM_ARGS] }

function firefoxOptions(downloads: string | undefined): LaunchOptions {
  if (downloads === undefined) return FIREFOX
  const intoFolder = {
    'browser.download.folderList': 2, // the folder named next
    'browser.download.dir': downloads,
    'browser.download.useDownloadDir': true,
  }
  return { ...FIREFOX, extraPrefsFirefox: { ...FIREFOX.extraPrefsFirefox, ...intoFolder } }
}

const FIREFOX: LaunchOptions = {
  browser: 'firefox',
  // A released Firefox reads `services.settings.server` only when this is set.
  env: { ...process.env, MOZ_REMOTE_SETTINGS_DEVTOOLS: '1' },
  extraPrefsFirefox: {
    // Host candidates as addresses, loopback among them: there may be no other interface.
    'media.peerconnection.ice.obfuscate_host_addresses': false,
    'media.peerconnection.ice.loopback': true,
    'media.autoplay.default': 0,
    // No answer is needed for storage to be kept.
    'dom.storageManager.prompt.testing': true,
    'dom.storageManager.prompt.testing.allow': true,
    // Nothing is asked of anyone outside; Puppeteer's own preferences cover the rest.
    'app.normandy.enabled': false,
    'browser.newtabpage.activity-stream.feeds.system.topstories': false,
    'browser.newtabpage.activity-stream.feeds.topsites': false,
    'browser.region.network.url': '',
    'browser.region.update.enabled': false,
    'browser.safebrowsing.update.enabled': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'dom.push.connection.enabled': false,
    'dom.push.enabled': false,
    'extensions.getAddons.cache.enabled': false,
    'extensions.systemAddon.update.enabled': false,
    'extensions.update.enabled': false,
    'media.gmp-manager.updateEnabled': false,
    'messaging-system.rsexperimentloader.enabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'network.trr.mode': 5,
    'services.settings.server': 'data:,#remote-settings-dummy/v1',
    'toolkit.telemetry.enabled': false,
    'toolkit.telemetry.server': 'data:,',
    'toolkit.telemetry.unified': false,
  },
}
