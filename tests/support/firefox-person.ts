import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Page } from 'puppeteer-core'
import { launchBrowser, type TestBrowser } from './browsers.ts'
import { sha256OfFile } from './desk.ts'
import type { Person, Role, Tab } from './person.ts'

/** Over WebDriver BiDi, which finds by exact role and name. */
export async function firefoxPerson(): Promise<Person> {
  const folder = await mkdtemp(join(tmpdir(), 'chiral-person-'))
  const downloads = join(folder, 'downloads')
  await mkdir(downloads)
  const browser = await launchBrowser('firefox', { downloads })
  const page = await openPage(browser)

  return {
    browser: 'firefox',
    complaints: browser.pageErrors,
    ...tabWith(page, downloads),

    async openTab(url) {
      const tab = tabWith(await openPage(browser), downloads)
      await tab.open(url)
      return tab
    },

    async picture(path) {
      await page.screenshot({ path: path })
    },

    async leave() {
      await browser.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
}

async function openPage(browser: TestBrowser): Promise<Page> {
  const page = await browser.newPage()
  page.setDefaultTimeout(60_000)
  await page.evaluateOnNewDocument(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`securitypolicyviolation: ${event.violatedDirective} ${event.blockedURI}`)
    })
  })
  return page
}

function tabWith(page: Page, downloads: string): Tab {
  const find = (role: Role, name: string) =>
    page.locator(`::-p-aria([name="${name}"][role="${role}"])`)

  return {
    async open(url) {
      await page.goto(url, { waitUntil: 'load' })
    },

    async sees(role, name) {
      await find(role, name).wait()
    },

    press: (role, name) => find(role, name).click(),

    async says(text) {
      await page.locator(`::-p-text(${text})`).wait()
    },

    async write(label, text) {
      // A field for a passphrase has no role; its label names it all the same.
      await page.locator(`input::-p-aria([name="${label}"])`).fill(text)
    },

    reads: (label) =>
      find('textbox', label)
        // What has this role is an input.
        .map((field) => (field as HTMLInputElement).value)
        .wait(),

    async choose(button, paths) {
      const [chooser] = await Promise.all([
        page.waitForFileChooser(),
        find('button', button).click(),
      ])
      await chooser.accept([...paths])
    },

    async save(button, name, length) {
      await find('button', button).click()
      const path = join(downloads, name)
      const whole = (size: number) => (length === undefined ? size > 0 : size === length)
      // There is an empty file of this name while the rest arrives beside it.
      const sizeNow = () =>
        stat(path).then(
          ({ size }) => size,
          () => 0,
        )
      await expect.poll(async () => whole(await sizeNow()), { timeout: 60_000 }).toBe(true)
      return { name, sha256: await sha256OfFile(path), path }
    },

    inPage: (look) => page.evaluate(look),

    key: (name) => page.keyboard.press(name),

    show: () => page.bringToFront(),

    close: () => page.close(),
  }
}
