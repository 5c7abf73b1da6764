import { open, readFile, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { decodeGrant, encodeGrant, RECORD_BYTES } from './grant-record.ts'
import type { Claim } from './use-counters.ts'

/** In the relay's data folder; readable by this user only. */
export const GRANT_FILE = 'redemptions.dat'

/**
 * Granted claims on disk: a head, then records that are only ever added. What was resolved for
 * survives the end of the process and of the machine at any moment. One process at a time, and one
 * call at a time, `close` included.
 */
export interface GrantFile {
  /** What was there when it was opened. */
  readonly found: readonly Claim[]
  /** Records that were not whole. */
  readonly damaged: number
  /**
   * Adds what was granted just now. Rejects when it cannot be said to be on disk; the next call
   * then writes the file anew.
   */
  append(claims: readonly Claim[]): Promise<void>
  /** Writes anew what is live, and nothing else. On rejection the file is as before, or is new. */
  rewrite(): Promise<void>
  close(): Promise<void>
}

/** What the file begins with. Another head is another version's, and is not touched. */
const HEAD = Buffer.from('chiral-uses/1\n\0\0', 'latin1')

/**
 * Reads the file if there is one; writes nothing yet.
 *
 * @param live everything granted at the moment of the call, what is being appended included
 */
export async function openGrantFile(
  folder: string,
  live: () => Iterable<Claim>,
): Promise<GrantFile> {
  const path = join(folder, GRANT_FILE)
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return HEAD
    throw error
  })
  if (!bytes.subarray(0, HEAD.length).equals(HEAD)) {
    throw new Error(`${path} was not written by this version.`)
  }
  /** The file as it is sure to be on disk; `null` until written anew, at first and after a failure. */
  let sure: { readonly handle: FileHandle; readonly length: number } | null = null
  let handle: FileHandle | null = null

  const rewrite = async (): Promise<void> => {
    sure = null
    const made = await writeAnew(path, live)
    await handle?.close().catch(() => {})
    handle = made.handle
    sure = made
  }

  return {
    ...grantsIn(bytes.subarray(HEAD.length)),
    async append(claims) {
      if (sure === null) return rewrite()
      const { handle, length } = sure
      const records = Buffer.concat(claims.map(encodeGrant))
      sure = null
      await writeWhole(handle, records, length)
      await handle.datasync()
      sure = { handle, length: length + records.length }
    },
    rewrite,
    async close() {
      await handle?.close()
    },
  }
}

/** Whole records, wherever others were cut off or spoiled between them. */
function grantsIn(bytes: Buffer): { found: Claim[]; damaged: number } {
  const found: Claim[] = []
  let damaged = 0
  for (let at = 0; at < bytes.length; at += RECORD_BYTES) {
    const grant = decodeGrant(bytes.subarray(at, at + RECORD_BYTES))
    if (grant === null) damaged++
    else found.push(grant)
  }
  return { found, damaged }
}

/** Beside the old file until it is whole on disk, then in its place. */
async function writeAnew(
  path: string,
  live: () => Iterable<Claim>,
): Promise<{ handle: FileHandle; length: number }> {
  const draft = `${path}.draft`
  const handle = await open(draft, 'w', 0o600)
  try {
    const bytes = Buffer.concat([HEAD, ...Array.from(live(), encodeGrant)])
    await writeWhole(handle, bytes, 0)
    await handle.sync()
    await rename(draft, path)
    await syncFolder(dirname(path))
    return { handle, length: bytes.length }
  } catch (thrown) {
    await handle.close().catch(() => {})
    await rm(draft, { force: true }).catch(() => {})
    throw thrown
  }
}

async function writeWhole(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0
  while (written < bytes.length) {
    const length = bytes.length - written
    const { bytesWritten } = await handle.write(bytes, written, length, position + written)
    if (bytesWritten === 0) throw new Error('the disk takes no more')
    written += bytesWritten
  }
}

/** A new name is on disk when its folder is. Windows opens no folders and needs none of it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
