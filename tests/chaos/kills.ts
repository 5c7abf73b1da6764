import { createHash } from 'node:crypto'
import { KIB, MIB } from '../../src/engine/model/units.ts'
import type { AppServer } from '../support/serve-app.ts'
import { aTorrent, type TorrentFixture } from '../support/metainfo-fixtures.ts'
import { makeSeeded, type Seeded } from './seeded.ts'
import { makeDevice, type Device } from './device.ts'
import { startHonestSource, type HonestSource } from './honest-source.ts'
import { readStored } from './stored.ts'

export interface KillReport {
  readonly kills: number
  readonly seed: number
  /** Pieces in the journal whose bytes were not right. */
  readonly lies: number
  /** Pieces that peers and people had been told of and that were not in the journal afterwards. */
  readonly losses: number
  /** The most pieces that one kill left written and right, where the journal does not look for them. */
  readonly fetchedAgain: number
  /** Whether each torrent's bytes were right in the end, read back through the app. */
  readonly wrongFiles: number
  /** Downloads that went through from first byte to last, kills and all. */
  readonly downloads: number
}

const PIECE = 256 * KIB
const LENGTH = 24 * MIB

/**
 * Downloads from a web seed; again and again, at a byte chosen by chance, every process of the
 * browser is killed. After each kill the disk is read past the app, then the download goes on.
 */
export async function killInTheMiddle(
  app: AppServer,
  kills: number,
  seed: number,
): Promise<KillReport> {
  const chance = makeSeeded(seed)
  const sum = { lies: 0, losses: 0, fetchedAgain: 0, wrongFiles: 0, downloads: 0 }
  let left = kills
  while (left > 0) {
    const fixture = await aTorrent(
      { [`file ${seed} ${sum.downloads}.bin`]: LENGTH - chance.below(PIECE) },
      { pieceLength: PIECE },
    )
    const source = await startHonestSource(fixture)
    const device = await makeDevice(app.url)
    try {
      left -= await oneDownload({ device, source, fixture, chance, most: left, sum })
    } finally {
      await device.discard()
      await source.close()
    }
    sum.downloads += 1
  }
  return { kills, seed, ...sum }
}

interface OneDownload {
  readonly device: Device
  readonly source: HonestSource
  readonly fixture: TorrentFixture
  readonly chance: Seeded
  readonly most: number
  readonly sum: Record<'lies' | 'losses' | 'fetchedAgain' | 'wrongFiles', number>
}

/** One torrent from its first byte to its last. Answers how many kills it took. */
async function oneDownload({ device, source, fixture, chance, most, sum }: OneDownload) {
  const { infoHash, files } = fixture.metainfo
  const truth = createHash('sha256').update(fixture.content).digest('hex')
  /** The most pieces that a page was ever told are here. */
  let told = 0
  let kills = 0

  for (;;) {
    const app = await device.app()
    await app.page.exposeFunction('tellHave', (pieces: number) => {
      told = Math.max(told, pieces)
    })
    await app.page.evaluate((infoHash) => {
      const tell = () => void window.tellHave?.(window.chiral.get(infoHash)?.havePieces ?? 0)
      window.chiral.on('torrent', tell)
      tell()
    }, infoHash)

    const killed = kills < most ? killAfter(device, source, chance.below(8 * MIB)) : NEVER
    const added =
      kills > 0 || app.add(fixture.torrentFile, { webSeeds: [source.url], trackers: [] })
    const done = Promise.resolve(added).then(() => app.until(infoHash, 'seeding'))
    done.catch(() => undefined) // the page went with its browser
    const finished = await Promise.race([
      done.then(
        () => true,
        () => NEVER,
      ),
      killed,
    ])
    source.after(Infinity, () => undefined)
    if (finished) {
      if ((await app.sha256(infoHash, files[0]!.path)) !== truth) sum.wrongFiles += 1
      return kills
    }

    kills += 1
    const stored = await readStored(await device.bare(), fixture)
    await device.shutDown()
    const { journalled, pending, right } = stored
    // What the next start knows: the page of the journal, and what it will look for.
    const known = new Set([...journalled, ...pending].filter((piece) => right.has(piece)))
    sum.lies += count(journalled, (piece) => !right.has(piece))
    sum.losses += Math.max(0, told - known.size)
    sum.fetchedAgain = Math.max(sum.fetchedAgain, right.size - known.size)
  }
}

declare global {
  interface Window {
    tellHave?: (pieces: number) => Promise<void>
  }
}

const NEVER = new Promise<never>(() => {})

function killAfter(device: Device, source: HonestSource, bytes: number): Promise<false> {
  return new Promise((resolve, reject) => {
    source.after(bytes, () => {
      device.kill().then(() => resolve(false), reject)
    })
  })
}

function count(pieces: ReadonlySet<number>, which: (piece: number) => boolean): number {
  return [...pieces].filter(which).length
}
