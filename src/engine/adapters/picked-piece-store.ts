import type { PieceStore, PieceStores, StoreShape } from '../contracts/piece-store.ts'
import type { PickedPlace } from '../contracts/record-store.ts'
import { toCause, type ErrorIn } from '../model/errors.ts'
import type { FileIndex, InfoHash } from '../model/ids.ts'
import { err, ok, type Result } from '../model/result.ts'
import { makeFileLayout } from '../storage/file-layout.ts'
import { finishedFile, STORE_CLOSED } from '../storage/finished-file.ts'

/** Files looked at together when a store is opened: each is a question to the browser's process. */
const LANES = 32

/**
 * The stores with a second kind of place: files the person picked, read where they lie. What those
 * promise beyond and below the contract: nothing is written. `write` answers
 * `storage/source-changed`, because whoever asks for it has found that the bytes there are not
 * those of the torrent any more, and `destroy` leaves the person's files alone.
 *
 * A file that moved, or whose length or time of change is another than when it was hashed, is
 * refused when the store is opened and when it is read (`storage/source-missing`,
 * `storage/source-changed`); one the browser wants to ask about first, with `storage/permission`.
 * Bytes that changed without either are for who reads to find: by the piece's hash.
 */
export function withPickedPlaces(stores: PieceStores): PieceStores {
  const open = new Set<InfoHash>()

  return {
    kind: stores.kind,
    list: () => stores.list(),
    look: (infoHash) => stores.look(infoHash),
    estimate: () => stores.estimate(),

    async open(infoHash, shape, choice) {
      if (choice?.place?.kind !== 'picked') return stores.open(infoHash, shape, choice)
      if (open.has(infoHash)) return err({ kind: 'storage/locked' })
      open.add(infoHash)
      const files = await lookUp(choice.place, shape)
      if (files.ok) return ok(makeStore(shape, files.value, () => open.delete(infoHash)))
      open.delete(infoHash)
      return files
    },

    async destroy(infoHash) {
      return open.has(infoHash) ? err({ kind: 'storage/locked' }) : stores.destroy(infoHash)
    },
  }
}

/** One of the files, found again. */
interface FoundFile {
  readonly name: string
  /** As it was when the store was opened, or refused when it is not that any more. */
  now(): Promise<Result<File, ErrorIn<'storage'>>>
  file: File
}

function makeStore(shape: StoreShape, files: readonly FoundFile[], letGo: () => void): PieceStore {
  const layout = makeFileLayout(shape)
  let closed = false

  /** Reads through the file at hand; a `File` of Chromium is void once the file was touched. */
  const readFrom = async (
    found: FoundFile,
    start: number,
    end: number,
  ): Promise<Result<ArrayBuffer, ErrorIn<'storage'>>> => {
    try {
      const bytes = await found.file.slice(start, end).arrayBuffer()
      if (bytes.byteLength === end - start) return ok(bytes)
    } catch {
      // Why is found out now.
    }
    const again = await found.now()
    if (!again.ok) return again
    try {
      const bytes = await again.value.slice(start, end).arrayBuffer()
      if (bytes.byteLength !== end - start) return err(changed(found.name))
      found.file = again.value
      return ok(bytes)
    } catch (thrown) {
      return err({ kind: 'storage/io', cause: toCause(thrown) })
    }
  }

  const close = () => {
    if (!closed) letGo()
    closed = true
  }

  return {
    shape,

    async read(piece, offset, length) {
      const spans = layout.spansOf(piece, offset, length)
      if (closed) return err(STORE_CLOSED)
      const bytes = new Uint8Array(length)
      for (const span of spans) {
        const end = span.fileOffset + span.length
        const part = await readFrom(files[span.file]!, span.fileOffset, end)
        if (!part.ok) return part
        if (spans.length === 1) return ok(new Uint8Array(part.value))
        bytes.set(new Uint8Array(part.value), span.at)
      }
      return closed ? err(STORE_CLOSED) : ok(bytes)
    },

    async write(piece, bytes) {
      const needed = layout.pieceLengthOf(piece)
      if (bytes.length !== needed) throw new RangeError(`piece ${piece} has ${needed} bytes`)
      if (closed) return err(STORE_CLOSED)
      const [first] = layout.spansOf(piece, 0, needed)
      return err(changed(files[first?.file ?? 0]?.name ?? ''))
    },

    async flush() {
      return closed ? err(STORE_CLOSED) : ok()
    },

    /** The files were as long as they should be when they were opened. */
    async present() {
      return closed
        ? err(STORE_CLOSED)
        : ok(new Uint8Array(Math.ceil(layout.pieceCount / 8)).fill(0xff))
    },

    async file(index) {
      layout.piecesOf(index) // throws for a file the torrent does not have
      if (closed) return err(STORE_CLOSED)
      const now = await files[index]!.now()
      return now.ok ? ok(finishedFile([now.value], shape.files[index]!.path)) : now
    },

    async close() {
      close()
    },

    async destroy() {
      close()
      return ok()
    },
  }
}

/** All files of the torrent, in its order, each as it was; or what is wrong with the first that is not. */
async function lookUp(
  place: PickedPlace,
  shape: StoreShape,
): Promise<Result<readonly FoundFile[], ErrorIn<'storage'>>> {
  for (const root of place.roots) {
    if (!(await mayRead(root))) return err({ kind: 'storage/permission', name: root.name })
  }

  const found: FoundFile[] = []
  let problem: ErrorIn<'storage'> | null = null
  const queue = shape.files.keys()
  const lane = async () => {
    // The lanes share one iterator, so each file is looked at by one of them.
    for (const index of queue) {
      if (problem !== null) return
      const now = () => fileNow(place, index, shape)
      const file = await now()
      if (file.ok) found[index] = { name: file.value.name, now, file: file.value }
      else problem ??= file.error
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return problem === null ? ok(found) : err(problem)
}

async function fileNow(
  { roots, files }: PickedPlace,
  index: FileIndex,
  shape: StoreShape,
): Promise<Result<File, ErrorIn<'storage'>>> {
  const picked = files[index]
  const root = picked === undefined ? undefined : roots[picked.root]
  const name = picked?.names.at(-1) ?? root?.name ?? ''
  if (picked === undefined || root === undefined || picked.length !== shape.files[index]?.length) {
    return err(changed(name))
  }
  try {
    const handle = await enter(root, picked.names)
    if (handle === null) return err(changed(name))
    const file = await handle.getFile()
    const same = file.size === picked.length && file.lastModified === picked.modifiedAt
    return same ? ok(file) : err(changed(name))
  } catch (thrown) {
    switch (thrown instanceof DOMException ? thrown.name : '') {
      case 'NotAllowedError':
        return err({ kind: 'storage/permission', name: root.name })
      case 'NotFoundError':
      case 'TypeMismatchError':
        return err({ kind: 'storage/source-missing', name })
      default:
        return err({ kind: 'storage/io', cause: toCause(thrown) })
    }
  }
}

/** Null where the names and the kind of the root do not go together. */
async function enter(
  root: PickedPlace['roots'][number],
  names: readonly string[],
): Promise<FileSystemFileHandle | null> {
  if (root.kind === 'file') return names.length === 0 ? root : null
  const name = names.at(-1)
  if (name === undefined) return null
  let folder = root
  for (const part of names.slice(0, -1)) folder = await folder.getDirectoryHandle(part)
  return folder.getFileHandle(name)
}

/** Browsers without `queryPermission` ask nobody. */
async function mayRead(handle: FileSystemHandle): Promise<boolean> {
  const { queryPermission } = handle as {
    queryPermission?: (wanted: { mode: 'read' }) => Promise<PermissionState>
  }
  return queryPermission === undefined
    ? true
    : (await queryPermission.call(handle, { mode: 'read' })) === 'granted'
}

const changed = (name: string) => ({ kind: 'storage/source-changed', name }) as const
