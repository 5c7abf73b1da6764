import { expect } from 'vitest'
import { browsersUnderTest } from '../support/browsers.ts'
import type { PersonChoice } from '../support/person.ts'
import { story } from '../support/story.ts'

const LENGTH = 2_500_000

const pairs = [
  { from: 'chromium', to: 'chromium', screen: 'desk' },
  { from: 'chromium', to: 'chromium', screen: 'phone' },
  { from: 'firefox', to: 'chromium', screen: 'desk' },
  { from: 'chromium', to: 'firefox', screen: 'desk' },
] as const

for (const { from, to, screen } of pairs) {
  const there = browsersUnderTest.includes(from) && browsersUnderTest.includes(to)

  story.skipIf(!there)(
    `who opens the link of a file saves the very same file (${from} to ${to}, ${screen})`,
    async ({ app, desk, people }) => {
      const choice: PersonChoice = { screen }
      const file = await desk.put('Summer film.bin', LENGTH)
      const [sender, receiver] = await Promise.all([people.in(from, choice), people.in(to, choice)])

      await sender.open(app.url)
      await sender.choose('Share files Choose them, or drop them anywhere on this page.', [
        file.path,
      ])
      await sender.sees('dialog', 'Share Summer film.bin')
      await receiver.open(await sender.reads('Link'))
      await receiver.sees('checkbox', 'Summer film.bin')
      await receiver.press('button', 'Download 2.50\u00a0MB')
      await receiver.press('button', 'Summer film.bin')
      const saved = await receiver.save('Save Summer film.bin', 'Summer film.bin', LENGTH)

      expect(saved).toMatchObject({ name: 'Summer film.bin', sha256: file.sha256 })
    },
  )
}
