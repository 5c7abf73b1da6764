import { rename, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { expect } from 'vitest'
import { browsersUnderTest } from '../support/browsers.ts'
import { dropOnPage } from '../support/drop-on-page.ts'
import { storedBytes } from '../support/stored-bytes.ts'
import { story } from '../support/story.ts'

/*
 * Files are dropped through CDP, which gives the page the handles a drop by hand gives. What a
 * browser without a window cannot be driven to: the choosers, and the question of
 * `requestPermission`, which nobody answers. A second drop of the same file is an answer, too:
 * Chromium then gives the stored handle its permission back, and the request is granted unasked.
 */

const LENGTH = 12_000_000
const inPlace = story.runIf(browsersUnderTest.includes('chromium'))

inPlace(
  'a dropped file is seeded from where it lies, without a copy',
  async ({ app, desk, people }) => {
    const file = await desk.put('Long film.bin', LENGTH)
    const [sender, receiver] = await Promise.all([people.inChromium(), people.inChromium()])
    await sender.open(app.url)
    await sender.sees('heading', 'Send files straight to people.')
    const before = await usage(sender.page)

    await dropOnPage(sender.page, [file.path])
    await receiver.open(await sender.reads('Link'))
    await receiver.press('button', 'Download 12.0\u00a0MB')
    await receiver.press('button', 'Long film.bin')
    const saved = await receiver.save('Save Long film.bin', file.name, LENGTH)

    expect(saved.sha256).toBe(file.sha256)
    expect(await storedBytes(sender.page)).toBe(0)
    expect((await usage(sender.page)) - before).toBeLessThan(LENGTH / 10)
  },
)

inPlace(
  'after a reload one click is asked for, and then it is seeded again',
  async ({ app, desk, people }) => {
    const one = await desk.put('Album/one.flac', 400_000)
    const two = await desk.put('Album/Disc 2/two.flac', 300_000)
    const [sender, receiver] = await Promise.all([people.inChromium(), people.inChromium()])
    await sender.open(app.url)
    await dropOnPage(sender.page, [join(desk.folder, 'Album')])
    const link = await sender.reads('Link')

    await sender.page.reload()
    await sender.page
      .getByText('The browser wants to ask you again before it opens “Album”.')
      .waitFor()
    await answerByDrop(sender.page, [join(desk.folder, 'Album')])
    await sender.press('button', 'Allow access again Album')
    await receiver.open(link)
    await receiver.press('button', 'Download 700\u00a0kB')
    await receiver.press('button', 'Album')
    const saved = [
      await receiver.save('Save one.flac', 'one.flac', one.length),
      await receiver.save('Save two.flac', 'two.flac', two.length),
    ]

    expect(saved.map(({ sha256 }) => sha256)).toEqual([one.sha256, two.sha256])
    expect(await storedBytes(sender.page)).toBe(0)
  },
)

inPlace(
  'a file that changes on the disk is noticed, said, and never served',
  async ({ app, desk, people }) => {
    const file = await desk.put('notes.txt', 500_000)
    const [sender, receiver] = await Promise.all([people.inChromium(), people.inChromium()])
    await sender.open(app.url)
    await dropOnPage(sender.page, [file.path])
    const link = await sender.reads('Link')
    await sender.page.keyboard.press('Escape')

    await writeFile(file.path, Buffer.alloc(500_000, 'x'))
    await receiver.open(link)
    await receiver.press('button', 'Download 500\u00a0kB')
    await sender.page.getByText('“notes.txt” changed since it was shared.').first().waitFor()

    expect(await haveBytes(receiver.page)).toBe(0)
  },
)

inPlace(
  'a change that leaves length and time as they were is found by its hash',
  async ({ app, desk, people }) => {
    const file = await desk.put('notes.txt', 500_000)
    const noon = new Date('2026-01-02T12:00:00Z')
    await utimes(file.path, noon, noon)
    const [sender, receiver] = await Promise.all([people.inChromium(), people.inChromium()])
    await sender.open(app.url)
    await dropOnPage(sender.page, [file.path])
    const link = await sender.reads('Link')
    await sender.page.keyboard.press('Escape')

    await writeFile(file.path, Buffer.alloc(500_000, 'x'))
    await utimes(file.path, noon, noon)
    await receiver.open(link)
    await receiver.press('button', 'Download 500\u00a0kB')
    await sender.page.getByText('“notes.txt” changed since it was shared.').first().waitFor()

    expect(await haveBytes(receiver.page)).toBe(0)
  },
)

inPlace(
  'a file that was moved is missed, and seeded again once it is dropped again',
  async ({ app, desk, people }) => {
    const file = await desk.put('letters.zip', 500_000)
    const [sender, receiver] = await Promise.all([people.inChromium(), people.inChromium()])
    await sender.open(app.url)
    await dropOnPage(sender.page, [file.path])
    const link = await sender.reads('Link')
    await sender.page.keyboard.press('Escape')
    const moved = join(desk.folder, 'elsewhere', file.name)
    await desk.put('elsewhere/placeholder', 1)
    await rename(file.path, moved)

    await sender.press('button', 'Pause letters.zip')
    await sender.press('button', 'Resume letters.zip')
    await sender.page
      .getByText('“letters.zip” is not where it was when it was shared.')
      .first()
      .waitFor()
    await dropOnPage(sender.page, [moved])
    await receiver.open(link)
    await receiver.press('button', 'Download 500\u00a0kB')
    await receiver.press('button', 'letters.zip')
    const saved = await receiver.save('Save letters.zip', file.name, file.length)

    expect(saved.sha256).toBe(file.sha256)
  },
)

inPlace(
  'a file dropped on a second tab is seeded in place by the engine of the first',
  async ({ app, desk, people }) => {
    const file = await desk.put('letters.zip', 2_000_000)
    const [sender, receiver] = await Promise.all([people.inChromium(), people.inChromium()])
    await sender.open(app.url)
    await sender.sees('heading', 'Send files straight to people.')
    const second = await sender.context.newPage()
    await second.goto(app.url)
    await second.getByRole('heading', { name: 'Send files straight to people.' }).waitFor()

    await dropOnPage(second, [file.path])
    const link = await second.getByRole('textbox', { name: 'Link', exact: true }).inputValue()
    await receiver.open(link)
    await receiver.press('button', 'Download 2.00\u00a0MB')
    await receiver.press('button', 'letters.zip')
    const saved = await receiver.save('Save letters.zip', file.name, file.length)

    expect(saved.sha256).toBe(file.sha256)
    expect(await storedBytes(second)).toBe(0)
  },
)

/** Drops past the app: what comes of it is only that the browser knows the person means these. */
async function answerByDrop(page: Page, paths: readonly string[]): Promise<void> {
  const answered = page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const take = async (event: DragEvent) => {
          event.preventDefault()
          event.stopImmediatePropagation()
          // TypeScript's DOM library does not have the WICG draft.
          type Item = DataTransferItem & { getAsFileSystemHandle(): Promise<unknown> }
          const items = [...(event.dataTransfer?.items ?? [])] as Item[]
          await Promise.all(items.map((item) => item.getAsFileSystemHandle()))
          resolve()
        }
        window.addEventListener('drop', (event) => void take(event), { once: true, capture: true })
      }),
  )
  await dropOnPage(page, paths)
  await answered
}

function haveBytes(page: Page): Promise<number> {
  return page.evaluate(() => window.chiral.list()[0]?.haveBytes ?? 0)
}

function usage(page: Page): Promise<number> {
  return page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0)
}
