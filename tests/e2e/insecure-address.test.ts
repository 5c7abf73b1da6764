import { networkInterfaces } from 'node:os'
import { expect } from 'vitest'
import { serveApp } from '../support/serve-app.ts'
import { story } from '../support/story.ts'

/** Browsers trust plain http on loopback addresses alone; a name for one is not trusted either. */
const NAME = 'chiral.lan'
const NAME_RULE = `--host-resolver-rules=MAP ${NAME} 127.0.0.1`

/** The relay cannot know by which address it is seen: it sends this header to everyone. */
const IGNORED_HEADER = /Cross-Origin-Opener-Policy header has been ignored/

story(
  'over plain http the page says why nothing works there, and the way out works',
  async ({ people, onTestFinished }) => {
    const relay = await serveApp({ host: '0.0.0.0' })
    onTestFinished(() => relay.close())
    const person = await people.inChromium({ args: [NAME_RULE], forgiven: IGNORED_HEADER })
    const { page } = person

    await person.open(`http://${ownAddress() ?? NAME}:${relay.port}/`)
    const alert = page.getByRole('alert').filter({ hasText: 'This page needs a secure address' })
    await alert.getByText('The page was opened over plain http').waitFor()
    await alert.getByText('put https in front of the relay').waitFor()
    await alert.getByRole('link', { name: `http://localhost:${relay.port}` }).click()
    await person.sees('heading', 'Send files straight to people.')

    expect(await page.evaluate(() => isSecureContext)).toBe(true)
  },
)

/** An address of this machine that is not loopback, if it has one. */
function ownAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
}
