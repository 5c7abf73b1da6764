import type { PieceStore, PieceStores, StoreShape } from '../contracts/piece-store.ts'
import type { ErrorIn } from '../model/errors.ts'
import { isInfoHash, type InfoHash, type PieceIndex } from '../model/ids.ts'
import { err, ok, type Result } from '../model/result.ts'
import type { Bytes } from '../model/units.ts'
import { FILE_UNFINISHED, finishedFile, STORE_CLOSED } from '../storage/finished-file.ts'
import { makeTurns } from '../storage/take-turns.ts'
import { makeOpfsExtents, type Extent } from './opfs-extents.ts'
import { openOpfsFolder, removeOpfsFolder, type OpfsFolder } from './opfs-folder.ts'
import { makeHandlePool } from './opfs-handles.ts'
import { estimateStorage, storageError, storageFull } from './storage-error.ts'

/**
 * Where everything is: `torrents-v1/<info hash>/<file index>`, small files of a torrent together.
 * (WebTorrent's own store, merely imported, deletes a folder named `chunks`.)
 */
export const TORRENTS_FOLDER = 'torrents-v1'

/** Open files, all torrents together; each is a file descriptor in two processes. */
const OPEN_FILES = 128

/**
 * Stores on the origin private file system, through the synchronous handles that only a dedicated
 * worker has. A torrent is held by one store on this device at a time, whatever tab or worker asks.
 *
 * A `File` of a gigabyte costs no memory, here or in the page it is sent to (measured in both
 * browsers). Writing and reading whole pieces runs at memory speed, above 1 GB/s; what costs is
 * opening files, and `flush`, which stops this thread while the disk works: about 0.2 s for 512 MiB.
 *
 * `root` is the folder to keep them in, the origin's own when left out.
 */
export function makeOpfsPieceStores(
  root?: FileSystemDirectoryHandle,
  { openFiles = OPEN_FILES }: { readonly openFiles?: number } = {},
): PieceStores {
  const pool = makeHandlePool(openFiles)

  // Asked for each time: a person may clear the site's data while it runs.
  const torrents = async (): Promise<FileSystemDirectoryHandle> =>
    (root ?? (await navigator.storage.getDirectory())).getDirectoryHandle(TORRENTS_FOLDER, {
      create: true,
    })

  const remove = async (infoHash: InfoHash): Promise<Result<void, ErrorIn<'storage'>>> => {
    try {
      await removeOpfsFolder(await torrents(), infoHash)
      return ok()
    } catch (thrown) {
      return err(await storageError(thrown, 0))
    }
  }

  return {
    kind: 'opfs',

    async open(infoHash, shape) {
      try {
        const folder = await openOpfsFolder(await torrents(), infoHash, pool)
        return ok(makeStore(shape, folder, () => remove(infoHash)))
      } catch (thrown) {
        return err(await storageError(thrown, 0))
      }
    },

    destroy: remove,

    async list() {
      try {
        const listed: InfoHash[] = []
        for await (const name of (await torrents()).keys()) if (isInfoHash(name)) listed.push(name)
        return listed
      } catch {
        return [] // no storage at all: nothing is kept
      }
    },

    estimate: estimateStorage,
  }
}

/** What is known of a piece; 0 is nothing: it may have been found here. */
const WRITTEN = 1
/** Being written, or failed to be. */
const VOID = 2

function makeStore(
  shape: StoreShape,
  folder: OpfsFolder,
  remove: () => Promise<Result<void, ErrorIn<'storage'>>>,
): PieceStore {
  const extents = makeOpfsExtents(shape)
  const { layout } = extents
  const pieces = new Uint8Array(layout.pieceCount)
  const turns = makeTurns<PieceIndex | 'folder'>()
  let closing: Promise<void> | null = null

  const close = (): Promise<void> => {
    closing ??= turns.idle().then(() => folder.close())
    return closing
  }

  /** The work of one turn; what the browser throws becomes an error. */
  const guarded = async <Value>(
    key: PieceIndex | 'folder',
    needed: Bytes,
    work: () => Promise<Result<Value, ErrorIn<'storage'>>>,
  ): Promise<Result<Value, ErrorIn<'storage'>>> => {
    if (closing !== null) return err(STORE_CLOSED)
    try {
      return await turns.take(key, work)
    } catch (thrown) {
      return err(await storageError(thrown, needed))
    }
  }

  const readable = async (piece: PieceIndex, parts: readonly Extent[]): Promise<boolean> => {
    if (pieces[piece] === WRITTEN) return true
    if (pieces[piece] === VOID) return false
    for (const { name, start, length } of parts) {
      if ((await folder.foundBytes(name)) < start + length) return false
    }
    return true
  }

  const read = (piece: PieceIndex, offset: Bytes, length: Bytes) => {
    const parts = extents.extentsOf(piece, offset, length)
    return guarded(piece, 0, async () => {
      if (!(await readable(piece, parts))) return ok(null)
      const bytes = new Uint8Array(length)
      for (const { name, start, length, at } of parts) {
        const count = await folder.file(name).read(bytes.subarray(at, at + length), start)
        if (count < length) return err(FILE_UNFINISHED) // cleared away under us
      }
      return ok(bytes)
    })
  }

  return {
    shape,

    async read(piece, offset, length) {
      return read(piece, offset, length)
    },

    async write(piece, bytes) {
      const needed = layout.pieceLengthOf(piece)
      if (bytes.length !== needed) throw new RangeError(`piece ${piece} has ${needed} bytes`)
      return guarded(piece, needed, async () => {
        pieces[piece] = VOID
        for (const { name, start, length, at } of extents.extentsOf(piece, 0, needed)) {
          const count = await folder.file(name).write(bytes.subarray(at, at + length), start)
          if (count < length) return err(await storageFull(needed))
        }
        pieces[piece] = WRITTEN
        return ok()
      })
    },

    flush: () =>
      guarded('folder', 0, async () => {
        await folder.flush()
        return ok()
      }),

    async file(index) {
      const range = layout.piecesOf(index)
      const { path, offset, length } = shape.files[index]!
      const own = extents.ownFileOf(index)
      if (own !== null) {
        return guarded('folder', 0, async () => {
          const file = await folder.snapshot(own)
          if (file === null || file.size < length) return err(FILE_UNFINISHED)
          return ok(finishedFile([file.size === length ? file : file.slice(0, length)], path))
        })
      }

      const parts: BlobPart[] = []
      for (let piece = range?.[0] ?? 0; piece <= (range?.[1] ?? -1); piece++) {
        const start = Math.max(0, offset - piece * shape.pieceLength)
        const end = Math.min(offset + length - piece * shape.pieceLength, shape.pieceLength)
        const part = await read(piece, start, end - start)
        if (!part.ok) return part
        if (part.value === null) return err(FILE_UNFINISHED)
        parts.push(part.value)
      }
      return closing === null ? ok(finishedFile(parts, path)) : err(STORE_CLOSED)
    },

    close,

    async destroy() {
      await close()
      return remove()
    },
  }
}
