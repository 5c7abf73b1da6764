import { makeZip, predictLength } from 'client-zip'
import type { Bytes } from '../model/units.ts'

/** A file on its way into an archive. */
export interface ZipEntry {
  /** With `/` between parts; whoever makes it has made it safe and unique (`safeFilePaths`). */
  readonly path: string
  readonly length: Bytes
  /** Called when its turn comes, for a file of exactly this length. What it throws ends the archive. */
  readonly open: () => Promise<File>
}

/** How long the archive of these files will be, to the byte. */
export function zipLength(entries: readonly ZipEntry[]): Bytes {
  return Number(predictLength(entries.map(({ path, length }) => ({ name: path, size: length }))))
}

/**
 * A ZIP archive (APPNOTE 6.3.10), stored without compression: what is worth sharing is compressed
 * already. Zip64 where a length or a place needs it; names are UTF-8 and say so. One file is open
 * at a time, and no more than one chunk of it is in memory. Rejects with what `open` threw.
 */
export function zipStream(entries: readonly ZipEntry[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  const inputs = async function* () {
    for (const { path, open } of entries) yield { name: path, input: await open() }
  }
  // It hands on what the files' streams give and makes its own headers: none of it is shared.
  return makeZip(inputs()) as ReadableStream<Uint8Array<ArrayBuffer>>
}
