import { expect } from 'vitest'
import { isPeerId, type PeerId } from '../../src/engine/model/ids.ts'
import { wordsOf } from '../../src/engine/overlay/peer-words.ts'
import { browsersUnderTest } from '../support/browsers.ts'
import type { Person } from '../support/person.ts'
import { storedIdentity } from '../support/stored-identity.ts'
import { story } from '../support/story.ts'

const PASSPHRASE = 'four words are enough'

for (const browser of browsersUnderTest) {
  story(
    `${browser}: an identity is named, saved, forgotten and brought back, over reloads too`,
    async ({ app, people }) => {
      const person = await people.in(browser)
      await person.open(app.url)
      await openNetwork(person)
      const first = await peerId(person)
      await person.write('Name', 'Kitchen laptop')
      await person.press('button', 'Save name')
      await person.says('Name saved.')
      const copy = await saveCopy(person, first)

      await person.press('button', 'Forget')
      await person.press('button', 'Forget for good')
      await person.says('You are “')
      const second = await peerId(person)
      await person.open(app.url)
      await openNetwork(person)
      expect(second).not.toBe(first)
      expect(await peerId(person)).toBe(second)
      expect(await person.reads('Name')).toBe('')

      await person.press('button', 'Bring a copy')
      await person.choose('Choose the file', [copy])
      await person.write('Passphrase', 'not that one')
      await person.press('button', 'Use this identity')
      await person.says('The passphrase is not the one this identity was saved with.')
      await person.write('Passphrase', PASSPHRASE)
      await person.press('button', 'Use this identity')
      await person.says(`You are “${wordsOf(first).join(' ')}” now.`)
      await person.open(app.url)
      await openNetwork(person)
      const stored = await person.inPage(storedIdentity)

      expect(await peerId(person)).toBe(first)
      expect(await person.reads('Name')).toBe('Kitchen laptop')
      expect(stored.count).toBe(1)
      expect(stored.fields).toEqual(['createdAt', 'iv', 'key', 'name', 'sealed', 'version'])
      expect(stored.exported).toBe('InvalidAccessError')
      expect(stored.sealedIsPlain).toBe(false)
    },
  )
}

story(
  'while the relay carries it the page says “relayed”, and how much is left',
  async ({ app, desk, people }) => {
    const file = await desk.put('carried.bin', 3_000_000)
    const sender = await people.inChromium()
    const receiver = await people.inChromium()
    // Candidates of TURN servers only, and there is none: no direct path.
    await receiver.context.addInitScript(() => {
      window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(config?: RTCConfiguration) {
          super({ ...config, iceTransportPolicy: 'relay' })
        }
      }
    })
    await sender.open(app.url)
    await sender.choose('Share files', [file.path])
    const link = await sender.reads('Link')
    await receiver.open(app.url)
    await receiver.sees('heading', 'Send files straight to people.')
    // There is no field for it: slow enough to be read.
    await receiver.page.evaluate(() => window.chiral.configure({ downLimit: 50_000 }))
    await receiver.open(link)
    await receiver.press('button', 'Download 3.00\u00a0MB')
    // A key that is pressed while the sheet goes away belongs to the sheet.
    await receiver.page.getByRole('dialog').waitFor({ state: 'hidden' })

    await receiver.key('n')
    await receiver.sees('dialog', 'You and the network')
    const { page } = receiver
    await page.getByRole('tab', { name: /^Peers/ }).click()
    const row = page.getByRole('list', { name: 'Chiral peers' }).getByText(/^Relayed, \S+\sMB left/)
    await row.waitFor()
    const left = Number(/[\d.]+/.exec(await row.innerText())?.[0])

    expect(left).toBeGreaterThan(4)
    expect(left).toBeLessThan(8.4)
  },
)

async function openNetwork(person: Person): Promise<void> {
  await person.sees('heading', 'Send files straight to people.')
  await person.key('n')
  await person.sees('dialog', 'You and the network')
}

async function peerId(person: Person): Promise<PeerId> {
  const text = await person.reads('Peer id')
  if (!isPeerId(text)) throw new Error(`no peer id: ${text}`)
  return text
}

/** Says the path of the file it was saved to. */
async function saveCopy(person: Person, of: PeerId): Promise<string> {
  await person.press('button', 'Save a copy')
  await person.write('Passphrase', PASSPHRASE)
  await person.write('Passphrase again', PASSPHRASE)
  const name = `chiral-identity-${wordsOf(of).join('-')}.chiral`
  return (await person.save('Save the copy', name)).path
}
