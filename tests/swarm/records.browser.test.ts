import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MIB } from '../../src/engine/model/units.ts'
import { plant, zeros } from '../bench/planted.ts'
import { makeDevice } from '../chaos/device.ts'
import { browsersUnderTest, type BrowserName } from '../support/browsers.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

const LENGTH = 400_000

let app: AppServer

beforeAll(async () => {
  app = await serveApp()
})
afterAll(() => app.close())

test.each(browsersUnderTest)(
  'what a newer version of the app left in %s is shown and read, and nothing of it is changed',
  async (name) => {
    const device = await makeDevice(app.url, name)
    const before = await device.app()
    const { infoHash, sha256 } = await before.seedBytes('from tomorrow.bin', LENGTH)
    // What is not in the journal yet would have to be checked, and noted: a reader notes nothing.
    await before.page.waitForFunction(isJournalled, { polling: 50 }, infoHash)
    await before.close()
    const bare = await device.bare()
    await bare.evaluate(visitOfANewerApp)
    const left = await bare.evaluate(everythingStored)
    await bare.close()

    const tab = await device.app()
    await says(tab.page, 'A newer version of Chiral wrote what is stored here.')
    // Its files are looked at after the list is shown.
    await tab.page.waitForFunction(
      (infoHash, length) => window.chiral.get(infoHash)?.haveBytes === length,
      { polling: 50 },
      infoHash,
      LENGTH,
    )
    const listed = await tab.snapshot(infoHash)
    const read = await tab.sha256(infoHash, 'from tomorrow.bin')
    await tab.page.evaluate(async (infoHash) => {
      await window.chiral.pause(infoHash)
      await window.chiral.resume(infoHash)
    }, infoHash)
    const refused = [
      await tab.refusal(`magnet:?xt=urn:btih:${'a'.repeat(40)}`),
      await tab.page.evaluate(failureOf, infoHash),
      await tab.page.evaluate(failureOf, null),
    ]
    await tab.close()
    const again = await device.bare()
    const leftAfter = await again.evaluate(everythingStored)
    await device.discard()

    expect(listed).toMatchObject({ name: 'from tomorrow.bin', haveBytes: LENGTH })
    expect(read).toBe(sha256)
    expect(refused).toEqual(Array.from({ length: 3 }, () => ({ kind: 'storage/newer' })))
    expect(leftAfter).toEqual(left)
  },
)

test.each(browsersUnderTest)(
  'where %s cannot open its database the app runs, says what it will forget, and has the files',
  async (name) => {
    const device = await makeDevice(app.url, name)
    const before = await device.app()
    const { infoHash, sha256 } = await before.seedBytes('still here.bin', LENGTH)
    await device.shutDown()
    await spoilDatabases(name, device.profile)

    const tab = await device.app()
    await says(tab.page, 'This browser cannot open its list')
    const usage = await tab.page.evaluate(() => window.chiral.usage())
    await tab.page.evaluate((infoHash) => window.chiral.adopt(infoHash), infoHash)
    await tab.until(infoHash, 'seeding')
    const read = await tab.sha256(infoHash, 'still here.bin')
    await device.discard()

    expect(usage.orphans).toMatchObject([{ infoHash, name: 'still here.bin' }])
    expect(read).toBe(sha256)
  },
)

test.each(browsersUnderTest)(
  'while a large file is checked before it leaves %s the engine answers all the same',
  async (name) => {
    const device = await makeDevice(app.url, name)
    await (await device.app()).close()
    const bare = await device.bare()
    const torrent = await zeros(app.tracker, 'large.bin', 512 * MIB)
    await plant(bare, torrent)
    await bare.close()
    const tab = await device.app()
    await tab.until(torrent.infoHash, 'seeding')

    const answered = await tab.page.evaluate(async (infoHash) => {
      const order: string[] = []
      const read = window.chiral.read(infoHash, 'large.bin').then(() => order.push('the file'))
      await window.chiral.settings()
      order.push('a question')
      await window.chiral.pause(infoHash)
      order.push('a command')
      await read
      return order
    }, torrent.infoHash)
    await device.discard()

    expect(answered).toEqual(['a question', 'a command', 'the file'])
  },
)

async function says(page: Page, words: string): Promise<void> {
  await page.waitForFunction(
    (words) => document.body.innerText.includes(words),
    { polling: 50 },
    words,
  )
}

/** Runs in a page of the app: what a removal, or a change of the settings, is refused with. */
async function failureOf(infoHash: string | null) {
  try {
    await (infoHash === null
      ? window.chiral.configure({ uploadSlots: 3 })
      : window.chiral.remove(infoHash))
    return null
  } catch (thrown) {
    // What `window.chiral` promises to put there.
    return (thrown as Error).cause
  }
}

/** Runs in a page without the app: stores of another shape, and facts nobody here knows. */
async function visitOfANewerApp(): Promise<void> {
  const opened = await new Promise<IDBDatabase>((resolve, reject) => {
    const looking = indexedDB.open('chiral')
    looking.onerror = () => reject(new Error('not opened'))
    looking.onsuccess = () => {
      const { version } = looking.result
      looking.result.close()
      const opening = indexedDB.open('chiral', version + 3)
      opening.onupgradeneeded = () => opening.result.createObjectStore('tomorrow')
      opening.onerror = () => reject(new Error('not upgraded'))
      opening.onsuccess = () => resolve(opening.result)
    }
  })
  const writing = opened.transaction(['torrents', 'tomorrow'], 'readwrite')
  writing.objectStore('tomorrow').put({ its: 'own' }, 'business')
  const asking = writing.objectStore('torrents').getAll()
  asking.onsuccess = () => {
    // Records, whatever they hold.
    for (const record of asking.result as object[]) {
      writing.objectStore('torrents').put({ ...record, shade: 'of tomorrow' })
    }
  }
  await new Promise<void>((resolve, reject) => {
    writing.oncomplete = () => resolve()
    writing.onerror = () => reject(new Error('not written'))
  })
  opened.close()
}

/** Runs in a page without the app: the whole database, and the names and lengths of all files. */
async function everythingStored(): Promise<string> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open('chiral')
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(new Error('not opened'))
  })
  const stores: Record<string, unknown> = { version: database.version }
  for (const name of database.objectStoreNames) {
    const store = database.transaction(name).objectStore(name)
    const [keys, values] = [store.getAllKeys(), store.getAll()]
    await new Promise((resolve) => (values.onsuccess = resolve))
    stores[name] = [keys.result, values.result]
  }
  database.close()
  const files: string[] = []
  const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
    for await (const entry of folder.values()) {
      if (entry instanceof FileSystemDirectoryHandle) await walk(entry, `${path}/${entry.name}`)
      else if (entry instanceof FileSystemFileHandle) {
        files.push(`${path}/${entry.name} ${(await entry.getFile()).size}`)
      }
    }
  }
  await walk(await navigator.storage.getDirectory(), '')
  return JSON.stringify([stores, files.sort()], (_, value: unknown) =>
    value instanceof Uint8Array ? [...value] : value,
  )
}

/** What the browser finds in the place of its databases is not one. The browser is closed. */
async function spoilDatabases(name: BrowserName, profile: string): Promise<void> {
  if (name === 'chromium') {
    const folder = join(profile, 'Default', 'IndexedDB')
    await rm(folder, { recursive: true })
    await writeFile(folder, 'no folder')
    return
  }
  const origins = join(profile, 'storage', 'default')
  for (const origin of await readdir(origins)) {
    const folder = join(origins, origin, 'idb')
    await rm(folder, { recursive: true, force: true })
    await writeFile(folder, 'no folder')
  }
}

/** Runs in the page: whether the pieces of this torrent are noted. */
async function isJournalled(infoHash: string): Promise<boolean> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open('chiral')
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(new Error('the database does not open'))
  })
  const pages = await new Promise<number>((resolve) => {
    const counting = database.transaction('journal').objectStore('journal').count(infoHash)
    counting.onsuccess = () => resolve(counting.result)
  })
  database.close()
  return pages === 1
}
