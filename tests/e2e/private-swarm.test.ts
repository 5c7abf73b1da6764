import { expect } from 'vitest'
import { isPeerId } from '../../src/engine/model/ids.ts'
import { wordsOf } from '../../src/engine/overlay/peer-words.ts'
import { browsersUnderTest } from '../support/browsers.ts'
import { story } from '../support/story.ts'

const LENGTH = 700_000

for (const to of browsersUnderTest) {
  story(
    `who is invited joins and saves the file, and who is removed is told so (chromium to ${to})`,
    async ({ app, desk, people }) => {
      const file = await desk.put('Board papers.bin', LENGTH)
      const [owner, guest] = await Promise.all([people.inChromium(), people.in(to)])
      await owner.open(app.url)
      await owner.press('button', 'Share privately')
      await owner.choose('Choose files', [file.path])
      await owner.sees('dialog', 'Share Board papers.bin')
      await owner.says('You are the owner')
      await owner.press('button', 'Make an invite')
      const link = await owner.reads('Invite link')

      await guest.open(link)
      await guest.sees('dialog', 'Join Board papers.bin')
      await guest.says('Whoever has this link')
      await guest.press('button', 'Join')
      await guest.press('button', 'Board papers.bin')
      const saved = await guest.save('Save Board papers.bin', 'Board papers.bin', LENGTH)
      expect(saved.sha256).toBe(file.sha256)

      const { peerId } = await guest.inPage(() => window.chiral.identity)
      if (!isPeerId(peerId)) throw new Error(`no peer id: ${peerId}`)
      await owner.press('button', `Remove ${wordsOf(peerId).join(' ')}`)
      await owner.press('button', 'Remove for good')
      await guest.says('You were removed from this private torrent.')
    },
  )
}

story(
  'a wrong passphrase is said where it is asked for, and the right one opens',
  async ({ app, desk, people }) => {
    const file = await desk.put('Site plans.bin', LENGTH)
    const [owner, guest] = await Promise.all([people.inChromium(), people.inChromium()])
    await owner.open(app.url)
    await owner.press('button', 'Share privately')
    await owner.page.getByRole('radio', { name: /passphrase/ }).check()
    await owner.write('Passphrase', 'a kettle full of stars')
    await owner.choose('Choose files', [file.path])
    const link = await owner.reads('Invite link')

    await guest.open(link)
    await guest.write('Passphrase', 'another kettle of stars')
    await guest.press('button', 'Join')
    await guest.says('That passphrase did not open it.')
    await guest.write('Passphrase of Site plans.bin', 'a kettle full of stars')
    await guest.press('button', 'Unlock')
    await guest.press('button', 'Site plans.bin')
    const saved = await guest.save('Save Site plans.bin', 'Site plans.bin', LENGTH)

    expect(saved.sha256).toBe(file.sha256)
  },
)

story('an invite that lost a part on the way is refused in words', async ({ app, people }) => {
  const guest = await people.inChromium()

  await guest.open(`${app.url}#i=hQF0b2tlbg`)

  await guest.says('This is not an invite, or a part of it is missing.')
})
