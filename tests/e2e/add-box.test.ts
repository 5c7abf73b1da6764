import { expect } from 'vitest'
import { story } from '../support/story.ts'

const FIELD = 'Magnet link, info hash, web address or a Chiral link'
const V2_HASH = `1220${'ab'.repeat(32)}`

const nonsense = [
  {
    what: 'text that is no link',
    text: 'the film from yesterday',
    sentence: 'This is not a magnet link, an info hash, a web address or a .torrent.',
  },
  {
    what: 'a magnet link without a hash',
    text: 'magnet:?dn=Film&tr=wss%3A%2F%2Ftracker.example',
    sentence: 'This magnet link does not say which torrent it means.',
  },
  {
    what: 'a magnet link of BitTorrent version 2 only',
    text: `magnet:?xt=urn:btmh:${V2_HASH}&dn=Film`,
    sentence: 'This link is for BitTorrent version 2 only, which this app cannot read yet.',
  },
]

story('what is no link is said beside the field, and adds nothing', async ({ app, people }) => {
  const { page } = await people.inChromium()
  await page.goto(app.url)
  const field = page.getByRole('textbox', { name: FIELD })

  for (const { text, sentence } of nonsense) {
    await field.fill(text)
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    // Its description: what a screen reader says with the field, and what stands beneath it.
    await page.getByRole('textbox', { name: FIELD, description: sentence }).waitFor()
    await page.getByRole('alert').filter({ hasText: sentence }).waitFor()

    expect(await field.inputValue()).toBe(text)
    expect(await page.getByRole('dialog').count()).toBe(0)
  }
  await page.reload()
  await page.getByRole('heading', { name: 'Send files straight to people.' }).waitFor()

  expect(await page.evaluate(() => window.chiral.list())).toEqual([])
})

story(
  'a link that is in the list already is said, and leads there',
  async ({ app, desk, people }) => {
    const file = await desk.put('notes.txt', 5_000)
    const person = await people.inChromium()
    const { page } = person
    await person.open(app.url)
    await person.choose('Share files', [file.path])
    const link = await person.reads('Link')
    await page.keyboard.press('Escape')

    await page.getByRole('textbox', { name: FIELD }).fill(link)
    await person.press('button', 'Open')
    await page.getByRole('dialog').getByText('This is already in your list.').waitFor()
    await person.press('button', 'Show it')
    await page.getByRole('region', { name: 'Details of notes.txt' }).waitFor()

    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(await page.evaluate(() => window.chiral.list().map(({ name }) => name))).toEqual([
      'notes.txt',
    ])
  },
)
