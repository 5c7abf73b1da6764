import { createServer } from 'node:http'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import sirv from 'sirv'
import { build } from 'vite'
import { SECURITY_HEADERS } from '../relay/security-headers.ts'

/*
 * node scripts/screenshots.mjs <folder> [name …]
 * node scripts/screenshots.mjs docs
 *
 * Builds the page on its pretending engine, serves it with the relay's own security headers,
 * and takes a picture of every view on a phone and on a desk, light and dark. Whatever the
 * content security policy refuses, and whatever throws, is printed and fails the run.
 *
 * `docs`: the two pictures of the README, `docs/screenshot.png` and `docs/screenshot-phone.png`.
 */

const [asked, ...names] = process.argv.slice(2)
if (asked === undefined) throw new Error('usage: node scripts/screenshots.mjs <folder> [name …]')
const forReadme = asked === 'docs'
const folder = forReadme ? mkdtempSync(join(tmpdir(), 'chiral-pictures-')) : asked
const only = forReadme ? ['good', 'good-open'] : names

const MAGNET = `magnet:?xt=urn:btih:${'ab'.repeat(20)}&dn=Holiday%20pictures`

/** @type {Record<string, { query?: string, act?: (page: import('playwright').Page) => Promise<unknown> }>} */
const VIEWS = {
  empty: { query: '?empty' },
  full: {},
  good: { query: '?good' },
  'good-open': { query: '?good', act: (page) => openTorrent(page, 'Sintel') },
  creating: { query: '?creating' },
  trouble: {
    query: '?trouble',
    act: (page) => page.getByText('Not enough room').waitFor(),
  },
  status: { act: (page) => page.getByRole('button', { name: /^Network/ }).click() },
  memory: {
    query: '?memory',
    act: (page) => page.getByRole('button', { name: /^Network/ }).click(),
  },
  detail: { act: (page) => openTorrent(page, 'Sintel') },
  'detail-peers': {
    async act(page) {
      await openTorrent(page, 'Sintel')
      await page.getByRole('tab', { name: 'Peers' }).click()
    },
  },
  'detail-trackers': {
    async act(page) {
      await openTorrent(page, 'field-recordings')
      await page.getByRole('tab', { name: 'Trackers' }).click()
    },
  },
  'detail-about': {
    async act(page) {
      await openTorrent(page, 'Holiday')
      await page.getByRole('tab', { name: 'About' }).click()
    },
  },
  'detail-full': { act: (page) => openTorrent(page, 'debian-live') },
  'detail-safe': { act: (page) => openTorrent(page, 'המלאה') },
  'detail-only-here': { act: (page) => openTorrent(page, 'Holiday') },
  'detail-nobody': { act: (page) => openTorrent(page, 'Minutes') },
  'detail-evicted': { act: (page) => openTorrent(page, '夏の') },
  'detail-corrupt': { act: (page) => openTorrent(page, 'Bird calls') },
  storage: { act: (page) => openSheet(page, 'Storage') },
  'storage-evictable': { query: '?evictable', act: (page) => openSheet(page, 'Storage') },
  'storage-empty': { query: '?empty', act: (page) => openSheet(page, 'Storage') },
  'storage-wanting': {
    async act(page) {
      await openTorrent(page, 'debian-live')
      await page.getByRole('region').getByRole('button', { name: 'Free space' }).click()
      await page.getByRole('dialog').getByText('Sintel').waitFor()
    },
  },
  'storage-sure': {
    async act(page) {
      await openSheet(page, 'Storage')
      await page.getByRole('button', { name: 'Delete Old lecture recordings' }).click()
    },
  },
  settings: { act: (page) => openSheet(page, 'Settings') },
  'settings-restored': {
    async act(page) {
      await openSheet(page, 'Settings')
      await restore(page, 'a backup')
      await page.getByText('back in your list').waitFor()
    },
  },
  'settings-broken': {
    async act(page) {
      await openSheet(page, 'Settings')
      await restore(page, '?')
      await page.getByText('not a backup').waitFor()
    },
  },
  network: { act: (page) => openNetwork(page) },
  'network-save': {
    async act(page) {
      await openNetwork(page)
      await page.getByRole('button', { name: 'Save a copy' }).click()
      await page.getByLabel('Passphrase', { exact: true }).fill('a long one')
      await page.getByLabel('Passphrase again').fill('another one')
      await page.getByRole('button', { name: 'Save the copy' }).click()
      await page.getByText('The two are not the same.').waitFor()
      await page.getByText('The two are not the same.').scrollIntoViewIfNeeded()
    },
  },
  'network-bring': {
    async act(page) {
      await openNetwork(page)
      await page.getByRole('button', { name: 'Bring a copy' }).click()
      const chooser = page.waitForEvent('filechooser')
      await page.getByRole('button', { name: 'Choose the file' }).click()
      const file = { name: 'chiral-identity.chiral', mimeType: '', buffer: Buffer.from('a copy') }
      await (await chooser).setFiles(file)
      await page.getByLabel('Passphrase', { exact: true }).fill('wrong one')
      await page.getByRole('button', { name: 'Use this identity' }).click()
      await page.getByText('The passphrase is not the one').scrollIntoViewIfNeeded()
    },
  },
  'network-forget': {
    async act(page) {
      await openNetwork(page)
      await page.getByRole('button', { name: 'Forget', exact: true }).click()
      await page.getByRole('button', { name: 'Forget for good' }).scrollIntoViewIfNeeded()
    },
  },
  'network-relays': { act: (page) => openNetwork(page, 'Relays') },
  'network-relays-broken': {
    query: '?cut-off',
    async act(page) {
      await openNetwork(page, 'Relays')
      await page.getByRole('textbox', { name: 'Add a relay' }).fill('relay.example')
      await page.getByRole('button', { name: 'Add a relay: add it' }).click()
      await page.getByText('This is not the address of a relay.').waitFor()
    },
  },
  'network-turn': {
    query: '?empty',
    async act(page) {
      await openNetwork(page, 'Relays')
      const field = page.getByRole('textbox', { name: 'Add a STUN or TURN server' })
      await field.fill('turn:turn.example:3478')
      await page.getByLabel('Password').scrollIntoViewIfNeeded()
    },
  },
  'network-peers': { act: (page) => openNetwork(page, 'Peers') },
  'network-peers-none': { query: '?empty', act: (page) => openNetwork(page, 'Peers') },
  'check-up': { act: (page) => checkUp(page) },
  'check-up-limited': { query: '?empty', act: (page) => checkUp(page) },
  'check-up-broken': { query: '?cut-off', act: (page) => checkUp(page) },
  'check-up-before': { act: (page) => openNetwork(page, 'Check-up') },
  'check-up-report': {
    async act(page) {
      await checkUp(page)
      await page.getByText('See the report').click()
      await page.getByRole('textbox', { name: 'Report' }).scrollIntoViewIfNeeded()
    },
  },
  'status-cut-off': {
    query: '?empty&cut-off',
    act: (page) => page.getByRole('button', { name: /^Network/ }).click(),
  },
  save: { act: (page) => openTorrent(page, 'Holiday') },
  saving: {
    async act(page) {
      await openTorrent(page, 'Holiday')
      await page.getByRole('button', { name: /as ZIP$/ }).click()
      await page.getByRole('progressbar', { name: /^Saving/ }).waitFor()
    },
  },
  'allow-again': { act: (page) => openTorrent(page, 'Choir rehearsal') },
  preview: { act: (page) => submit(page, `${MAGNET}&x.q=quick-comment`) },
  'preview-open': {
    async act(page) {
      await submit(page, `${MAGNET}&x.q=quick`)
      await page.getByRole('button', { name: 'Open 02 Lakes' }).click()
      await page.getByRole('checkbox', { name: 'IMG_2101.jpg' }).uncheck()
    },
  },
  'preview-waiting': {
    async act(page) {
      await page.clock.install()
      await submit(page, `${MAGNET}&x.q=never`)
      await page.clock.runFor(20_000)
    },
  },
  'preview-present': { act: (page) => submit(page, `${MAGNET}&x.q=quick-present`) },
  'field-error': {
    async act(page) {
      await page.getByRole('textbox', { name: /Magnet link/ }).fill('what is this')
      await page.getByRole('button', { name: 'Open', exact: true }).click()
      await page.getByText('This is not a magnet link').waitFor()
    },
  },
  share: {
    async act(page) {
      await page.getByRole('button', { name: 'Share Holiday pictures 2026' }).click()
      await page.getByRole('img', { name: /QR code/ }).waitFor()
    },
  },
  private: { query: '?private' },
  'private-locked': { query: '?private', act: (page) => openTorrent(page, 'Site plans') },
  'private-share': {
    query: '?private',
    act: (page) => page.getByRole('button', { name: 'Share Family album' }).click(),
  },
  'private-invite': {
    query: '?private',
    async act(page) {
      await page.getByRole('button', { name: 'Share Family album' }).click()
      await page.getByRole('button', { name: 'Make an invite' }).click()
      await page.getByRole('img', { name: /QR code/ }).waitFor()
    },
  },
  'private-remove': {
    query: '?private',
    async act(page) {
      await page.getByRole('button', { name: 'Share Family album' }).click()
      await page.getByRole('button', { name: 'Remove Ada' }).click()
      await page.getByRole('button', { name: 'Remove for good' }).scrollIntoViewIfNeeded()
    },
  },
  'share-privately': {
    act: (page) => page.getByRole('button', { name: 'Share privately' }).click(),
  },
  'share-passphrase': {
    async act(page) {
      await page.getByRole('button', { name: 'Share privately' }).click()
      await page.getByRole('radio', { name: /passphrase/ }).check()
      await page.getByText('What private means').click()
    },
  },
  invite: { act: (page) => openInvite(page, 'members') },
  'invite-passphrase': { act: (page) => openInvite(page, 'passphrase') },
  'invite-expired': { act: (page) => openInvite(page, 'expired') },
  'invite-another': { act: (page) => openInvite(page, 'another') },
  'invite-broken': { act: (page) => openInvite(page, 'broken') },
  removed: {
    async act(page) {
      await openTorrent(page, 'Sintel')
      await page.getByRole('button', { name: 'Remove', exact: true }).click()
      await page.getByRole('button', { name: 'Undo' }).waitFor()
    },
  },
  'storage-removed': {
    async act(page) {
      await openSheet(page, 'Storage')
      await page.getByRole('button', { name: 'Remove Holiday pictures 2026' }).click()
      await page.getByRole('button', { name: 'Undo' }).waitFor()
    },
  },
  shortcuts: { act: (page) => page.keyboard.press('?') },
  nothing: {
    act: (page) => page.getByRole('searchbox', { name: 'Search by name' }).fill('zebra'),
  },
  newer: { query: '?newer' },
  insecure: { query: '?insecure' },
  waiting: { query: '?waiting' },
  lost: { query: '?lost' },
  bug: { query: '?bug' },
}

const DEVICES = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true },
  desk: { viewport: { width: 1280, height: 800 } },
}

const out = resolve(folder)
mkdirSync(out, { recursive: true })
const dist = mkdtempSync(join(tmpdir(), 'chiral-fake-'))
const root = fileURLToPath(new URL('..', import.meta.url))
await build({
  root,
  logLevel: 'warn',
  build: {
    outDir: dist,
    emptyOutDir: true,
    rolldownOptions: { input: join(root, 'fake.html') },
  },
})

const files = sirv(dist)
const server = createServer((request, response) => {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
  files(request, response)
})
await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)))
const address = server.address()
if (address === null || typeof address === 'string') throw new Error('no port')
const origin = `http://127.0.0.1:${address.port}`

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})

/** @type {Set<string>} */
const complaints = new Set()
try {
  for (const [device, metrics] of Object.entries(DEVICES)) {
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      const context = await browser.newContext({ ...metrics, colorScheme, reducedMotion: 'reduce' })
      for (const [name, view] of Object.entries(VIEWS)) {
        if (only.length > 0 && !only.includes(name)) continue
        const page = await context.newPage()
        page.on('console', (message) => {
          if (message.type() === 'error') complaints.add(`${name}: ${message.text()}`)
        })
        page.on('pageerror', (error) => complaints.add(`${name}: ${error.message}`))
        try {
          await page.goto(`${origin}/fake.html${view.query ?? ''}`)
          await page.getByRole('main').waitFor()
          await view.act?.(page)
          await page.evaluate(() => document.fonts.ready)
        } catch (error) {
          complaints.add(`${name} (${device}): ${String(error).split('\n')[0]}`)
        }
        await page.screenshot({ path: join(out, `${name}-${device}-${colorScheme}.png`) })
        await page.close()
      }
      await context.close()
    }
  }
} finally {
  await browser.close()
  server.close()
  rmSync(dist, { recursive: true, force: true })
}

if (forReadme) {
  const docs = join(root, 'docs')
  mkdirSync(docs, { recursive: true })
  copyFileSync(join(out, 'good-open-desk-light.png'), join(docs, 'screenshot.png'))
  copyFileSync(join(out, 'good-phone-dark.png'), join(docs, 'screenshot-phone.png'))
  rmSync(out, { recursive: true })
}

for (const complaint of complaints) console.error(complaint)
console.log(`pictures in ${forReadme ? 'docs' : out}`)
if (complaints.size > 0) process.exitCode = 1

/** @param {import('playwright').Page} page @param {string} name */
async function openTorrent(page, name) {
  await page.getByRole('list', { name: 'Torrents' }).getByRole('button', { name }).first().click()
}

/** @param {import('playwright').Page} page */
async function checkUp(page) {
  await openNetwork(page, 'Check-up')
  await page.getByRole('button', { name: 'Check the connection' }).click()
  await page.getByRole('button', { name: 'Check again' }).waitFor()
}

/** @param {import('playwright').Page} page @param {'Relays' | 'Peers' | 'Check-up'} [tab] */
async function openNetwork(page, tab) {
  await page.getByRole('button', { name: /^Network/ }).click()
  await page.getByRole('button', { name: 'You and the network' }).click()
  const dialog = page.getByRole('dialog', { name: 'You and the network' })
  await dialog.getByRole('img', { name: /QR code/ }).waitFor()
  if (tab !== undefined) await dialog.getByRole('tab', { name: tab }).click()
}

/** @param {import('playwright').Page} page @param {'Storage' | 'Settings'} name */
async function openSheet(page, name) {
  await page.getByRole('button', { name: /^Network/ }).click()
  await page.getByRole('button', { name, exact: true }).click()
  const dialog = page.getByRole('dialog', { name, exact: true })
  await dialog.waitFor()
  if (name === 'Storage') await dialog.getByText(/Largest first|Nothing is stored/).waitFor()
}

/** @param {import('playwright').Page} page @param {string} content */
async function restore(page, content) {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Restore a backup' }).click()
  const file = { name: 'chiral.backup', mimeType: '', buffer: Buffer.from(content) }
  await (await chooser).setFiles(file)
}

/** @param {import('playwright').Page} page @param {string} link */
async function openInvite(page, link) {
  await page.evaluate((link) => (location.hash = `i=${link}`), link)
  await page.getByRole('dialog').waitFor()
}

/** @param {import('playwright').Page} page @param {string} text */
async function submit(page, text) {
  await page.getByRole('textbox', { name: /Magnet link/ }).fill(text)
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.getByRole('dialog').waitFor()
}
