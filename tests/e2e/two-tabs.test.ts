import { expect } from 'vitest'
import { story } from '../support/story.ts'

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
