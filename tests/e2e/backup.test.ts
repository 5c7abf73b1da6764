import type { Page } from 'playwright'
import { expect } from 'vitest'
import { story } from '../support/story.ts'

const LENGTH = 500_000

story(
  'a backup brings the list back in a browser that has nothing, and the files come from peers',
  async ({ app, desk, people }) => {
    const file = await desk.put('letters.zip', LENGTH)
    const [old, fresh] = await Promise.all([people.inChromium(), people.inChromium()])
    await old.open(app.url)
    await old.choose('Share files', [file.path])
    await old.sees('dialog', 'Share letters.zip')
    await old.page.keyboard.press('Escape')

    await openSettings(old.page)
    const [download] = await Promise.all([
      old.page.waitForEvent('download'),
      old.press('button', 'Save a backup'),
    ])
    await old.page.getByText('Saved to your downloads.').waitFor()
    await fresh.open(app.url)
    await openSettings(fresh.page)
    await fresh.choose('Restore a backup', [await download.path()])
    await fresh.page.getByText('1 torrent is back in your list.').waitFor()
    await fresh.choose('Restore a backup', [await download.path()])
    await fresh.page.getByText('1 was there already.').waitFor()
    await fresh.page.keyboard.press('Escape')
    await fresh.press('button', 'letters.zip')
    const saved = await fresh.save('Save letters.zip', file.name, file.length)

    expect(download.suggestedFilename()).toMatch(/^chiral-\d{4}-\d\d-\d\d\.backup$/)
    expect(saved.sha256).toBe(file.sha256)
  },
)

story('what is no backup is refused where it was chosen', async ({ app, desk, people }) => {
  const file = await desk.put('notes.txt', 3000)
  const person = await people.inChromium()
  await person.open(app.url)

  await openSettings(person.page)
  await person.choose('Restore a backup', [file.path])

  await person.page.getByText('This is not a backup of Chiral, or not all of one.').waitFor()
})

story('settings stay as they were put, over a reload too', async ({ app, people }) => {
  const person = await people.inChromium()
  const names = [/^Keep the screen on/, /^Private torrents only/, /^Hide my address/]
  const choices = names.map((name) => person.page.getByRole('checkbox', { name }))
  await person.open(app.url)

  await openSettings(person.page)
  for (const choice of choices) {
    await choice.check()
    await expect.poll(() => choice.getAttribute('aria-busy')).toBe('false')
  }
  await person.page.reload()
  await openSettings(person.page)

  for (const choice of choices) await expect.poll(() => choice.isChecked()).toBe(true)
})

async function openSettings(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Network/ }).click()
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  await page.getByRole('dialog', { name: 'Settings' }).waitFor()
}
