import { makeGiveWay } from './give-way.ts'
import type { ErrorIn } from './model/errors.ts'
import type { Result } from './model/result.ts'
import { ok } from './model/result.ts'
import type { Bytes } from './model/units.ts'
import { MIB } from './model/units.ts'
import type { Read } from './source-reader.ts'
import { makeSourceReader } from './source-reader.ts'
import type { FileLayout } from './storage/file-layout.ts'
import { makeFileLayout } from './storage/file-layout.ts'

/**
 * Read at once, in whole pieces. Two of them stay in the processor's cache, where eight times
 * as much is read and hashed at two thirds of the rate.
 */
const WINDOW_LENGTH: Bytes = 2 * MIB
/** Of a SHA-1 digest. */
const DIGEST_LENGTH: Bytes = 20

export interface HashPiecesProgress {
  readonly signal: AbortSignal
  readonly onProgress: (doneBytes: Bytes) => void
}

/**
 * SHA-1 of every piece of these files laid end to end (BEP 3), 20 bytes each, end to end.
 *
 * One window is hashed while the next is read, both off this thread by the platform, in two
 * buffers that take turns. `storage/source-changed` names the file that could not be read as it
 * was given. Rejects with `signal.reason` only.
 */
export async function hashPieces(
  files: readonly File[],
  pieceLength: Bytes,
  { signal, onProgress }: HashPiecesProgress,
): Promise<Result<Uint8Array<ArrayBuffer>, ErrorIn<'storage'>>> {
  const piecesInWindow = Math.max(1, Math.floor(WINDOW_LENGTH / pieceLength))
  const windows = layOut(files, piecesInWindow * pieceLength)
  const bufferLength = Math.min(windows.pieceLength, windows.totalBytes)
  const hashes = new Uint8Array(DIGEST_LENGTH * Math.ceil(windows.totalBytes / pieceLength))
  const reader = makeSourceReader(files)
  const giveWay = makeGiveWay()

  const read = async (window: number, buffer: ArrayBuffer): Promise<Read> =>
    reader.read(windows.spansOf(window, 0, windows.pieceLengthOf(window)), buffer)

  try {
    let spare = new ArrayBuffer(bufferLength)
    let reading = windows.pieceCount > 0 ? read(0, new ArrayBuffer(bufferLength)) : null
    for (let window = 0, doneBytes = 0; reading !== null; window++) {
      const bytes: Read = await reading
      signal.throwIfAborted()
      if (!bytes.ok) return bytes
      const next = window + 1
      reading = next < windows.pieceCount ? read(next, spare) : null

      const digests = await Promise.all(
        piecesIn(bytes.value, pieceLength).map((piece) => crypto.subtle.digest('SHA-1', piece)),
      )
      signal.throwIfAborted()
      digests.forEach((digest, index) => {
        hashes.set(new Uint8Array(digest), (window * piecesInWindow + index) * DIGEST_LENGTH)
      })
      spare = bytes.value.buffer
      doneBytes += bytes.value.length
      onProgress(doneBytes)
      await giveWay()
    }
  } finally {
    reader.stop()
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
