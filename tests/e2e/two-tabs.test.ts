import { expect } from 'vitest'
import { browsersUnderTest } from '../support/browsers.ts'
import { story } from '../support/story.ts'

const MB = 1_000_000

story(
  'a second tab shows and does the same, and goes on giving when the first is closed',
  async ({ app, desk, people }) => {
    const [song, letter] = [
      await desk.put('song.ogg', 400_000),
      await desk.put('letter.zip', 9_000),
    ]
    const [sender, receiver] = await Promise.all([people.inChromium(), people.inChromium()])
    await sender.open(app.url)
    await sender.choose('Share files', [song.path])
    const link = await sender.reads('Link')
    await sender.page.keyboard.press('Escape')

    const second = await sender.openTab(app.url)
    await second.sees('button', 'song.ogg')
    await second.choose('Share files', [letter.path])
    await second.press('button', 'Close')
    await sender.press('button', 'Pause letter.zip')
    await second.sees('button', 'Resume letter.zip')
    await sender.page.close()
    await receiver.open(link)
    await receiver.press('button', 'Download 400\u00a0kB')
    await receiver.press('button', 'song.ogg')
    const saved = await receiver.save('Save song.ogg', song.name, song.length)

    expect(saved.sha256).toBe(song.sha256)
    await second.sees('button', 'Resume letter.zip')
  },
)

for (const browser of browsersUnderTest) {
  story(
    `a download goes on in the second tab when the first is closed in the middle of it, in ${browser}`,
    async ({ app, desk, people }) => {
      const film = await desk.put('film.webm', 30 * MB)
      const [sender, receiver] = await Promise.all([people.inChromium(), people.in(browser)])
      await sender.open(app.url)
      await sender.choose('Share files', [film.path])
      const link = await sender.reads('Link')
      // Slow enough that the first tab is closed long before the end.
      await sender.page.evaluate((upLimit) => window.chiral.configure({ upLimit }), 2 * MB)
      await receiver.open(link)
      await receiver.press('button', 'Download 30.0\u00a0MB')
      const second = await receiver.openTab(app.url)
      await second.press('button', 'film.webm')
      await second.sees('button', 'Pause film.webm')

      await receiver.close()
      await sender.page.evaluate(() => window.chiral.configure({ upLimit: null }))
      const saved = await second.save('Save film.webm', film.name, film.length)

      expect(saved.sha256).toBe(film.sha256)
    },
  )
}
