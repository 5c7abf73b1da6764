import type { PieceStore, PieceStores } from '../contracts/piece-store.ts'
import type { ErrorIn } from '../model/errors.ts'
import type { Metainfo } from '../model/metainfo.ts'
import { ok, type Result } from '../model/result.ts'
import type { Bytes } from '../model/units.ts'
import { encodeMetainfo } from '../parse-metainfo.ts'
import { makeSourceReader, type SourceReader } from '../source-reader.ts'
import { makeFileLayout } from './file-layout.ts'

export interface CopyProgress {
  readonly signal: AbortSignal
  readonly onProgress: (doneBytes: Bytes) => void
}

/**
 * Copies files that were just hashed to where the torrent's bytes live, so that they are still
 * there after a reload. What was copied is deleted again when it ends early. `sources` are in
 * the order of `metainfo.files`. Rejects with `signal.reason` only.
 */
export async function copyIntoStore(
  stores: PieceStores,
  metainfo: Metainfo,
  sources: readonly File[],
  progress: CopyProgress,
): Promise<Result<void, ErrorIn<'storage'>>> {
  // Nobody else may have these: should the records be lost, the bytes still say what they are.
  const opened = await stores.open(metainfo.infoHash, metainfo, {
    metainfo: encodeMetainfo({ info: metainfo.info }),
  })
  if (!opened.ok) return opened
  const store = opened.value
  let done = false
  const reader = makeSourceReader(sources)
  try {
    const copied = await copy(store, metainfo, reader, progress)
    done = copied.ok
    return copied
  } finally {
    reader.stop()
    if (done) await store.close()
    else await store.destroy()
  }
}

async function copy(
  store: PieceStore,
  metainfo: Metainfo,
  reader: SourceReader,
  { signal, onProgress }: CopyProgress,
): Promise<Result<void, ErrorIn<'storage'>>> {
  const layout = makeFileLayout(metainfo)
  let doneBytes = 0
  for (let piece = 0; piece < layout.pieceCount; piece++) {
    signal.throwIfAborted()
    const length = layout.pieceLengthOf(piece)
    // A new buffer each time: the store keeps it.
    const read = await reader.read(layout.spansOf(piece, 0, length), new ArrayBuffer(length))
    if (!read.ok) return read
    const written = await store.write(piece, read.value)
    if (!written.ok) return written
    doneBytes += length
    onProgress(doneBytes)
  }
  const flushed = await store.flush()
  return flushed.ok ? ok() : flushed
}
