import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appPage, type AppPage } from '../support/app-page.ts'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

const run = promisify(execFile)

/** What a torrent may call its files, and what they are called once they are out. */
const FILES: ReadonlyArray<readonly [path: string, content: string, saved: string]> = [
  ['Odd names/plain.txt', 'plain', 'Odd names/plain (2).txt'],
  ['Odd names/Plain.txt', 'the other one', 'Odd names/Plain.txt'],
  ['Odd names/what? <now>: "this"*|.txt', 'forbidden', 'Odd names/what_ _now__ _this___.txt'],
  ['Odd names/trailing dot./ blank .txt', 'trimmed', 'Odd names/trailing dot/blank .txt'],
  ['Odd names/Ünïcode 日本 🧬/fïle.txt', 'letters', 'Odd names/Ünïcode 日本 🧬/fïle.txt'],
  ['Odd names/\u202egnp.exe', 'turned around', 'Odd names/_gnp.exe'],
  ['Odd names/empty', '', 'Odd names/empty'],
  ['Odd names/large.bin', 'abcdefg'.repeat(700_000), 'Odd names/large.bin'],
]

let app: AppServer
let folder: string

beforeAll(async () => {
  app = await serveApp()
  folder = await mkdtemp(join(tmpdir(), 'chiral-zip-'))
})

afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true, force: true })
})

describe.each(browsersUnderTest)('saving all files as one archive in %s', (name) => {
  let browser: TestBrowser
  let downloads: string

  beforeAll(async () => {
    downloads = join(folder, name)
    await mkdir(downloads)
    browser = await launchBrowser(name, { downloads })
  })

  afterAll(() => browser.close())

  test('the browser downloads an archive that unzips to equal bytes under safe names', async () => {
    const page = await browser.newPage()
    await withoutSaveChooser(page)
    await saveInto(page, downloads, name)
    const person = await enterApp(page, app.url)
    const infoHash = await person.seedFiles(
      FILES.map(([path, content]) => [path, content] as const),
    )
    await person.until(infoHash, 'seeding')

    await press(page, 'Odd names')
    await press(page, 'Save all as ZIP')
    const archive = join(downloads, 'Odd names.zip')
    await expect.poll(() => isWhole(archive), { timeout: 60_000 }).toBe(true)

    expect(await unzipped(archive, join(folder, `${name}-unzipped`))).toEqual(
      Object.fromEntries(FILES.map(([, content, saved]) => [saved, sha256Of(content)])),
    )
    expect(browser.pageErrors).toEqual([])
  })
})

// The chooser itself answers to nobody without a window: here it gives a file of OPFS.
test.runIf(browsersUnderTest.includes('chromium'))(
  'where the browser has a chooser, the archive is written into the chosen file',
  async () => {
    const browser = await launchBrowser('chromium')
    try {
      const page = await browser.newPage()
      await page.evaluateOnNewDocument(() => {
        Object.assign(window, {
          showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) =>
            (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true }),
        })
      })
      const person = await enterApp(page, app.url)
      const files = FILES.filter(([path]) => !path.endsWith('large.bin'))
      const infoHash = await person.seedFiles(files.map(([path, content]) => [path, content]))
      await person.until(infoHash, 'seeding')

      await press(page, 'Odd names')
      await press(page, 'Save all as ZIP')
      await page.waitForFunction(
        () => document.body.innerText.includes('Saved as “Odd names.zip”.'),
        {
          polling: 50,
        },
      )
      const archive = join(folder, 'chosen.zip')
      await writeFile(archive, Uint8Array.from(await page.evaluate(bytesInOpfs, 'Odd names.zip')))

      expect(await unzipped(archive, join(folder, 'chosen-unzipped'))).toEqual(
        Object.fromEntries(files.map(([, content, saved]) => [saved, sha256Of(content)])),
      )
    } finally {
      await browser.close()
    }
  },
)

async function bytesInOpfs(name: string): Promise<number[]> {
  const root = await navigator.storage.getDirectory()
  const file = await (await root.getFileHandle(name)).getFile()
  return [...new Uint8Array(await file.arrayBuffer())]
}

/** As in browsers that have none. */
async function withoutSaveChooser(page: Page): Promise<void> {
  await page.evaluateOnNewDocument(() => {
    Reflect.deleteProperty(window, 'showSaveFilePicker')
  })
}

async function enterApp(page: Page, url: string): Promise<AppPage> {
  await page.goto(url, { waitUntil: 'load' })
  await page.waitForFunction(() => typeof window.chiral === 'object', { polling: 50 })
  await page.evaluate(() => window.chiral.ready)
  return appPage(page)
}

/** Firefox was told when it was started. */
async function saveInto(page: Page, downloadPath: string, browser: string): Promise<void> {
  if (browser !== 'chromium') return
  const session = await page.createCDPSession()
  await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath })
}

async function press(page: Page, button: string): Promise<void> {
  await page.locator(`::-p-aria([name="${button}"][role="button"])`).click()
}

/** `unzip -t` reads every byte and compares its sum. */
async function isWhole(archive: string): Promise<boolean> {
  return run('unzip', ['-tqq', archive]).then(
    () => true,
    () => false,
  )
}

/** SHA-256 of every file that was in the archive, by its path. */
async function unzipped(archive: string, into: string): Promise<Record<string, string>> {
  await run('unzip', ['-q', archive, '-d', into], { env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  const entries = await readdir(into, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return Object.fromEntries(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name)
        return [path.slice(into.length + 1), sha256Of(await readFile(path))] as const
      }),
    ),
  )
}

function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
