import { expect } from 'vitest'
import { storedBytes } from '../support/stored-bytes.ts'
import { story } from '../support/story.ts'

const LENGTH = 500_000
const SIZE = '500\u00a0kB'

story(
  'what is paused gives nothing, over a reload too, until it is resumed',
  async ({ app, desk, people }) => {
    const file = await desk.put('letters.zip', LENGTH)
    const [sender, receiver] = await Promise.all([people.inChromium(), people.inChromium()])
    await sender.open(app.url)
    await sender.choose('Share files', [file.path])
    const link = await sender.reads('Link')
    await sender.page.keyboard.press('Escape')

    await sender.press('button', 'Pause letters.zip')
    await sender.sees('button', 'Resume letters.zip')
    await sender.page.reload()
    await sender.sees('button', 'Resume letters.zip')
    await receiver.open(link)
    await receiver.press('button', 'Download')
    await receiver.page.getByText(/nobody has it right now/).waitFor()
    await sender.press('button', 'Resume letters.zip')
    await receiver.press('button', 'letters.zip')
    const saved = await receiver.save('Save letters.zip', file.name, file.length)

    expect(saved.sha256).toBe(file.sha256)
  },
)

story(
  'a removed torrent is asked about, and takes its bytes with it if so wished',
  async ({ app, desk, people }) => {
    const file = await desk.put('letters.zip', LENGTH)
    const person = await people.inChromium()
    const { page } = person
    await person.open(app.url)
    await person.choose('Share files', [file.path])
    await person.sees('dialog', 'Share letters.zip')
    await page.keyboard.press('Escape')
    await page.reload()
    await person.press('button', 'letters.zip')
    expect(await storedBytes(page)).toBeGreaterThanOrEqual(LENGTH)

    await person.press('button', 'Remove')
    const question = page.getByRole('alertdialog', { name: 'Remove “letters.zip”?' })
    await question.getByRole('button', { name: 'Cancel' }).click()
    await question.waitFor({ state: 'hidden' })
    await person.sees('button', 'Save letters.zip')
    await person.press('button', 'Remove')
    await question.getByRole('button', { name: `Delete ${SIZE}` }).click()
    await person.sees('heading', 'Send files straight to people.')

    await expect.poll(() => storedBytes(page)).toBe(0)
    await page.reload()
    await person.sees('heading', 'Send files straight to people.')
  },
)

story(
  'what is removed but kept comes back whole, with nobody else there',
  async ({ app, desk, people }) => {
    const file = await desk.put('letters.zip', LENGTH)
    const person = await people.inChromium()
    const { page } = person
    await person.open(app.url)
    await person.choose('Share files', [file.path])
    await person.sees('dialog', 'Share letters.zip')
    await page.keyboard.press('Escape')
    await person.press('button', 'letters.zip')

    await person.press('button', 'Remove')
    await person.press('button', 'Remove, keep the files')
    await person.sees('heading', 'Send files straight to people.')
    await person.press('button', 'Undo')
    await person.press('button', 'letters.zip')
    const saved = await person.save('Save letters.zip', file.name, file.length)

    expect(saved.sha256).toBe(file.sha256)
  },
)
