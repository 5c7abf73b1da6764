import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright'
import { CHROMIUM_ARGS, findBrowsers } from './browsers.ts'
import { sha256OfFile } from './desk.ts'
import type { ChromiumPerson, PersonChoice, SavedFile, Tab } from './person.ts'

/** The profile is on disk: a default (temporary) context keeps OPFS in memory. */
export async function chromiumPerson({
  screen = 'desk',
  args = [],
  forgiven,
}: PersonChoice = {}): Promise<ChromiumPerson> {
  const found = findBrowsers().find(({ name }) => name === 'chromium')
  if (found === undefined) throw new Error('there is no Chromium on this machine')

  const profile = await mkdtemp(join(tmpdir(), 'chiral-person-'))
  const context = await chromium.launchPersistentContext(profile, {
    ...SCREENS[screen],
    executablePath: found.executablePath,
    args: [...CHROMIUM_ARGS, ...args],
    acceptDownloads: true,
  })
  context.setDefaultTimeout(60_000)
  // Its choosers for handles answer to nobody without a window; a page that finds none uses inputs.
  await context.addInitScript(() => {
    for (const name of ['showOpenFilePicker', 'showDirectoryPicker', 'showSaveFilePicker']) {
      Reflect.deleteProperty(window, name)
    }
  })
  const complaints: string[] = []
  await collectComplaints(context, (complaint) => {
    if (forgiven?.test(complaint) !== true) complaints.push(complaint)
  })
  const page = context.pages()[0] ?? (await context.newPage())
  return {
    browser: 'chromium',
    context,
    page,
    complaints,
    ...tabWith(page),

    async openTab(url) {
      const tab = tabWith(await context.newPage())
      await tab.open(url)
      return tab
    },

    async picture(path) {
      await page.screenshot({ path })
    },

    async leave() {
      await context.close()
      await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
}

function tabWith(page: Page): Tab {
  // Playwright begins to catch choosers at the first listener, and does not wait until it does:
  // a key pressed right after `waitForEvent` opened one that nobody caught.
  page.on('filechooser', () => {})

  return {
    async open(url) {
      await page.goto(url)
    },

    sees: (role, name) => page.getByRole(role, { name, exact: true }).waitFor(),

    press: (role, name) => page.getByRole(role, { name, exact: true }).click(),

    says: (text) => page.getByText(text).filter({ visible: true }).first().waitFor(),

    write: (label, text) => page.getByLabel(label, { exact: true }).fill(text),

    reads: (label) => page.getByRole('textbox', { name: label, exact: true }).inputValue(),

    async choose(button, paths) {
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        page.getByRole('button', { name: button }).click(),
      ])
      await chooser.setFiles([...paths])
    },

    save: (button, name) =>
      savedBy(page, () => page.getByRole('button', { name: button, exact: true }).click(), name),

    inPage: (look) => page.evaluate(look),

    key: (name) => page.keyboard.press(name),

    show: () => page.bringToFront(),

    close: () => page.close(),
  }
}

/** What the browser saved because of `act`. */
export async function savedBy(
  page: Page,
  act: () => Promise<void>,
  name?: string,
): Promise<SavedFile> {
  const [download] = await Promise.all([
    page.waitForEvent('download', (download) =>
      name === undefined ? true : download.suggestedFilename() === name,
    ),
    act(),
  ])
  const path = await download.path()
  return { name: download.suggestedFilename(), sha256: await sha256OfFile(path), path }
}

async function collectComplaints(
  context: BrowserContext,
  tell: (complaint: string) => void,
): Promise<void> {
  // Playwright knows no event for it. It reaches the console as it is, whatever the browser logs.
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`securitypolicyviolation: ${event.violatedDirective} ${event.blockedURI}`)
    })
  })
  context.on('weberror', (error) => {
    const thrown = error.error()
    tell(thrown.stack ?? thrown.message)
  })
  context.on('console', (message) => {
    if (message.type() === 'error') tell(`console.error: ${message.text()}`)
  })
}

const SCREENS: Readonly<Record<'desk' | 'phone', BrowserContextOptions>> = {
  desk: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
}
