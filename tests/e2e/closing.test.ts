import { expect } from 'vitest'
import { story } from '../support/story.ts'

/** Slow enough that the sender can look while the receiver is not done. */
const SLOW = 400_000
const LENGTH = 6_000_000

story(
  'a sender is told what only they have, is asked before they cut somebody off, and not after',
  async ({ app, desk, people }) => {
    const file = await desk.put('choir.flac', LENGTH)
    const [sender, receiver] = await Promise.all([people.inChromium(), people.inChromium()])
    const asked: string[] = []
    sender.page.on('dialog', (dialog) => {
      asked.push(dialog.type())
      void dialog.dismiss()
    })
    await sender.open(app.url)
    await sender.choose('Share files', [file.path])
    const link = await sender.reads('Link')
    await sender.page.keyboard.press('Escape')
    await sender.press('button', 'choir.flac')
    await sender.page.getByText('Nobody else is connected: 6.00\u00a0MB may be').waitFor()

    await receiver.open(app.url)
    await receiver.page.evaluate((rate) => window.chiral.configure({ downLimit: rate }), SLOW)
    await receiver.open(link)
    await receiver.press('button', 'Download 6.00\u00a0MB')
    await sender.page.getByText(/^\d.* are only on this device\.$/).waitFor()
    await expect
      .poll(() => sender.page.evaluate(() => window.chiral.list()[0]?.upRate), { timeout: 30_000 })
      .toBeGreaterThan(0)
    await sender.page.close({ runBeforeUnload: true })
    await expect.poll(() => asked, { timeout: 20_000 }).toEqual(['beforeunload'])
    await receiver.page.evaluate(() => window.chiral.configure({ downLimit: null }))
    await sender.page.getByText('1 peer has everything: you can close this page.').waitFor()
    const closed = sender.page.waitForEvent('close')
    await sender.page.close({ runBeforeUnload: true })
    await closed

    expect(asked).toEqual(['beforeunload'])
  },
)
