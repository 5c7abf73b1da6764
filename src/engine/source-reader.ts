import type { ErrorIn } from './model/errors.ts'
import { toCause } from './model/errors.ts'
import type { Result } from './model/result.ts'
import { err, ok } from './model/result.ts'
import type { Bytes } from './model/units.ts'
import type { FileSpan } from './storage/file-layout.ts'

/** Small files are asked for this many at a time. */
const READS_IN_FLIGHT = 16

/** What was read, or why not. After an error the buffer that was lent is gone. */
export type Read = Result<Uint8Array<ArrayBuffer>, ErrorIn<'storage'>>

export interface SourceReader {
  /**
   * Reads spans that lie end to end into `buffer`, which must be long enough. Takes the buffer
   * and answers with a view of its bytes, perhaps in a new `ArrayBuffer`. Never rejects;
   * `storage/source-changed` names a file that cannot be read as it was given. One at a time.
   */
  read(spans: readonly FileSpan[], buffer: ArrayBuffer): Promise<Read>

  /** Gives up what is being read. */
  stop(): void
}

/**
 * Reads files that a person picked, forward. A span that is alone comes from one stream per
 * file, straight into the buffer: without an allocation for each read that is 1.6 times as fast in
 * Chromium and 2.5 times in Firefox as `slice().arrayBuffer()`, which does for many small spans
 * and where `File` has no byte streams.
 */
export function makeSourceReader(files: readonly File[]): SourceReader {
  let stream: OpenStream | null = null

  const streamAt = (span: FileSpan): OpenStream | null => {
    if (stream?.file === span.file && stream.offset === span.fileOffset) return stream
    stop()
    const reader = byteReaderOf(files[span.file]!.slice(span.fileOffset))
    stream = reader === null ? null : { file: span.file, offset: span.fileOffset, reader }
    return stream
  }

  const stop = () => {
    // A stream that failed rejects here too, with what its read has said already.
    stream?.reader.cancel().catch(() => undefined)
    stream = null
  }

  return {
    async read(spans, buffer) {
      const [only] = spans
      if (only === undefined || spans.length > 1) return readApart(files, spans, buffer)
      const file = files[only.file]!
      return attempt(file, async () => {
        const from = streamAt(only)
        if (from === null) return readSlice(file, only)
        const bytes = await fill(from.reader, buffer, only.length)
        from.offset += bytes.length
        return bytes.length === only.length ? ok(bytes) : changed(file)
      })
    },
    stop,
  }
}

interface OpenStream {
  readonly file: number
  readonly reader: ReadableStreamBYOBReader
  /** Of the next byte it gives. */
  offset: Bytes
}

function byteReaderOf(blob: Blob): ReadableStreamBYOBReader | null {
  try {
    return blob.stream().getReader({ mode: 'byob' })
  } catch {
    return null // the platform's blobs have no byte streams
  }
}

/** Each read transfers the buffer to the stream and back. Ends early where the stream does. */
async function fill(
  reader: ReadableStreamBYOBReader,
  buffer: ArrayBuffer,
  length: Bytes,
): Promise<Uint8Array<ArrayBuffer>> {
  let lent = buffer
  let at = 0
  while (at < length) {
    const { value, done } = await reader.read(new Uint8Array(lent, at, length - at))
    if (value !== undefined) lent = value.buffer
    if (done) break
    at += value.length
  }
  return new Uint8Array(lent, 0, at)
}

async function readApart(
  files: readonly File[],
  spans: readonly FileSpan[],
  buffer: ArrayBuffer,
): Promise<Read> {
  const length = spans.reduce((sum, span) => sum + span.length, 0)
  const bytes = new Uint8Array(buffer, 0, length)
  let problem: Read | null = null
  const queue = spans.values()
  const readOn = async () => {
    // The lanes share one iterator, so each span is read by one of them.
    for (const span of queue) {
      const file = files[span.file]!
      const read = await attempt(file, () => readSlice(file, span))
      if (read.ok) bytes.set(read.value, span.at)
      else problem ??= read
      if (problem !== null) return
    }
  }
  await Promise.all(Array.from({ length: READS_IN_FLIGHT }, readOn))
  return problem ?? ok(bytes)
}

async function readSlice(file: File, { fileOffset, length }: FileSpan): Promise<Read> {
  const bytes = await file.slice(fileOffset, fileOffset + length).arrayBuffer()
  return bytes.byteLength === length ? ok(new Uint8Array(bytes)) : changed(file)
}

async function attempt(file: File, read: () => Promise<Read>): Promise<Read> {
  try {
    return await read()
  } catch (thrown) {
    return thrown instanceof Error && UNREADABLE.has(thrown.name)
      ? changed(file)
      : err({ kind: 'storage/io', cause: toCause(thrown) })
  }
}

const changed = (file: File) => err({ kind: 'storage/source-changed', name: file.name } as const)

/**
 * What browsers say of a file that was changed, moved or removed: of a slice Chromium says the
 * first two and Firefox the third, of a stream both the last. Firefox does not notice that a
 * file was written over; what is sent to peers is checked by its hash as well.
 */
const UNREADABLE: ReadonlySet<string> = new Set([
  'NotReadableError',
  'NotFoundError',
  'AbortError',
  'TypeError',
])
