import { createHash } from 'node:crypto'
import type { Page } from 'puppeteer-core'
import { NO_PRIORITIES, type TorrentRecord } from '../../src/engine/contracts/record-store.ts'
import { NO_LIMITS } from '../../src/engine/model/torrent.ts'
import { MIB } from '../../src/engine/model/units.ts'
import { parseMetainfo } from '../../src/engine/parse-metainfo.ts'
import { sealPage } from '../../src/engine/storage/journal-page.ts'

const PIECE_LENGTH = MIB

/** A torrent of zeros, complete, as an earlier visit would have left it. */
export interface Planted {
  readonly infoHash: string
  /** In the order of their indices. */
  readonly lengths: readonly number[]
  readonly record: object
  readonly metainfo: readonly number[]
  readonly pieces: readonly number[]
  readonly checksum: readonly number[]
}

/**
 * One file of this length, or a folder with several (`0.bin`, `1.bin` …); lengths are whole
 * mebibytes. Files lie sparse, and cost the disk nothing.
 */
export async function zeros(tracker: string, name: string, ...lengths: number[]): Promise<Planted> {
  const hash = createHash('sha1').update(new Uint8Array(PIECE_LENGTH)).digest()
  const length = lengths.reduce((sum, one) => sum + one, 0)
  const pieceCount = length / PIECE_LENGTH
  const files = lengths.map((length, at) => `d6:lengthi${length}e4:pathl${bytes(`${at}.bin`)}ee`)
  const metainfo = Buffer.concat([
    Buffer.from('d4:infod'),
    Buffer.from(lengths.length === 1 ? `6:lengthi${length}e` : `5:filesl${files.join('')}e`),
    Buffer.from(`4:name${bytes(name)}`),
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
    trackers: [tracker],
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
    priorities: NO_PRIORITIES,
    limits: NO_LIMITS,
  }
  return {
    infoHash,
    lengths,
    record,
    metainfo: [...metainfo],
    pieces: [...pieces],
    checksum: [...sealPage(page, 1).checksum],
  }
}

function bytes(text: string): string {
  return `${Buffer.byteLength(text)}:${text}`
}

/** Puts it where the engine would have, past the engine, from a page in which none runs. */
export async function plant(page: Page, one: Planted): Promise<void> {
  await page.evaluate(async ({ infoHash, lengths, record, metainfo, pieces, checksum }) => {
    const root = await navigator.storage.getDirectory()
    const torrents = await root.getDirectoryHandle('torrents-v1', { create: true })
    const folder = await torrents.getDirectoryHandle(infoHash, { create: true })
    for (const [index, length] of lengths.entries()) {
      const handle = await folder.getFileHandle(String(index), { create: true })
      const file = await handle.createWritable()
      await file.truncate(length)
      await file.close()
    }

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
