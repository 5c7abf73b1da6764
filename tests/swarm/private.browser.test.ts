import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openApp, type AppPage } from '../support/app-page.ts'
import { launchBrowser, type BrowserName, type TestBrowser } from '../support/browsers.ts'
import { identityOf, reservedAt } from '../support/overlay-person.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

let app: AppServer
const browsers: TestBrowser[] = []

const PRIVATE = { policy: { name: 'private', sources: ['overlay', 'invite'] } } as const

beforeAll(async () => {
  app = await serveApp()
})

afterEach(async () => {
  for (const browser of browsers.splice(0)) await browser.close()
})

afterAll(async () => {
  await app.close()
})

/** A page as anybody opens it: the relay that served it finds members, and counts invites. */
async function person(name: BrowserName): Promise<AppPage> {
  const browser = await launchBrowser(name)
  browsers.push(browser)
  const opened = await openApp(browser, app.url)
  await reservedAt(opened, app.peerId)
  return opened
}

const inviteTo = ({ page }: AppPage, infoHash: string, options = {}) =>
  page.evaluate((infoHash, options) => window.chiral.invite(infoHash, options), infoHash, options)

const membersOf = ({ page }: AppPage, infoHash: string) =>
  page.evaluate((infoHash) => window.chiral.members(infoHash), infoHash)

const standingOf = ({ page }: AppPage, infoHash: string) =>
  page.evaluate((infoHash) => window.chiral.get(infoHash)?.privacy?.standing ?? null, infoHash)

/** Resolves when the page stands there in the swarm; the name and what else is said of it. */
const untilStanding = ({ page }: AppPage, infoHash: string, text: string) =>
  page.waitForFunction(
    (infoHash, text) =>
      JSON.stringify(window.chiral.get(infoHash)?.privacy?.standing ?? null).includes(text),
    { polling: 50 },
    infoHash,
    text,
  )

const untilPeers = ({ page }: AppPage, infoHash: string, count: number) =>
  page.waitForFunction(
    async (infoHash, count) => (await window.chiral.peers(infoHash)).length === count,
    { polling: 50 },
    infoHash,
    count,
  )

test.each<[BrowserName, BrowserName]>([
  ['chromium', 'chromium'],
  ['firefox', 'chromium'],
  ['chromium', 'firefox'],
])('from %s to %s: whoever is invited becomes a member and downloads', async (from, to) => {
  const owner = await person(from)
  const guest = await person(to)
  const seeded = await owner.seedBytes(`private-${from}-${to}.bin`, 2_000_000, PRIVATE)
  const link = await inviteTo(owner, seeded.infoHash)

  const infoHash = await guest.add(link)
  await guest.until(infoHash, 'seeding')

  expect(infoHash).toBe(seeded.infoHash)
  expect(await guest.sha256(infoHash, `private-${from}-${to}.bin`)).toBe(seeded.sha256)
  const members = await membersOf(owner, infoHash)
  expect(members.map(({ peerId, role }) => [peerId, role])).toEqual([
    [await identityOf(owner), 'owner'],
    [await identityOf(guest), 'member'],
  ])
  expect(await standingOf(guest, infoHash)).toEqual({
    name: 'inside',
    role: 'member',
    settling: false,
  })
})

test('an invite for one lets in one, and the next is told that it was used', async () => {
  const owner = await person('chromium')
  const first = await person('chromium')
  const second = await person('chromium')
  const seeded = await owner.seedBytes('once.bin', 200_000, PRIVATE)
  const link = await inviteTo(owner, seeded.infoHash)
  await first.add(link)
  await first.until(seeded.infoHash, 'seeding')

  await second.add(link)
  await untilStanding(second, seeded.infoHash, 'outside')

  expect(await standingOf(second, seeded.infoHash)).toEqual({ name: 'outside', why: 'used' })
  expect(await membersOf(owner, seeded.infoHash)).toHaveLength(2)
})

test('a member who is removed loses its wires at once and finds nobody any more', async () => {
  const owner = await person('chromium')
  const guest = await person('chromium')
  const stays = await person('chromium')
  const seeded = await owner.seedBytes('removed.bin', 200_000, PRIVATE)
  const { infoHash } = seeded
  for (const member of [guest, stays]) {
    await member.add(await inviteTo(owner, infoHash))
    await member.until(infoHash, 'seeding')
  }
  const gone = await identityOf(guest)

  await owner.page.evaluate(
    (infoHash, peerId) => window.chiral.revoke(infoHash, peerId),
    infoHash,
    gone,
  )
  await untilPeers(guest, infoHash, 0)
  await untilStanding(guest, infoHash, 'removed')

  for (const member of [owner, stays]) {
    const peers = await member.page.evaluate((infoHash) => window.chiral.peers(infoHash), infoHash)
    expect(peers.map(({ identity }) => identity)).not.toContain(gone)
    expect((await membersOf(member, infoHash)).map(({ peerId }) => peerId)).not.toContain(gone)
  }
})

test('whoever has the key of the link is inside', async () => {
  const owner = await person('chromium')
  const guest = await person('firefox')
  const seeded = await owner.seedBytes('key.bin', 200_000, { ...PRIVATE, door: 'key' })

  const infoHash = await guest.add(await inviteTo(owner, seeded.infoHash))
  await guest.until(infoHash, 'seeding')

  expect(await guest.sha256(infoHash, 'key.bin')).toBe(seeded.sha256)
})

test('a wrong passphrase is said, and the right one opens', async () => {
  const owner = await person('chromium')
  const guest = await person('chromium')
  const passphrase = 'a kettle full of stars'
  const seeded = await owner.seedBytes('passphrase.bin', 200_000, { ...PRIVATE, passphrase })
  const { infoHash } = seeded
  await guest.add(await inviteTo(owner, infoHash))
  const tries = (text: string) =>
    guest.page.evaluate((infoHash, text) => window.chiral.unlock(infoHash, text), infoHash, text)

  await untilStanding(guest, infoHash, 'locked')
  await tries('another kettle of stars')
  await untilStanding(guest, infoHash, '"wrong":true')
  await tries(passphrase)
  await guest.until(infoHash, 'seeding')

  expect(await guest.sha256(infoHash, 'passphrase.bin')).toBe(seeded.sha256)
})
