import type { ErrorIn } from './model/errors.ts'
import { toCause } from './model/errors.ts'
import type { Result } from './model/result.ts'
import { err, ok } from './model/result.ts'
import type { Bytes } from './model/units.ts'
import { MIB } from './model/units.ts'
import type { FileLayout, FileSpan } from './storage/file-layout.ts'
import { makeFileLayout } from './storage/file-layout.ts'

/** Read at once, in whole pieces: long enough that asking costs nothing beside reading. */
const WINDOW_LENGTH: Bytes = 8 * MIB
/** A window of small files asks for this many at a time. */
const READS_IN_FLIGHT = 16
/** Of a SHA-1 digest. */
const DIGEST_LENGTH: Bytes = 20

export interface HashPiecesProgress {
  readonly signal: AbortSignal
  readonly onProgress: (doneBytes: Bytes) => void
}

/**
 * SHA-1 of every piece of these files laid end to end (BEP 3), 20 bytes each, end to end.
 *
 * One window is hashed while the next is read, both off this thread by the platform; memory is
 * a few windows whatever the total. `storage/source-changed` names the file that could
 * not be read as it was given. Rejects with `signal.reason` only.
 */
export async function hashPieces(
  files: readonly File[],
  pieceLength: Bytes,
  { signal, onProgress }: HashPiecesProgress,
): Promise<Result<Uint8Array<ArrayBuffer>, ErrorIn<'storage'>>> {
  const piecesInWindow = Math.max(1, Math.floor(WINDOW_LENGTH / pieceLength))
  const windows = layOut(files, piecesInWindow * pieceLength)
  const hashes = new Uint8Array(DIGEST_LENGTH * Math.ceil(windows.totalBytes / pieceLength))

  let reading = windows.pieceCount > 0 ? readWindow(files, windows, 0) : null
  for (let window = 0, doneBytes = 0; reading !== null; window++) {
    const bytes: ReadWindow = await reading
    signal.throwIfAborted()
    if (!bytes.ok) return bytes
    const next = window + 1
    reading = next < windows.pieceCount ? readWindow(files, windows, next) : null

    const digests = await Promise.all(
      piecesIn(bytes.value, pieceLength).map((piece) => crypto.subtle.digest('SHA-1', piece)),
    )
    signal.throwIfAborted()
    digests.forEach((digest, index) => {
      hashes.set(new Uint8Array(digest), (window * piecesInWindow + index) * DIGEST_LENGTH)
    })
    doneBytes += bytes.value.length
    onProgress(doneBytes)
  }
  if (windows.totalBytes === 0) onProgress(0)
  return ok(hashes)
}

/** Windows are to the files what pieces are: the same arithmetic, with a longer length. */
function layOut(files: readonly File[], windowLength: Bytes): FileLayout {
  let totalBytes = 0
  const placed = files.map(({ name, size }) => {
    const offset = totalBytes
    totalBytes += size
    return { path: name, length: size, offset }
  })
  return makeFileLayout({ pieceLength: windowLength, totalBytes, files: placed })
}

function piecesIn(bytes: Uint8Array<ArrayBuffer>, pieceLength: Bytes): Uint8Array<ArrayBuffer>[] {
  const count = Math.ceil(bytes.length / pieceLength)
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * pieceLength, (index + 1) * pieceLength),
  )
}

type ReadWindow = Result<Uint8Array<ArrayBuffer>, ErrorIn<'storage'>>

/** Never rejects: it is left alone when the caller gives up meanwhile. */
async function readWindow(
  files: readonly File[],
  windows: FileLayout,
  window: number,
): Promise<ReadWindow> {
  const length = windows.pieceLengthOf(window)
  const spans = windows.spansOf(window, 0, length)
  const [only] = spans
  if (only !== undefined && spans.length === 1) return readSpan(files[only.file]!, only)

  const bytes = new Uint8Array(length)
  let problem: ReadWindow | null = null
  const queue = spans.values()
  const readOn = async () => {
    // The lanes share one iterator, so each span is read by one of them.
    for (const span of queue) {
      const read = await readSpan(files[span.file]!, span)
      if (read.ok) bytes.set(read.value, span.at)
      else problem ??= read
      if (problem !== null) return
    }
  }
  await Promise.all(Array.from({ length: READS_IN_FLIGHT }, readOn))
  return problem ?? ok(bytes)
}

async function readSpan(file: File, { fileOffset, length }: FileSpan): Promise<ReadWindow> {
  try {
    const buffer = await file.slice(fileOffset, fileOffset + length).arrayBuffer()
    if (buffer.byteLength === length) return ok(new Uint8Array(buffer))
    return err({ kind: 'storage/source-changed', name: file.name })
  } catch (thrown) {
    return err(
      thrown instanceof DOMException && UNREADABLE.has(thrown.name)
        ? { kind: 'storage/source-changed', name: file.name }
        : { kind: 'storage/io', cause: toCause(thrown) },
    )
  }
}

/** What browsers say of a file that was changed, moved, removed, or that may no longer be read. */
const UNREADABLE: ReadonlySet<string> = new Set(['NotReadableError', 'NotFoundError'])
