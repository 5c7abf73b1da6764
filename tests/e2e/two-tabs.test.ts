import { expect } from 'vitest'
import { story } from '../support/story.ts'

story(
  'a second tab waits its turn, and goes on giving when the first is closed',
  async ({ app, desk, people }) => {
    const file = await desk.put('song.ogg', 400_000)
    const [sender, receiver] = await Promise.all([people.inChromium(), people.inChromium()])
    await sender.open(app.url)
    await sender.choose('Share files', [file.path])
    const link = await sender.reads('Link')

    const second = await sender.context.newPage()
    await second.goto(app.url)
    await second.getByRole('heading', { name: 'Chiral is open in another tab' }).waitFor()
    expect(await second.getByRole('list', { name: 'Torrents' }).count()).toBe(0)
    await sender.page.close()
    await second.getByRole('button', { name: 'song.ogg', exact: true }).waitFor()
    await receiver.open(link)
    await receiver.press('button', 'Download 400\u00a0kB')
    await receiver.press('button', 'song.ogg')
    const saved = await receiver.save('Save song.ogg', file.name, file.length)

    expect(saved.sha256).toBe(file.sha256)
  },
)
