import { createHash } from 'node:crypto'
import type { AppPage } from '../support/app-page.ts'
import type { TorrentSnapshot } from '../../src/engine/model/torrent.ts'
import { KIB, MIB } from '../../src/engine/model/units.ts'
import { aTorrent, type TorrentFixture } from '../support/metainfo-fixtures.ts'
import type { AppServer } from '../support/serve-app.ts'
import { makeSeeded } from './seeded.ts'
import { makeDevice } from './device.ts'
import { startHonestSource } from './honest-source.ts'

export interface FullDiskReport {
  readonly tries: number
  readonly seed: number
  /** Times the disk was full before the torrent was whole, and it paused and said how much it needs. */
  readonly paused: number
  /** Times it stopped in any other way. */
  readonly stoppedOtherwise: number
  /** Times it did not go on by itself when there was room again. */
  readonly notResumed: number
  readonly wrongFiles: number
  readonly log: readonly string[]
}

const FILES = 10
const FILE = 420 * KIB
const LENGTH = FILES * FILE
/** A fact that has not come after this long does not come, in milliseconds. */
const PATIENCE = 40_000

/**
 * A torrent is added to a device that has some room, chosen by chance between none and more than
 * enough: so every kind of write is the one that fails in some try. Then there is room again.
 */
export async function fillTheDisk(
  app: AppServer,
  tries: number,
  seed: number,
): Promise<FullDiskReport> {
  const chance = makeSeeded(seed)
  const report = { paused: 0, stoppedOtherwise: 0, notResumed: 0, wrongFiles: 0 }
  const log: string[] = []

  for (let round = 0; round < tries; round++) {
    // Files long enough for an OPFS file of their own, so that the room runs out in the middle.
    const lengths = Object.fromEntries(
      Array.from({ length: FILES }, (_, file) => [`full ${seed} ${round}/${file}.bin`, FILE]),
    )
    const fixture = await aTorrent(lengths, { pieceLength: 64 * KIB })
    const { infoHash } = fixture.metainfo
    const source = await startHonestSource(fixture)
    const device = await makeDevice(app.url)
    try {
      const opened = await device.app()
      const { page } = opened
      const until = async (names: readonly string[]): Promise<TorrentSnapshot | null> => {
        const reached = page.waitForFunction(
          (infoHash, names) => names.includes(window.chiral.get(infoHash)?.phase.name ?? ''),
          { timeout: PATIENCE, polling: 50 },
          infoHash,
          names,
        )
        return reached.then(
          async () => (await opened.snapshot(infoHash)) ?? null,
          () => null,
        )
      }
      const quota = await page.createCDPSession()
      const { origin } = new URL(app.url)
      const usage = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0)
      const room = Math.round((LENGTH * 1.5 * round) / tries) + chance.below(MIB)
      await quota.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + room })

      await opened.add(fixture.torrentFile, { webSeeds: [source.url], trackers: [] })
      const stopped = await until(['paused', 'failed', 'seeding'])
      const full = stopped?.phase.name === 'paused' && stopped.trouble?.kind === 'storage/full'
      if (full) report.paused += 1
      else if (stopped?.phase.name !== 'seeding') report.stoppedOtherwise += 1
      log.push(
        `${room} bytes of room: ${stopped === null ? 'nothing was said' : describe(stopped)}`,
      )

      await quota.send('Storage.overrideQuotaForOrigin', { origin })
      if ((await until(['seeding'])) === null) report.notResumed += 1
      else report.wrongFiles += await wrongFiles(opened, fixture)
    } finally {
      await device.discard()
      await source.close()
    }
  }
  return { tries, seed, ...report, log }
}

function describe({ phase, havePieces, trouble }: TorrentSnapshot): string {
  return `${JSON.stringify(phase)} with ${havePieces} pieces, ${JSON.stringify(trouble)}`
}

async function wrongFiles(app: AppPage, { metainfo, files }: TorrentFixture): Promise<number> {
  const digests = await app.digests(metainfo.infoHash)
  let wrong = 0
  for (const { path, file } of files) {
    const truth = createHash('sha256').update(new Uint8Array(await file.arrayBuffer()))
    if (digests[path] !== truth.digest('hex')) wrong += 1
  }
  return wrong
}
