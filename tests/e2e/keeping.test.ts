import { expect } from 'vitest'
import { storedBytes } from '../support/stored-bytes.ts'
import { story } from '../support/story.ts'

const LENGTH = 500_000

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
  'a removed torrent comes back at a word, with its data and nobody else there',
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
    await person.sees('heading', 'Send files straight to people.')
    await person.press('button', 'Undo')
    await page.getByText('letters.zip is back.').waitFor()
    await person.press('button', 'letters.zip')
    const saved = await person.save('Save letters.zip', file.name, file.length)

    expect(saved.sha256).toBe(file.sha256)
  },
)

story('a removal can be taken back from the keyboard alone', async ({ app, desk, people }) => {
  const file = await desk.put('letters.zip', LENGTH)
  const person = await people.inChromium()
  const { page } = person
  await person.open(app.url)
  await person.choose('Share files', [file.path])
  await person.sees('dialog', 'Share letters.zip')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'letters.zip', exact: true }).focus()

  await page.keyboard.press('Delete')
  await person.sees('heading', 'Send files straight to people.')
  await page.keyboard.press('Control+z')

  await person.sees('button', 'letters.zip')
})

story(
  'ten seconds after a removal its bytes are gone, and it stays gone',
  async ({ app, desk, people }) => {
    const file = await desk.put('letters.zip', LENGTH)
    const person = await people.inChromium()
    const { page } = person
    await person.open(app.url)
    await person.choose('Share files', [file.path])
    await person.sees('dialog', 'Share letters.zip')
    await page.keyboard.press('Escape')
    await person.press('button', 'letters.zip')
    expect(await storedBytes(page)).toBeGreaterThanOrEqual(LENGTH)

    await person.press('button', 'Remove')
    await person.sees('heading', 'Send files straight to people.')

    await expect.poll(() => storedBytes(page), { timeout: 60_000 }).toBeLessThan(LENGTH)
    expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0)
    await page.reload()
    await person.sees('heading', 'Send files straight to people.')
  },
)

story('the storage view frees space, and shows it', async ({ app, desk, people }) => {
  const [large, small] = [await desk.put('film.mp4', 900_000), await desk.put('notes.txt', 30_000)]
  const person = await people.inChromium()
  const { page } = person
  await person.open(app.url)
  for (const file of [large, small]) {
    await person.choose('Share files', [file.path])
    await person.sees('dialog', `Share ${file.name}`)
    await page.keyboard.press('Escape')
  }

  await page.getByRole('button', { name: /^Network/ }).click()
  await person.press('button', 'Storage')
  const rows = page.getByRole('list', { name: 'In your list' }).getByRole('listitem')
  await rows.first().getByText('film.mp4').waitFor()
  await rows.last().getByText('notes.txt').waitFor()
  await person.press('button', 'Remove film.mp4')
  await rows.getByText('film.mp4').waitFor({ state: 'hidden' })

  await expect.poll(() => storedBytes(page), { timeout: 60_000 }).toBeLessThan(large.length)
  await rows.first().getByText('notes.txt').waitFor()
})

story(
  'the browser asks before the last tab is closed on somebody, and not otherwise',
  async ({ app, desk, people }) => {
    const film = await desk.put('film.webm', 30_000_000)
    const [sender, receiver] = await Promise.all([people.inChromium(), people.inChromium()])
    await sender.open(app.url)
    await sender.choose('Share files', [film.path])
    const link = await sender.reads('Link')
    await sender.page.evaluate((upLimit) => window.chiral.configure({ upLimit }), 1_000_000)
    const questions: string[] = []
    sender.context.on('page', (page) => page.on('dialog', (dialog) => void dialog.dismiss()))
    sender.page.on('dialog', (dialog) => {
      questions.push(dialog.type())
      void dialog.dismiss()
    })

    await receiver.open(link)
    await receiver.press('button', 'Download 30.0\u00a0MB')
    await sender.page
      .getByText(/Sharing with 1 peer/)
      .first()
      .waitFor()
    await sender.page.waitForFunction(() => window.chiral.list().some(({ upRate }) => upRate > 0))
    const asked = sender.page.waitForEvent('dialog')
    await sender.page.close({ runBeforeUnload: true })
    await asked
    const second = await sender.openTab(app.url)
    await second.sees('button', 'Pause film.webm')
    await sender.show()
    const closed = sender.page.waitForEvent('close')
    await sender.page.close({ runBeforeUnload: true })
    await closed

    expect(questions).toEqual(['beforeunload'])
  },
)
