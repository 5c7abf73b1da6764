import { join } from 'node:path'
import type { Page } from 'playwright'
import { expect } from 'vitest'
import { browsersUnderTest } from '../support/browsers.ts'
import { dropOnPage } from '../support/drop-on-page.ts'
import { story } from '../support/story.ts'

/*
 * A browser without a window shows nobody its choosers. Here the one for folders answers with a
 * folder of OPFS: its handle is of the same class, is stored and written like any other, and the
 * browser has nothing to ask about it.
 */

const inFolder = story.runIf(browsersUnderTest.includes('chromium'))

inFolder(
  'files land in the chosen folder as they finish, and are seeded from there',
  async ({ app, desk, people }) => {
    const one = await desk.put('Album/one.flac', 700_000)
    const two = await desk.put('Album/Disc 2/two.flac', 900_000)
    const [sender, receiver, third] = await Promise.all([
      people.inChromium(),
      people.inChromium(),
      people.inChromium(),
    ])
    await sender.open(app.url)
    await dropOnPage(sender.page, [join(desk.folder, 'Album')])
    const link = await sender.reads('Link')

    await choosesFolder(receiver.page, 'Music')
    await receiver.open(link)
    await receiver.press('button', 'Download into a folder…')
    await expect
      .poll(() => digestsBelow(receiver.page, 'Music'), { timeout: 60_000 })
      .toEqual({ 'Album/Disc 2/two.flac': two.sha256, 'Album/one.flac': one.sha256 })
    await expect.poll(() => namesIn(receiver.page, 'torrents-v1'), { timeout: 60_000 }).toEqual([])
    await sender.page.close()
    await receiver.page.reload()
    await third.open(link)
    await third.press('button', 'Download 1.60\u00a0MB')
    await third.press('button', 'Album')
    const saved = await third.save('Save two.flac', 'two.flac', two.length)

    expect(saved.sha256).toBe(two.sha256)
  },
)

inFolder('what lies in the folder already is left alone', async ({ app, desk, people }) => {
  const file = await desk.put('letter.txt', 5_000)
  const [sender, receiver] = await Promise.all([people.inChromium(), people.inChromium()])
  await sender.open(app.url)
  await sender.choose('Share files', [file.path])
  const link = await sender.reads('Link')

  await choosesFolder(receiver.page, 'Desk')
  await receiver.open(link)
  await receiver.page.evaluate(async () => {
    const root = await navigator.storage.getDirectory()
    const folder = await root.getDirectoryHandle('Desk', { create: true })
    const mine = await folder.getFileHandle('letter.txt', { create: true })
    const writable = await mine.createWritable()
    await writable.write('mine')
    await writable.close()
  })
  await receiver.press('button', 'Download into a folder…')

  await expect
    .poll(() => digestsBelow(receiver.page, 'Desk'), { timeout: 60_000 })
    .toEqual({
      'letter (2).txt': file.sha256,
      'letter.txt': '3fd30542fe3f61b14bd4a4b2dc0b6fb30fa6f63ebce52dd1778aaa8c4dc02cff',
    })
})

inFolder(
  'finished files are saved into a folder of the person’s choice',
  async ({ app, desk, people }) => {
    const one = await desk.put('Album/one.flac', 700_000)
    const two = await desk.put('Album/Disc 2/two.flac', 900_000)
    const person = await people.inChromium()
    await choosesFolder(person.page, 'Out')
    await person.open(app.url)
    await dropOnPage(person.page, [join(desk.folder, 'Album')])
    await person.sees('dialog', 'Share Album')
    await person.page.keyboard.press('Escape')
    await person.press('button', 'Album')

    await person.press('button', 'Save into a folder…')
    await person.page.getByText('Saved into “Out”.').waitFor()
    await person.press('button', 'Save into a folder…')

    await expect
      .poll(() => digestsBelow(person.page, 'Out'), { timeout: 60_000 })
      .toEqual({
        'Album (2)/Disc 2/two.flac': two.sha256,
        'Album (2)/one.flac': one.sha256,
        'Album/Disc 2/two.flac': two.sha256,
        'Album/one.flac': one.sha256,
      })
  },
)

function choosesFolder(page: Page, name: string): Promise<unknown> {
  return page.addInitScript((name) => {
    Object.assign(window, {
      showDirectoryPicker: async () =>
        (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true }),
    })
  }, name)
}

/** Hex SHA-256 of every file below a folder of OPFS, by path. Chromium's own half-written files count. */
function digestsBelow(page: Page, name: string): Promise<Record<string, string>> {
  return page.evaluate(async (name) => {
    const digests: Record<string, string> = {}
    const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const entry of folder.values()) {
        const here = path === '' ? entry.name : `${path}/${entry.name}`
        if (entry.kind === 'directory') await walk(entry, here)
        else {
          const bytes = await (await entry.getFile()).arrayBuffer()
          const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
          digests[here] = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
        }
      }
    }
    const root = await navigator.storage.getDirectory()
    try {
      await walk(await root.getDirectoryHandle(name), '')
    } catch {
      return {} // being written just now
    }
    return digests
  }, name)
}

function namesIn(page: Page, name: string): Promise<readonly string[]> {
  return page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory()
    const folder = await root.getDirectoryHandle(name, { create: true })
    return Array.fromAsync(folder.keys())
  }, name)
}
