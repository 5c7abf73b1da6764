import type { Page } from 'playwright'
import { expect } from 'vitest'
import { savedBy } from '../support/chromium-person.ts'
import type { Role } from '../support/person.ts'
import { story } from '../support/story.ts'

story('from the file to the saved copy without a pointer', async ({ app, desk, people }) => {
  const file = await desk.put('thesis.pdf', 700_000)
  const [sender, receiver] = await Promise.all([people.inChromium(), people.inChromium()])
  await sender.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await receiver.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await Promise.all([sender.open(app.url), receiver.open(app.url)])

  await tabTo(sender.page, 'button', /^Share files/)
  const chooser = sender.page.waitForEvent('filechooser')
  await sender.page.keyboard.press('Enter')
  await (await chooser).setFiles(file.path)
  await sender.sees('dialog', 'Share thesis.pdf')
  await tabTo(sender.page, 'button', 'Copy link')
  await sender.page.keyboard.press('Space')
  await sender.page.getByRole('status').filter({ hasText: 'Copied' }).waitFor()
  const link = await sender.page.evaluate(() => navigator.clipboard.readText())

  // The link reaches the other machine somehow: a message, a mail.
  await receiver.page.evaluate((link) => navigator.clipboard.writeText(link), link)
  await receiver.page.keyboard.press('ControlOrMeta+v')
  await receiver.sees('checkbox', 'thesis.pdf')
  await tabTo(receiver.page, 'button', 'Download 700\u00a0kB')
  await receiver.page.keyboard.press('Enter')
  await tabTo(receiver.page, 'button', 'thesis.pdf')
  await receiver.page.keyboard.press('Enter')
  await receiver.sees('button', 'Save thesis.pdf')
  await tabTo(receiver.page, 'button', 'Save thesis.pdf')
  const saved = await savedBy(receiver.page, () => receiver.page.keyboard.press('Space'))

  expect(link).toContain('#magnet=')
  expect(saved).toMatchObject({ name: 'thesis.pdf', sha256: file.sha256 })
})

story(
  'a link typed into the box opens with Enter, and Escape puts it away',
  async ({ app, people }) => {
    const { page } = await people.inChromium()
    await page.goto(app.url)

    await tabTo(page, 'textbox', /^Magnet link/)
    await page.keyboard.type('nonsense')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').filter({ hasText: 'This is not a magnet link' }).waitFor()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type(`magnet:?xt=urn:btih:${'ab'.repeat(20)}&dn=Nobody+has+this`)
    await page.keyboard.press('Enter')
    const sheet = page.getByRole('dialog', { name: 'Nobody has this' })
    await sheet.waitFor()
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'hidden' })

    const focused = page.getByRole('textbox', { name: /^Magnet link/ })
    expect(await focused.evaluate((field) => field === document.activeElement)).toBe(true)
    expect(await page.evaluate(() => window.chiral.list())).toEqual([])
  },
)

/** Presses Tab until it is on this. @throws when a whole round of the page did not lead there. */
async function tabTo(page: Page, role: Role, name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true })
  await wanted.waitFor()
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab')
    if (await wanted.evaluate((element) => element === document.activeElement)) return
  }
  throw new Error(`Tab does not lead to the ${role} ${String(name)}`)
}
