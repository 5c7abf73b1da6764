import { join } from 'node:path'
import type { Page } from 'playwright'
import { expect } from 'vitest'
import { dropOnPage } from '../support/drop-on-page.ts'
import { story } from '../support/story.ts'

const KEPT = 300_000
const LEFT_OUT = 900_000

story(
  'of a dropped folder a receiver gets the ticked files, and no other',
  async ({ app, desk, people }) => {
    const cover = await desk.put('Holiday/cover.jpg', KEPT)
    const lake = await desk.put('Holiday/Lakes/lake.jpg', KEPT)
    await desk.put('Holiday/Lakes/raw.dng', LEFT_OUT)
    const [sender, receiver] = await Promise.all([people.inChromium(), people.inChromium()])

    await sender.open(app.url)
    await dropOnPage(sender.page, [join(desk.folder, 'Holiday')])
    await receiver.open(await sender.reads('Link'))
    await receiver.press('checkbox', 'raw.dng')
    await receiver.press('button', 'Download 600\u00a0kB')
    await receiver.press('button', 'Holiday')
    const saved = [
      await receiver.save('Save cover.jpg', 'cover.jpg', KEPT),
      await receiver.save('Save lake.jpg', 'lake.jpg', KEPT),
    ]

    expect(saved.map(({ sha256 }) => sha256)).toEqual([cover.sha256, lake.sha256])
    expect(await filesOf(receiver.page)).toEqual([
      { path: 'Holiday/Lakes/lake.jpg', wanted: true, complete: true },
      { path: 'Holiday/Lakes/raw.dng', wanted: false, complete: false },
      { path: 'Holiday/cover.jpg', wanted: true, complete: true },
    ])
  },
)

story('a chosen folder keeps its tree', async ({ app, desk, people }) => {
  await desk.put('Album/one.flac', 1_000)
  await desk.put('Album/Disc 2/two.flac', 1_000)
  const [sender, receiver] = await Promise.all([people.inChromium(), people.inChromium()])

  await sender.open(app.url)
  await sender.choose('Share a folder', [join(desk.folder, 'Album')])
  await receiver.open(await sender.reads('Link'))
  await receiver.press('button', 'Close Disc 2')
  await receiver.page.getByRole('checkbox', { name: 'two.flac' }).waitFor({ state: 'hidden' })
  await receiver.press('button', 'Download 2.00\u00a0kB')
  await receiver.press('button', 'Album')
  await receiver.sees('button', 'Save one.flac')
  await receiver.sees('button', 'Save two.flac')

  expect(await filesOf(receiver.page)).toEqual([
    { path: 'Album/Disc 2/two.flac', wanted: true, complete: true },
    { path: 'Album/one.flac', wanted: true, complete: true },
  ])
})

/** What the engine says of the files of the only torrent there is, sorted by path. */
function filesOf(page: Page) {
  return page.evaluate(async () => {
    const [torrent] = window.chiral.list()
    const files = await window.chiral.files(torrent?.infoHash ?? '')
    return files
      .map(({ path, wanted, haveBytes, length }) => ({
        path,
        wanted,
        complete: haveBytes === length,
      }))
      .sort((a, b) => (a.path < b.path ? -1 : 1))
  })
}
