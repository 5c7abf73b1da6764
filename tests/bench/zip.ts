import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'puppeteer-core'
import { appPage } from '../support/app-page.ts'
import { launchBrowser } from '../support/browsers.ts'
import { serveApp } from '../support/serve-app.ts'
import { ownMemory } from './processes.ts'

const run = promisify(execFile)
const MIB = 2 ** 20
const LOOK_INTERVAL = 1000 // milliseconds

/** What comes after the large file in the archive, and so beyond 4 GiB. */
const LAST = { name: 'zuletzt 日本.txt', content: 'the last of them' }

/**
 * Saves a folder with one large (sparse) file and a small one behind it through the service worker,
 * reads the archive back with `unzip -t`, and looks at the memory of the page meanwhile. The files
 * are seeded from where they lie, so that the only copy is the archive.
 */
export async function benchZip(length: number): Promise<object> {
  const folder = await mkdtemp(join(tmpdir(), 'chiral-zip-'))
  const app = await serveApp()
  const browser = await launchBrowser('chromium')
  try {
    await makeFiles(join(folder, 'Large'), length)
    const downloads = join(folder, 'downloads')
    await mkdir(downloads)
    const page = await enterApp(await browser.newPage(), app.url, downloads)

    console.log(`hashing ${(length / MIB).toFixed(0)} MiB where they lie …`)
    const hashStart = performance.now()
    await drop(page, join(folder, 'Large'))
    await page.waitForFunction(() => window.chiral.list()[0]?.phase.name === 'seeding', {
      polling: 100,
      timeout: 0,
    })
    const hashSeconds = (performance.now() - hashStart) / 1000
    await page.keyboard.press('Escape')
    await press(page, 'Large')
    const before = await ownMemory(browser)

    console.log('saving …')
    const looks: { readonly bytes: number; readonly page: number; readonly main: number }[] = []
    const saveStart = performance.now()
    await press(page, 'Save all as ZIP')
    const archive = join(downloads, 'Large.zip')
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL))
      const bytes = await lengthOf(archive)
      const partial = bytes ?? (await lengthOf(`${archive}.crdownload`)) ?? 0
      looks.push({ bytes: partial, ...(await ownMemory(browser)) })
      if (bytes !== null && bytes >= length) break
    }
    const saveSeconds = (performance.now() - saveStart) / 1000

    const { stdout: tested } = await run('unzip', ['-tq', archive])
    const { stdout: names } = await run('unzip', ['-Z1', archive])
    const { stdout: last } = await run('unzip', ['-p', archive, `Large/${LAST.name}`])
    if (last !== LAST.content) throw new Error('the last file came out otherwise')
    const bytes = (await lengthOf(archive)) ?? 0
    const most = {
      page: Math.max(...looks.map(({ page }) => page)),
      main: Math.max(...looks.map(({ main }) => main)),
    }
    console.log(tested.trim())
    console.log(names.trim())
    console.log(`archive of ${bytes} bytes, ${(bytes / 1e6 / saveSeconds).toFixed(0)} MB/s`)
    console.log(
      `own memory: page ${before.page.toFixed(0)} → at most ${most.page.toFixed(0)} MiB, ` +
        `browser ${before.main.toFixed(0)} → ${most.main.toFixed(0)} MiB`,
    )
    return { length, bytes, hashSeconds, saveSeconds, before, most, tested, names, looks }
  } finally {
    await browser.close()
    await app.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Sparse but for a mark at its start and its end. */
async function makeFiles(folder: string, length: number): Promise<void> {
  await mkdir(folder)
  const file = await open(join(folder, 'large.bin'), 'w')
  const mark = createHash('sha256').update('large').digest()
  await file.truncate(length)
  await file.write(mark, 0, mark.length, 0)
  await file.write(mark, 0, mark.length, length - mark.length)
  await file.close()
  await writeFile(join(folder, LAST.name), LAST.content)
}

/** Without its chooser for files, so that the archive is a download. */
async function enterApp(page: Page, url: string, downloadPath: string): Promise<Page> {
  await page.evaluateOnNewDocument(() => {
    Reflect.deleteProperty(window, 'showSaveFilePicker')
  })
  const session = await page.createCDPSession()
  await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath })
  await page.goto(url, { waitUntil: 'load' })
  await page.waitForFunction(() => typeof window.chiral === 'object', { polling: 50 })
  await page.evaluate(() => window.chiral.ready)
  return appPage(page).page
}

async function drop(page: Page, path: string): Promise<void> {
  const session = await page.createCDPSession()
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 640, y: 400, data })
  }
  await session.detach()
}

async function press(page: Page, button: string): Promise<void> {
  await page.locator(`::-p-aria([name="${button}"][role="button"])`).click()
}

/** Null when there is no such file. */
async function lengthOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  )
}
