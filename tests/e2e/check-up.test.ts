import { expect } from 'vitest'
import { browsersUnderTest } from '../support/browsers.ts'
import type { Person } from '../support/person.ts'
import { serveApp } from '../support/serve-app.ts'
import { story } from '../support/story.ts'

for (const browser of browsersUnderTest) {
  story(`${browser}: every part of the way that works is said to`, async ({ app, people }) => {
    const person = await people.in(browser)
    await person.open(app.url)

    await checkUp(person)

    await person.says('The relay answers')
    await person.says('Others can reach this browser through the relay.')
    await person.says('The tracker answers')
    await person.says('A direct channel opens')
    await person.says('A stranger reached this browser through the relay')
    // Beside the relay Firefox has no other address to be told, so whether it asked is not known.
    if (browser === 'chromium') await person.says('All is well.')
    await person.press('button', 'See the report')
    const report = await person.reads('Report')
    expect(report).toMatch(/^relayed +good: carries/m)
    expect(report).not.toMatch(/\d+\.\d+\.\d+\.\d+|12D3Koo|localhost/)
  })
}

story('where the relay stopped, the check-up says so', async ({ people }) => {
  const app = await serveApp()
  // What a page says when its server is gone is the browser's own, not the page's.
  const person = await people.inChromium({
    forgiven: /ERR_CONNECTION|WebSocket connection/,
  })
  await person.open(app.url)
  await person.sees('heading', 'Send files straight to people.')
  await person.key('n')
  await person.says('Others can reach this browser.')
  await app.close()

  await person.press('tab', 'Check-up')
  await person.press('button', 'Check the connection')

  await person.says('Nobody can be met.')
  await person.says('The relay does not answer.')
  await person.says('Needs a relay that answers.')
  await person.says('No connection to the tracker (a WebSocket) comes about.')
})

story(
  'where no STUN server answers, the check-up says what that means',
  async ({ app, people }) => {
    const person = await people.inChromium()
    await person.open(app.url)
    await person.sees('heading', 'Send files straight to people.')
    await person.key('n')
    await person.press('tab', 'Relays')
    // The port for discarding: nobody answers there.
    await person.write('Add a STUN or TURN server', 'stun:127.0.0.1:9')
    await person.press('button', 'Add a STUN or TURN server: add it')
    await person.sees('button', 'Remove stun:127.0.0.1:9')

    await person.press('tab', 'Check-up')
    await person.press('button', 'Check the connection')

    await person.says(
      'No STUN server answers, so others cannot be told the address of this browser.',
    )
    await person.says('UDP is blocked on the way, or the server does not run.')
    await person.says('Everybody else is reached through the relay')
  },
)

async function checkUp(person: Person): Promise<void> {
  await person.sees('heading', 'Send files straight to people.')
  await person.key('n')
  await person.press('tab', 'Check-up')
  await person.press('button', 'Check the connection')
  await person.sees('button', 'Check again')
}
