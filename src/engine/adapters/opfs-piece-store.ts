import type { PieceStore, PieceStores, StoreShape } from '../contracts/piece-store.ts'
import type { ErrorIn } from '../model/errors.ts'
import { isInfoHash, type InfoHash, type PieceIndex } from '../model/ids.ts'
import { err, ok, type Result } from '../model/result.ts'
import type { Bytes } from '../model/units.ts'
import { MAX_METAINFO_LENGTH } from '../parse-metainfo.ts'
import { FILE_UNFINISHED, finishedFile, STORE_CLOSED } from '../storage/finished-file.ts'
import { makeTurns } from '../storage/take-turns.ts'
import { makeOpfsExtents, type Extent } from './opfs-extents.ts'
import { lengthsIn, METAINFO_FILE, removeOpfsFolder, type OpfsFolder } from './opfs-folder.ts'
import { makeHandlePool } from './opfs-handles.ts'
import { makeOpfsTorrentFolder, type OpfsTorrentFolder } from './opfs-torrent-folder.ts'
import { estimateStorage, isNotFound, storageError, storageFull } from './storage-error.ts'

/**
 * Where everything is: `torrents-v1/<info hash>/<file index>`, small files of a torrent together,
 * the metainfo beside them.
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
  const open = new Set<InfoHash>()

  // Asked for each time: a person may clear the site's data while it runs.
  const torrents = async (): Promise<FileSystemDirectoryHandle> =>
    (root ?? (await navigator.storage.getDirectory())).getDirectoryHandle(TORRENTS_FOLDER, {
      create: true,
    })

  const remove = async (infoHash: InfoHash): Promise<Result<void, ErrorIn<'storage'>>> => {
    if (open.has(infoHash)) return err({ kind: 'storage/locked' })
    try {
      await removeOpfsFolder(await torrents(), infoHash)
      return ok()
    } catch (thrown) {
      return err(await storageError(thrown, 0))
    }
  }

  return {
    kind: 'opfs',

    async open(infoHash, shape, choice) {
      if (open.has(infoHash)) return err({ kind: 'storage/locked' })
      open.add(infoHash)
      const folder = makeOpfsTorrentFolder(torrents, infoHash, pool, choice?.metainfo)
      return ok(
        makeStore({
          shape,
          folder,
          lengths: async () => lengthsIn(await torrents(), infoHash),
          onClosed: () => open.delete(infoHash),
          remove: () => remove(infoHash),
        }),
      )
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

    async look(infoHash) {
      try {
        const folder = await torrents()
        const lengths = await lengthsIn(folder, infoHash)
        if (lengths === null) return null
        const bytes = [...lengths.values()].reduce((sum, length) => sum + length, 0)
        return { bytes, metainfo: await metainfoIn(folder, infoHash) }
      } catch {
        return null // no storage at all
      }
    },

    estimate: estimateStorage,
  }
}

/** What is known of a piece; 0 is nothing: it may have been found here. */
const WRITTEN = 1
/** Being written, or failed to be. */
const VOID = 2

interface StoreSpec {
  readonly shape: StoreShape
  readonly folder: OpfsTorrentFolder
  /** Of the files on the disk; null when there is no folder. */
  readonly lengths: () => Promise<ReadonlyMap<string, Bytes> | null>
  readonly onClosed: () => void
  readonly remove: () => Promise<Result<void, ErrorIn<'storage'>>>
}

function makeStore({ shape, folder, lengths, onClosed, remove }: StoreSpec): PieceStore {
  const extents = makeOpfsExtents(shape)
  const { layout } = extents
  const pieces = new Uint8Array(layout.pieceCount)
  const turns = makeTurns<PieceIndex | 'folder'>()
  let closing: Promise<void> | null = null

  const close = (): Promise<void> => {
    closing ??= turns
      .idle()
      .then(() => folder.close())
      .finally(onClosed)
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

  const reaches = async (
    files: OpfsFolder,
    piece: PieceIndex,
    parts: readonly Extent[],
  ): Promise<boolean> => {
    if (pieces[piece] === WRITTEN) return true
    if (pieces[piece] === VOID) return false
    for (const { name, start, length } of parts) {
      if ((await files.foundBytes(name)) < start + length) return false
    }
    return true
  }

  /** The bytes, or null where they are not there, also when they were cleared away under us. */
  const readParts = async (
    piece: PieceIndex,
    parts: readonly Extent[],
    length: Bytes,
  ): Promise<Uint8Array<ArrayBuffer> | null> => {
    const files = await folder.existing()
    if (files === null || !(await reaches(files, piece, parts))) return null
    const bytes = new Uint8Array(length)
    for (const { name, start, length, at } of parts) {
      const count = await files.file(name).read(bytes.subarray(at, at + length), start)
      if (count < length) return null
    }
    return bytes
  }

  const read = (piece: PieceIndex, offset: Bytes, length: Bytes) => {
    const parts = extents.extentsOf(piece, offset, length)
    return guarded(piece, 0, async () => {
      try {
        return ok(await readParts(piece, parts, length))
      } catch (thrown) {
        if (!isNotFound(thrown)) throw thrown
        await folder.lost()
        return ok(null)
      }
    })
  }

  const writeParts = async (
    piece: PieceIndex,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<Result<void, ErrorIn<'storage'>>> => {
    const files = await folder.made()
    pieces[piece] = VOID
    for (const { name, start, length, at } of extents.extentsOf(piece, 0, bytes.length)) {
      const count = await files.file(name).write(bytes.subarray(at, at + length), start)
      if (count < length) return err(await storageFull(bytes.length))
    }
    pieces[piece] = WRITTEN
    return ok()
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
        try {
          return await writeParts(piece, bytes)
        } catch (thrown) {
          if (!isNotFound(thrown)) throw thrown
          // The person cleared the site's data while it runs.
          await folder.lost()
          pieces.fill(VOID)
          return writeParts(piece, bytes)
        }
      })
    },

    flush: () =>
      guarded('folder', 0, async () => {
        await (await folder.open())?.flush()
        return ok()
      }),

    present: () =>
      guarded('folder', 0, async () => {
        const found = await lengths()
        const reached = new Uint8Array(Math.ceil(layout.pieceCount / 8))
        for (let piece = 0; piece < layout.pieceCount; piece++) {
          const parts = extents.extentsOf(piece, 0, layout.pieceLengthOf(piece))
          if (parts.every(({ name, start, length }) => (found?.get(name) ?? 0) >= start + length)) {
            reached[piece >> 3]! |= 0x80 >> (piece & 7)
          }
        }
        return ok(reached)
      }),

    async file(index) {
      const range = layout.piecesOf(index)
      const { path, offset, length } = shape.files[index]!
      const own = extents.ownFileOf(index)
      if (own !== null) {
        return guarded('folder', 0, async () => {
          const file = await (await folder.existing())?.snapshot(own)
          if (file === null || file === undefined || file.size < length) return err(FILE_UNFINISHED)
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

async function metainfoIn(
  torrents: FileSystemDirectoryHandle,
  infoHash: InfoHash,
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const folder = await torrents.getDirectoryHandle(infoHash)
    const file = await (await folder.getFileHandle(METAINFO_FILE)).getFile()
    if (file.size > MAX_METAINFO_LENGTH) return null
    return new Uint8Array(await file.arrayBuffer())
  } catch {
    return null // none, or one that the browser cannot read
  }
}
