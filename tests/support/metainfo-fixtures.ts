import { encode, type Encodable } from '../../src/engine/bencode.ts'
import type { Metainfo } from '../../src/engine/model/metainfo.ts'
import type { SeedFile } from '../../src/engine/model/torrent.ts'
import { makeMetainfo, type MakeMetainfoOptions } from '../../src/engine/make-metainfo.ts'
import { encodeMetainfo } from '../../src/engine/parse-metainfo.ts'

/** Fields of a dictionary; `undefined` takes one away. */
type Fields = Readonly<Record<string, Encodable | undefined>>

/**
 * The bytes of a small sound `.torrent`, but for what is said: one file `a.txt` of 40 KiB in
 * pieces of 16 KiB, its hashes all zero. For parsing; `aTorrent` has content to download.
 */
export function torrentBytes(info: Fields = {}, outer: Fields = {}): Uint8Array<ArrayBuffer> {
  return encode({ info: infoFields(info), ...outer })
}

export function infoFields(fields: Fields = {}): Fields {
  return {
    name: 'a.txt',
    'piece length': 16_384,
    pieces: new Uint8Array(3 * 20),
    length: 40_960,
    ...fields,
  }
}

/** As `torrentBytes`, of a folder with these files. */
export function folderBytes(
  files: ReadonlyArray<{ readonly path: readonly Encodable[]; readonly length: number }>,
  info: Fields = {},
): Uint8Array<ArrayBuffer> {
  const total = files.reduce((sum, { length }) => sum + Math.max(length, 0), 0)
  return torrentBytes({
    name: 'folder',
    length: undefined,
    files: files.map((file) => ({ ...file })),
    // Not made where it is not used: a test may lie about the lengths.
    pieces: info['pieces'] ?? new Uint8Array(Math.ceil(total / 16_384) * 20),
    ...info,
  })
}

export interface TorrentFixture {
  readonly metainfo: Metainfo
  readonly torrentFile: Uint8Array<ArrayBuffer>
  readonly files: readonly SeedFile[]
  /** All files end to end, in the order of the metainfo. */
  readonly content: Uint8Array<ArrayBuffer>
}

/** A torrent with content, the same on every run: `lengths` by path. */
export async function aTorrent(
  lengths: Readonly<Record<string, number>> = { 'a.bin': 100_000 },
  options: MakeMetainfoOptions = { pieceLength: 16_384 },
): Promise<TorrentFixture> {
  const files = Object.entries(lengths).map(([path, length], index) => ({
    path,
    file: new File([bytesFrom(index + 1, length)], path.split('/').at(-1)!),
  }))
  const made = await makeMetainfo(files, options, { signal: new AbortController().signal })
  if (!made.ok) throw new Error(`not a fixture: ${JSON.stringify(made.error)}`)
  const { metainfo, sources } = made.value
  return {
    metainfo,
    torrentFile: encodeMetainfo(metainfo),
    files,
    content: new Uint8Array(await new Blob([...sources]).arrayBuffer()),
  }
}

/** Noise that is the same for the same seed (xorshift32). */
export function bytesFrom(seed: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  let state = (seed * 0x9e3779b9) | 1
  for (let at = 0; at < length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[at] = state
  }
  return bytes
}
