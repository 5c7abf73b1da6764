import { createHash } from 'node:crypto'
import type { Page } from 'puppeteer-core'
import type { TorrentRecord } from '../../src/engine/contracts/record-store.ts'
import type { TorrentSnapshot } from '../../src/engine/model/torrent.ts'
import { parseMetainfo } from '../../src/engine/parse-metainfo.ts'
import { sealPage } from '../../src/engine/storage/journal-page.ts'
import { openApp } from '../support/app-page.ts'
import { launchBrowser } from '../support/browsers.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'
import { median, table } from './figures.ts'

const PIECE_LENGTH = 1024 * 1024
/** Of `pieces` above; sparse, so that it costs the disk nothing. */
const LARGE_PIECES = 10 * 1024
const MANY = 1000

/** A torrent of zeros, complete, as an earlier visit would have left it. */
interface Fixture {
  readonly infoHash: string
  readonly length: number
  readonly record: object
  readonly metainfo: readonly number[]
  readonly pieces: readonly number[]
  readonly checksum: readonly number[]
}

/** From the navigation on, in milliseconds. */
interface Reopened {
  readonly running: number
  /** All torrents are in the list as seeds. */
  readonly seeding: number
  /** The first tracker answered: peers can come. */
  readonly announced: number
}

/** How soon a page seeds again what it had: one large torrent, a thousand small ones, none. */
export async function benchReopen(rounds: number): Promise<object> {
  const app = await serveApp()
  try {
    const seen = {
      none: await reopenOften(app, rounds, []),
      'one of 10 GiB': await reopenOften(app, rounds, [await fixture(app, 'large', LARGE_PIECES)]),
      [`${MANY} of 1 MiB`]: await reopenOften(app, rounds, await many(app)),
    }
    const of = (rounds: readonly Reopened[], pick: (one: Reopened) => number) =>
      rounds.length === 0 ? '–' : `${Math.round(median(rounds.map(pick)))} ms`
    console.log(
      table([
        ['from the navigation', 'running', 'all seeding', 'announced'],
        ...Object.entries(seen).map(([name, rounds]) => [
          name,
          of(rounds, ({ running }) => running),
          of(rounds, ({ seeding }) => seeding),
          of(rounds, ({ announced }) => announced),
        ]),
      ]),
    )
    return { rounds, seen }
  } finally {
    await app.close()
  }
}

async function reopenOften(
  app: AppServer,
  rounds: number,
  fixtures: readonly Fixture[],
): Promise<readonly Reopened[]> {
  const browser = await launchBrowser('chromium')
  const { page } = await openApp(browser, app.url)
  const session = await page.createCDPSession()
  await session.send('Storage.overrideQuotaForOrigin', {
    origin: new URL(app.url).origin,
    quotaSize: 2 ** 40,
  })
  const seen: Reopened[] = []
  try {
    await page.goto(`${app.url}icon.svg`)
    for (const one of fixtures) await plant(page, one)
    for (let round = 0; round < rounds; round++) {
      await page.goto(app.url)
      await page.waitForFunction(() => typeof window.chiral === 'object', { polling: 50 })
      seen.push(await page.evaluate(measure, fixtures.length))
      await page.goto(`${app.url}icon.svg`)
    }
  } finally {
    await browser.close()
  }
  return seen
}

/** Runs in the page. Looks at what is told and at nothing else: a whole list is copied when asked for. */
async function measure(count: number): Promise<Reopened> {
  const seeds = new Set<string>()
  const seeding = Promise.withResolvers<number>()
  const announced = Promise.withResolvers<number>()
  const look = ({ infoHash, phase, swarm }: TorrentSnapshot) => {
    if (phase.name === 'seeding') seeds.add(infoHash)
    if (seeds.size === count) seeding.resolve(performance.now())
    if (swarm.trackersAnswered > 0) announced.resolve(performance.now())
  }
  if (count === 0) {
    seeding.resolve(performance.now())
    announced.resolve(0)
  }
  // A torrent's event carries its snapshot.
  const stop = window.chiral.on('torrent', (torrent) => look(torrent))
  for (const torrent of window.chiral.list()) look(torrent)
  const running = window.chiral.ready.then(() => performance.now())
  const times = {
    running: await running,
    seeding: await seeding.promise,
    announced: await announced.promise,
  }
  stop()
  return times
}

async function many(app: AppServer): Promise<readonly Fixture[]> {
  return Promise.all(Array.from({ length: MANY }, (_, at) => fixture(app, `small ${at}`, 1)))
}

async function fixture(app: AppServer, name: string, pieceCount: number): Promise<Fixture> {
  const hash = createHash('sha1').update(new Uint8Array(PIECE_LENGTH)).digest()
  const length = pieceCount * PIECE_LENGTH
  const metainfo = Buffer.concat([
    Buffer.from(`d4:infod6:lengthi${length}e4:name${name.length}:${name}`),
    Buffer.from(`12:piece lengthi${PIECE_LENGTH}e6:pieces${pieceCount * 20}:`),
    ...Array.from({ length: pieceCount }, () => hash),
    Buffer.from('ee'),
  ])
  const parsed = await parseMetainfo(new Uint8Array(metainfo))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  const { infoHash } = parsed.value
  const pieces = new Uint8Array(Math.ceil(pieceCount / 8))
  for (let at = 0; at < pieceCount; at++) pieces[at >> 3]! |= 0x80 >> (at & 7)
  const page = { infoHash, sequence: 1, pieces, pending: new Uint8Array() }
  const record: Omit<TorrentRecord, 'metainfo'> = {
    infoHash,
    protocol: 'bittorrent',
    name,
    trackers: [app.tracker],
    webSeeds: [],
    policy: { name: 'public' },
    wanted: null,
    selected: null,
    paused: false,
    addedAt: 1,
    completedAt: 2,
    downBytes: length,
    upBytes: 0,
    http: null,
    place: { kind: 'own' },
    deliverTo: null,
    delivered: [],
  }
  return {
    infoHash,
    length,
    record,
    metainfo: [...metainfo],
    pieces: [...pieces],
    checksum: [...sealPage(page, 1).checksum],
  }
}

/** Puts it where the engine would have, past the engine. */
async function plant(page: Page, one: Fixture): Promise<void> {
  await page.evaluate(async ({ infoHash, length, record, metainfo, pieces, checksum }) => {
    const root = await navigator.storage.getDirectory()
    const torrents = await root.getDirectoryHandle('torrents-v1', { create: true })
    const folder = await torrents.getDirectoryHandle(infoHash, { create: true })
    const file = await (await folder.getFileHandle('0', { create: true })).createWritable()
    await file.truncate(length)
    await file.close()

    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('chiral')
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(new Error('not opened'))
    })
    const transaction = database.transaction(['torrents', 'metainfo', 'journal'], 'readwrite')
    transaction.objectStore('torrents').put(record)
    transaction.objectStore('metainfo').put(Uint8Array.from(metainfo), infoHash)
    transaction.objectStore('journal').put(
      {
        infoHash,
        epoch: 1,
        sequence: 1,
        pieces: Uint8Array.from(pieces),
        pending: new Uint8Array(),
        checksum: Uint8Array.from(checksum),
      },
      infoHash,
    )
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onerror = () => reject(new Error('not written'))
    })
    database.close()
  }, one)
}
