import { encode } from './bencode.ts'
import { hashPieces } from './hash-pieces.ts'
import type { ErrorIn } from './model/errors.ts'
import { infoHashOfDigest } from './model/ids.ts'
import type { Metainfo } from './model/metainfo.ts'
import type { Result } from './model/result.ts'
import { err, ok } from './model/result.ts'
import type { SeedFile } from './model/torrent.ts'
import type { Bytes } from './model/units.ts'
import { KIB, MIB } from './model/units.ts'
import { MAX_FILES, parseInfo } from './parse-metainfo.ts'
import { haveClash, isPath } from './torrent-path.ts'

export interface MakeMetainfoOptions {
  /** Of the torrent; left out, the common folder's, the only file's, or after the first file. */
  readonly name?: string
  /** A power of two, 16 KiB to 16 MiB; left out, `choosePieceLength` of the total. */
  readonly pieceLength?: Bytes
  /** Sets `private` (BEP 27) and leaves out trackers and web seeds. Part of the info hash. */
  readonly private?: boolean
  readonly trackers?: readonly string[]
  readonly webSeeds?: readonly string[]
  readonly comment?: string
}

export interface MakeMetainfoProgress {
  readonly signal: AbortSignal
  /** Grows; the last call, before the answer, has both equal. */
  readonly onProgress?: (doneBytes: Bytes, totalBytes: Bytes) => void
}

export interface MadeMetainfo {
  readonly metainfo: Metainfo
  /** The sources, in the order of `metainfo.files`. */
  readonly sources: readonly File[]
}

/**
 * Makes a torrent (BEP 3) of files, reading each once, in pieces, never whole. Files are ordered
 * by path (UTF-16 units, part by part) and the info dictionary has nothing that is not needed, so
 * the same files and options make the same info hash anywhere. Names are taken as they are:
 * macOS gives accents decomposed, and that is another name.
 *
 * `input/no-files` for an empty list, `input/metainfo` with `path`, `duplicate-path` or
 * `piece-length` for what `parseMetainfo` would refuse, `storage/source-changed` when a file
 * cannot be read as it was given. Rejects with `signal.reason` only.
 */
export async function makeMetainfo(
  files: readonly SeedFile[],
  options: MakeMetainfoOptions,
  { signal, onProgress }: MakeMetainfoProgress,
): Promise<Result<MadeMetainfo, ErrorIn<'input' | 'storage'>>> {
  signal.throwIfAborted()
  if (files.length === 0) return err({ kind: 'input/no-files' })
  if (files.length > MAX_FILES) return refuse('structure')
  const tree = treeOf(files, options.name)
  if (!tree.entries.every(({ parts }) => isPath([tree.name, ...parts])) || !isPath([tree.name])) {
    return refuse('path')
  }
  if (haveClash(tree.entries.map(({ parts }) => parts))) return refuse('duplicate-path')

  const sources = tree.entries.map(({ file }) => file)
  const totalBytes = sources.reduce((sum, file) => sum + file.size, 0)
  const pieceLength = options.pieceLength ?? choosePieceLength(totalBytes)
  if (!isPieceLength(pieceLength)) return refuse('piece-length')

  const hashes = await hashPieces(sources, pieceLength, {
    signal,
    onProgress: (doneBytes) => onProgress?.(doneBytes, totalBytes),
  })
  if (!hashes.ok) return hashes

  const info = encode({
    files: tree.single
      ? undefined
      : tree.entries.map(({ parts, file }) => ({ length: file.size, path: parts })),
    length: tree.single ? totalBytes : undefined,
    name: tree.name,
    'piece length': pieceLength,
    pieces: hashes.value,
    private: options.private === true ? 1 : undefined,
  })
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', info))
  const parsed = await parseInfo(info, infoHashOfDigest(digest))
  if (!parsed.ok) return parsed

  const { trackers = [], webSeeds = [], comment = null } = options
  const around = options.private === true ? { comment } : { trackers, webSeeds, comment }
  return ok({ metainfo: { ...parsed.value, ...around }, sources })
}

/** Pieces grow until there are no more than this, as far as their length may grow. */
const AIMED_PIECES = 2048
const MIN_CHOSEN_PIECE_LENGTH: Bytes = 256 * KIB
/** A piece is fetched from one peer at first and checked whole: longer ones waste more. */
const MAX_CHOSEN_PIECE_LENGTH: Bytes = 4 * MIB

/**
 * | Total | Piece length | Pieces |
 * | --- | --- | --- |
 * | up to 512 MiB | 256 KiB | up to 2,048 |
 * | up to 1 GiB | 512 KiB | up to 2,048 |
 * | up to 2 GiB | 1 MiB | up to 2,048 |
 * | up to 4 GiB | 2 MiB | up to 2,048 |
 * | above | 4 MiB | 256 for each GiB |
 */
export function choosePieceLength(totalBytes: Bytes): Bytes {
  let pieceLength = MIN_CHOSEN_PIECE_LENGTH
  while (pieceLength < MAX_CHOSEN_PIECE_LENGTH && totalBytes > pieceLength * AIMED_PIECES) {
    pieceLength *= 2
  }
  return pieceLength
}

const refuse = (reason: 'structure' | 'path' | 'duplicate-path' | 'piece-length') =>
  err({ kind: 'input/metainfo', reason } as const)

function isPieceLength(length: Bytes): boolean {
  const exponent = Math.log2(length)
  return Number.isInteger(exponent) && length >= 16 * KIB && length <= 16 * MIB
}

interface Tree {
  readonly name: string
  readonly single: boolean
  /** Ordered; `parts` begin below the torrent's name. */
  readonly entries: readonly Entry[]
}

interface Entry {
  readonly parts: readonly string[]
  readonly file: File
}

function treeOf(files: readonly SeedFile[], name: string | undefined): Tree {
  const entries = files
    .map(({ path, file }) => ({ parts: path.split('/'), file }))
    .sort((a, b) => compare(a.parts.join('\0'), b.parts.join('\0')))
  const [first] = entries
  const [root = '', ...below] = first?.parts ?? []

  if (entries.length === 1 && below.length === 0) {
    return { name: name ?? root, single: true, entries }
  }
  if (entries.every(({ parts }) => parts.length > 1 && parts[0] === root)) {
    const inside = entries.map(({ parts, file }) => ({ parts: parts.slice(1), file }))
    return { name: name ?? root, single: false, entries: inside }
  }
  return { name: name ?? nameAfter(root, entries.length), single: false, entries }
}

/** A name in no language for files that share no folder: `IMG_0001 +3`. */
function nameAfter(first: string, count: number): string {
  const stem = first.replace(/(?<=.)\.[^.]*$/, '')
  return `${stem} +${count - 1}`
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
