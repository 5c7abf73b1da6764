import type { Page } from 'puppeteer-core'
import type { TorrentFixture } from '../support/metainfo-fixtures.ts'

/** What lies on the disk of a device, read past the app: nothing of the engine takes part. */
export interface Stored {
  /** Pieces that the journal says are good. */
  readonly journalled: ReadonlySet<number>
  /** Pieces that the journal will have hashed, because they may have been written after it. */
  readonly pending: ReadonlySet<number>
  /** Pieces whose stored bytes have the right SHA-1. */
  readonly right: ReadonlySet<number>
}

/** Reads the one large file of a torrent, and its journal, from a page in which no app runs. */
export async function readStored(bare: Page, { metainfo }: TorrentFixture): Promise<Stored> {
  if (metainfo.files.length !== 1) throw new Error('only torrents of one large file are read')
  const { infoHash, pieceLength, pieceCount, totalBytes, pieceHashes } = metainfo

  const found = await bare.evaluate(
    async ({ infoHash, pieceLength, pieceCount, totalBytes, hashes }) => {
      const pageOf = async (): Promise<{ pieces: Uint8Array; pending: Uint8Array } | undefined> => {
        const names = (await indexedDB.databases()).map(({ name }) => name)
        if (!names.includes('chiral')) return undefined
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          const opening = indexedDB.open('chiral')
          opening.onsuccess = () => resolve(opening.result)
          opening.onerror = () => reject(opening.error ?? new Error('no reason'))
        })
        try {
          if (!database.objectStoreNames.contains('journal')) return undefined
          const asking = database.transaction('journal').objectStore('journal').get(infoHash)
          await new Promise((resolve, reject) => {
            asking.onsuccess = resolve
            asking.onerror = () => reject(asking.error ?? new Error('no reason'))
          })
          // What a page of the journal is, `src/engine/README.md` says.
          return asking.result as { pieces: Uint8Array; pending: Uint8Array } | undefined
        } finally {
          database.close()
        }
      }

      const rightOf = async (): Promise<number[]> => {
        let file: File
        try {
          const root = await navigator.storage.getDirectory()
          const torrents = await root.getDirectoryHandle('torrents-v1')
          const folder = await torrents.getDirectoryHandle(infoHash)
          file = await (await folder.getFileHandle('0')).getFile()
        } catch {
          return []
        }
        const right: number[] = []
        for (let piece = 0; piece < pieceCount; piece++) {
          const from = piece * pieceLength
          const bytes = await file
            .slice(from, Math.min(from + pieceLength, totalBytes))
            .arrayBuffer()
          const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', bytes))
          if (digest.every((byte, at) => byte === hashes[piece * 20 + at])) right.push(piece)
        }
        return right
      }

      const page = await pageOf()
      return {
        pieces: [...(page?.pieces ?? [])],
        pending: [...(page?.pending ?? [])],
        right: await rightOf(),
      }
    },
    { infoHash, pieceLength, pieceCount, totalBytes, hashes: [...pieceHashes] },
  )

  return {
    journalled: piecesIn(found.pieces, pieceCount),
    pending: piecesIn(found.pending, pieceCount),
    right: new Set(found.right),
  }
}

function piecesIn(bits: readonly number[], pieceCount: number): ReadonlySet<number> {
  const pieces = new Set<number>()
  for (let piece = 0; piece < pieceCount; piece++) {
    if (((bits[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0) pieces.add(piece)
  }
  return pieces
}
