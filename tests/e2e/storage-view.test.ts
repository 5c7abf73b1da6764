import type { Page } from 'playwright'
import { expect } from 'vitest'
import { storedBytes } from '../support/stored-bytes.ts'
import { story } from '../support/story.ts'

const LENGTH = 500_000

story(
  'what a lost database leaves behind is found, and comes back whole or is deleted',
  async ({ app, desk, people }) => {
    const [back, gone] = [await desk.put('letters.zip', LENGTH), await desk.put('old.zip', LENGTH)]
    const person = await people.inChromium()
    const { page } = person
    await person.open(app.url)
    for (const file of [back, gone]) {
      await person.choose('Share files', [file.path])
      await person.sees('dialog', `Share ${file.name}`)
      await page.keyboard.press('Escape')
    }
    await loseDatabase(page, app.url)

    await person.open(app.url)
    await person.sees('heading', 'Send files straight to people.')
    await openStorage(page)
    await person.press('button', 'Delete old.zip')
    await person.press('button', 'Cancel')
    await person.press('button', 'Delete old.zip')
    await person.press('button', 'Delete for good')
    await page.getByText('Freed').waitFor()
    await person.press('button', 'Bring back letters.zip')
    await page.getByText('letters.zip is back in your list.').waitFor()
    await page.getByRole('list', { name: 'In your list' }).getByText('letters.zip').waitFor()
    await page.keyboard.press('Escape')
    await person.press('button', 'letters.zip')
    const saved = await person.save('Save letters.zip', back.name, back.length)

    expect(saved.sha256).toBe(back.sha256)
    await expect.poll(() => storedBytes(page)).toBeLessThan(2 * LENGTH)
  },
)

story(
  'the browser’s answer about keeping is shown, and it can be asked again',
  async ({ app, people }) => {
    const person = await people.inChromium()
    const { page, context } = person
    await person.open(app.url)
    await openStorage(page)
    const sheet = page.getByRole('dialog', { name: 'Storage' })
    await sheet.getByText('The browser may clear this when space is short.').waitFor()

    await person.press('button', 'Ask it to keep this')
    await sheet.getByText('It did not promise, for now.').waitFor()
    const cdp = await context.newCDPSession(page)
    await cdp.send('Browser.grantPermissions', {
      origin: new URL(app.url).origin,
      permissions: ['durableStorage'],
    })
    await person.press('button', 'Ask it to keep this')

    await sheet.getByText('The browser promised to keep this.').waitFor()
  },
)

story(
  'a full device says what is missing, and what is removed there lets it go on by itself',
  async ({ app, desk, people }) => {
    const ballast = await desk.put('ballast.bin', 12_000_000)
    const wanted = await desk.put('film.mp4', 10_000_000)
    const [sender, receiver] = await Promise.all([people.inChromium(), people.inChromium()])
    const { page, context } = receiver
    await sender.open(app.url)
    await sender.choose('Share files', [wanted.path])
    const link = await sender.reads('Link')
    await receiver.open(app.url)
    const cdp = await context.newCDPSession(page)
    const origin = new URL(app.url).origin
    await cdp.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 20_000_000 })
    await receiver.choose('Share files', [ballast.path])
    await receiver.sees('dialog', 'Share ballast.bin')
    await page.keyboard.press('Escape')
    await receiver.open(link)
    await receiver.press('button', 'Download 10.0\u00a0MB')

    await page.getByText(/^Paused: it needs .*MB, and .* is free$/).waitFor()
    await receiver.press('button', 'Free space film.mp4')
    await page.getByText(/^film\.mp4 needs .* It goes on by itself when there is room\.$/).waitFor()
    await receiver.press('button', 'Remove ballast.bin')
    await page.getByRole('list', { name: 'In your list' }).getByText('ballast.bin').waitFor({
      state: 'hidden',
    })
    await page.keyboard.press('Escape')
    await receiver.press('button', 'film.mp4')
    const saved = await receiver.save('Save film.mp4', wanted.name, wanted.length)

    expect(saved.sha256).toBe(wanted.sha256)
  },
)

story('a notice on a phone leaves the sheet below it usable', async ({ app, people }) => {
  const person = await people.inChromium({ screen: 'phone' })
  const { page } = person
  await person.open(app.url)
  await page.evaluate(async () => {
    for (let n = 1; n <= 12; n++) {
      await window.chiral.seed([new File([`letter ${n}`.repeat(100)], `letter ${n}.txt`)])
    }
  })
  await openStorage(page)

  await person.press('button', 'Remove letter 3.txt')
  await person.sees('button', 'Undo')
  const close = page.getByRole('dialog', { name: 'Storage' }).getByRole('button', { name: 'Close' })
  const onTop = await close.evaluate((button) => {
    const { x, y, width, height } = button.getBoundingClientRect()
    return button.contains(document.elementFromPoint(x + width / 2, y + height / 2))
  })
  await close.click()

  expect(onTop).toBe(true)
  await page.getByRole('dialog', { name: 'Storage' }).waitFor({ state: 'hidden' })
})

async function openStorage(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Network/ }).click()
  await page.getByRole('button', { name: 'Storage', exact: true }).click()
  await page.getByRole('dialog', { name: 'Storage' }).waitFor()
}

/** From a page of the same origin in which no engine runs. */
async function loseDatabase(page: Page, url: string): Promise<void> {
  const body = '<!doctype html><link rel="icon" href="data:,"><title>Nothing</title>'
  await page.route('**/nothing', (route) => route.fulfill({ contentType: 'text/html', body }))
  await page.goto(`${url}nothing`)
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase('chiral')
        request.onsuccess = () => resolve()
        request.onerror = () => reject(new Error('the database could not be deleted'))
      }),
  )
}
