import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'puppeteer-core'
import { GIB, MIB } from '../../src/engine/model/units.ts'
import { launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'
import { plant, zeros, type Planted } from './planted.ts'
import { allMemory } from './processes.ts'

const run = promisify(execFile)
const LOOK_INTERVAL = 1000 // milliseconds
/** Where the saving goes in Chromium: a folder of OPFS in the place of one of the person's. */
const FOLDER = 'saved here'

interface Look {
  /** Since the button was pressed, in seconds. */
  readonly at: number
  /** What the page says. */
  readonly sentence: string
  /** Of the browser's processes together, in MiB. */
  readonly memory: number
}

/**
 * Saves what is complete: a file of this length into a folder, in Chromium, once cancelled while
 * it is checked; and an archive beyond 4 GiB through the service worker in Firefox, tested by
 * `unzip -t`. Only the copies take room on the disk.
 */
export async function benchSaveOut(
  length: number,
  only: string,
  archive = 4.5 * GIB,
): Promise<object> {
  const app = await serveApp()
  try {
    return {
      ...(only === 'firefox' ? {} : { folder: await saveIntoFolder(app, length) }),
      ...(only === 'chromium' ? {} : { archive: await saveArchive(app, archive) }),
    }
  } finally {
    await app.close()
  }
}

async function saveIntoFolder(app: AppServer, length: number): Promise<object> {
  const browser = await launchBrowser('chromium')
  try {
    const page = await openWith(browser, app, await zeros(app.tracker, 'large.bin', length))
    const before = allMemory(browser)
    console.log(`Chromium: ${length / MIB} MiB into a folder`)

    await press(page, 'Save into a folder')
    await says(page, 'Checking')
    const cancelledAt = performance.now()
    await press(page, 'Cancel')
    await page.waitForFunction(() => !document.querySelector('.save-bar-sentence'), {
      polling: 20,
    })
    const cancelMillis = performance.now() - cancelledAt
    const left = await savedLength(page)

    await press(page, 'Save into a folder')
    const looks = await follow(page, browser)
    const saved = await savedLength(page)
    if (saved !== length) throw new Error(`${saved} bytes were saved, not ${length}`)
    const figures = { cancelMillis, left, ...figuresOf(looks, before, length) }
    console.log(figures)
    return { length, ...figures, looks }
  } finally {
    await browser.close()
  }
}

async function saveArchive(app: AppServer, length: number): Promise<object> {
  const downloads = await mkdtemp(join(tmpdir(), 'chiral-saved-'))
  await mkdir(downloads, { recursive: true })
  const browser = await launchBrowser('firefox', { downloads })
  try {
    const page = await openWith(browser, app, await zeros(app.tracker, 'Large', length, MIB))
    const before = allMemory(browser)
    console.log(`Firefox: ${length / MIB} MiB as an archive through the service worker`)

    await press(page, 'Save all as ZIP')
    const looks = await follow(page, browser)
    const archive = await finishedArchive(downloads)
    const { size } = await stat(archive)
    const { stdout: tested } = await run('unzip', ['-tq', archive])
    const { stdout: names } = await run('unzip', ['-Z1', archive])
    const figures = { size, tested, names, ...figuresOf(looks, before, length) }
    console.log(figures)
    return { length, ...figures, looks }
  } finally {
    await browser.close()
    await rm(downloads, { recursive: true, force: true })
  }
}

/** The app with this in its list, and its files in front. */
async function openWith(browser: TestBrowser, app: AppServer, torrent: Planted): Promise<Page> {
  const page = await browser.newPage()
  if (browser.name === 'chromium') await prepareChromium(page, app)
  await page.goto(app.url)
  await page.waitForFunction(() => typeof window.chiral === 'object', { polling: 50 })
  await page.evaluate(() => window.chiral.ready)
  await page.goto(`${app.url}icon.svg`)
  await plant(page, torrent)
  await page.goto(app.url)
  await page.waitForFunction(
    (hash) => window.chiral?.get(hash)?.phase.name === 'seeding',
    { polling: 100, timeout: 120_000 },
    torrent.infoHash,
  )
  await page.evaluate(() => document.querySelector<HTMLElement>('.torrent-name')?.click())
  return page
}

async function prepareChromium(page: Page, app: AppServer): Promise<void> {
  const session = await page.createCDPSession()
  await session.send('Storage.overrideQuotaForOrigin', {
    origin: new URL(app.url).origin,
    quotaSize: 2 ** 40,
  })
  await page.evaluateOnNewDocument((name) => {
    Object.assign(window, {
      showDirectoryPicker: async () =>
        (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true }),
    })
  }, FOLDER)
}

/** Until nothing is being saved any more. */
async function follow(page: Page, browser: TestBrowser): Promise<readonly Look[]> {
  const looks: Look[] = []
  const begun = performance.now()
  await says(page, '')
  for (;;) {
    const sentence = await page.evaluate(
      () => document.querySelector('.save-bar-sentence')?.textContent ?? null,
    )
    if (sentence === null) break
    const at = (performance.now() - begun) / 1000
    if (sentence !== looks.at(-1)?.sentence) console.log(`${at.toFixed(0)} s: ${sentence}`)
    looks.push({ at, sentence, memory: allMemory(browser) })
    await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL))
  }
  looks.push({
    at: (performance.now() - begun) / 1000,
    sentence: '',
    memory: allMemory(browser),
  })
  return looks
}

function figuresOf(looks: readonly Look[], before: number, length: number) {
  const end = looks.at(-1)?.at ?? 0
  const checkedAt = looks.findLast(({ sentence }) => sentence.startsWith('Checking'))?.at ?? 0
  return {
    checkSeconds: checkedAt,
    writeSeconds: end - checkedAt,
    checkRate: length / 1e6 / Math.max(1, checkedAt), // MB/s
    writeRate: length / 1e6 / Math.max(1, end - checkedAt),
    memoryBefore: before,
    memoryMost: Math.max(...looks.map(({ memory }) => memory)),
  }
}

function savedLength(page: Page): Promise<number> {
  return page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory()
    const folder = await root.getDirectoryHandle(name, { create: true })
    let length = 0
    for await (const entry of folder.values()) {
      if (entry instanceof FileSystemFileHandle) length += (await entry.getFile()).size
    }
    return length
  }, FOLDER)
}

async function says(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (text) => document.querySelector('.save-bar-sentence')?.textContent?.startsWith(text) === true,
    { polling: 20, timeout: 120_000 },
    text,
  )
}

async function press(page: Page, words: string): Promise<void> {
  await page.waitForFunction(
    (words) => {
      const buttons = [...document.querySelectorAll<HTMLElement>('.save-bar button')]
      const button = buttons.find(({ textContent }) => textContent?.trim().startsWith(words))
      button?.click()
      return button !== undefined
    },
    { polling: 100 },
    words,
  )
}

/** The browser says that it has all of it before it is on the disk. */
async function finishedArchive(folder: string): Promise<string> {
  for (;;) {
    const names = await readdir(folder)
    const [name] = names
    if (name !== undefined && names.length === 1 && name.endsWith('.zip')) {
      const path = join(folder, name)
      if ((await stat(path)).size > 0) return path
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL))
  }
}
