import { createHash } from 'node:crypto'
import { KIB, MIB } from '../../src/engine/model/units.ts'
import type { Page } from 'puppeteer-core'
import { appPage, openApp, type AppPage } from '../support/app-page.ts'
import { launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { aTorrent, type TorrentFixture } from '../support/metainfo-fixtures.ts'
import type { AppServer } from '../support/serve-app.ts'
import { makeSeeded } from './seeded.ts'
import { DAMAGES, doDamage } from './damage.ts'
import { makeDevice, type Device } from './device.ts'
import { startHonestSource } from './honest-source.ts'

export interface CorruptionReport {
  readonly corruptions: number
  readonly seed: number
  /** Times the app did not come up with a running engine. */
  readonly notStarted: number
  /** Files that were read back through the app and were not what they should be. */
  readonly wrongFiles: number
  /** Times a peer that downloaded from the damaged device was sent a byte that was not right. */
  readonly wrongBytesServed: number
  /** Times a torrent with an honest source was not whole again in the end. */
  readonly notHealed: number
  /** Uncaught errors of the damaged device's pages. */
  readonly pageErrors: readonly string[]
  /** What was done, for whoever looks for the reason of a failure. */
  readonly log: readonly string[]
}

export interface CorruptionChoice {
  readonly corruptions: number
  readonly seed: number
  /** After every so many corruptions a peer downloads from the device, from nobody else. */
  readonly peerEvery: number
}

/**
 * One large file and a few small ones lie complete on a device. Again and again something of it
 * comes to harm behind the app's back; then the app is opened, and everything must be right again:
 * read back through the app, and for peers, with an honest web seed to heal from.
 */
export async function corrupt(
  app: AppServer,
  { corruptions, seed, peerEvery }: CorruptionChoice,
): Promise<CorruptionReport> {
  const chance = makeSeeded(seed)
  const fixture = await aTorrent(
    { 'a folder/large.bin': 3 * MIB + 77, 'a folder/small.txt': 900, 'a folder/empty': 0 },
    { pieceLength: 64 * KIB },
  )
  const { infoHash } = fixture.metainfo
  const source = await startHonestSource(fixture)
  const device = await makeDevice(app.url)
  const peer = await launchBrowser('chromium')
  const report = { notStarted: 0, wrongFiles: 0, wrongBytesServed: 0, notHealed: 0 }
  const log: string[] = []
  const contacts = { webSeeds: [source.url], trackers: [app.tracker] }

  try {
    const first = await device.app()
    await first.add(fixture.torrentFile, contacts)
    await first.until(infoHash, 'seeding')
    await first.page.close()

    for (let round = 0; round < corruptions; round++) {
      const damage = DAMAGES[round % DAMAGES.length]!
      const bare = await device.bare()
      log.push(`${damage}: ${await doDamage(bare, damage, chance)}`)
      await bare.close()

      const opened = await openIfItStarts(device)
      if (opened === null) {
        report.notStarted += 1
        log.push('  it did not start')
        continue
      }
      const { page } = opened
      // What a person would do who misses a torrent, or finds it resting.
      await opened.add(fixture.torrentFile, contacts)
      await page.evaluate((infoHash) => window.chiral.resume(infoHash), infoHash)
      const asked = round % peerEvery === peerEvery - 1
      const served = asked ? await serve(peer, app, fixture) : 'right'
      if (served === 'wrong') report.wrongBytesServed += 1
      if (served === 'not all') report.notHealed += 1
      if (served !== 'right') log.push(`  a peer got from it: ${served}`)
      const found = await filesRead(page, fixture)
      if (found === 'not whole') report.notHealed += 1
      if (found === 'wrong') report.wrongFiles += 1
      if (found !== 'right') {
        const { phase, trouble, havePieces } = (await opened.snapshot(infoHash)) ?? {}
        log.push(`  it came back ${found}: ${JSON.stringify({ phase, trouble, havePieces })}`)
      }
      await page.close()
    }
    return { corruptions, seed, ...report, pageErrors: [...device.pageErrors], log }
  } finally {
    await peer.close()
    await device.discard()
    await source.close()
  }
}

async function openIfItStarts(device: Device): Promise<AppPage | null> {
  const page = await device.open()
  const started = await page
    .waitForFunction(() => window.chiral.ready.then(() => true), { timeout: PATIENCE })
    .catch(() => null)
  if (started !== null) return appPage(page)
  await page.close()
  return null
}

/** Reads every file back through the app, once it says that the torrent is whole. */
async function filesRead(
  page: Page,
  { metainfo: { infoHash }, files }: TorrentFixture,
): Promise<'right' | 'wrong' | 'not whole'> {
  const digests = await readAll(page, infoHash)
  if (digests === null) return 'not whole'
  for (const { path, file } of files) {
    const truth = createHash('sha256').update(new Uint8Array(await file.arrayBuffer()))
    if (digests[path] !== truth.digest('hex')) return 'wrong'
  }
  return 'right'
}

/**
 * To read is to find out that something is damaged: then a file is refused, fetched again, and
 * asked for once more when the torrent is whole. Null when that does not come to pass.
 */
async function readAll(page: Page, infoHash: string) {
  const read = await page
    .waitForFunction(
      async (infoHash) => {
        if (window.chiral.get(infoHash)?.phase.name !== 'seeding') return null
        const digests: Record<string, string> = {}
        try {
          for (const { path } of await window.chiral.files(infoHash)) {
            const bytes = await (await window.chiral.read(infoHash, path)).arrayBuffer()
            const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
            digests[path] = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(
              '',
            )
          }
        } catch {
          return null
        }
        return digests
      },
      { timeout: PATIENCE, polling: 100 },
      infoHash,
    )
    .catch(() => null)
  return (await read?.jsonValue()) ?? null
}

/** A peer with nothing of its own downloads all of it from the device, and from nobody else. */
async function serve(
  browser: TestBrowser,
  app: AppServer,
  { torrentFile, metainfo: { infoHash, totalBytes } }: TorrentFixture,
): Promise<'right' | 'wrong' | 'not all'> {
  const peer = await openApp(browser, `${app.url}?storage=memory`)
  try {
    await peer.add(torrentFile, { trackers: [app.tracker], webSeeds: [] })
    const whole = await peer.page
      .waitForFunction(
        (hash) => window.chiral.get(hash)?.phase.name === 'seeding',
        { timeout: PATIENCE, polling: 50 },
        infoHash,
      )
      .catch(() => null)
    if (whole === null) return 'not all'
    // A piece that failed its hash would have been paid for twice.
    return (await peer.snapshot(infoHash))?.downBytes === totalBytes ? 'right' : 'wrong'
  } finally {
    await peer.page.close()
  }
}

/** A fact that has not come after this long does not come, in milliseconds. */
const PATIENCE = 30_000
