import type { Bencoded, BencodedDictionary } from './bencode.ts'
import { AlreadyEncoded, decode, encode } from './bencode.ts'
import { trackersAmong, webSeedsAmong } from './fetchable-url.ts'
import { cutText, textOf } from './foreign-text.ts'
import type { ErrorIn, MetainfoProblem } from './model/errors.ts'
import type { InfoHash } from './model/ids.ts'
import { infoHashOfDigest } from './model/ids.ts'
import type { Metainfo, MetainfoFile } from './model/metainfo.ts'
import type { Result } from './model/result.ts'
import { err, ok } from './model/result.ts'
import type { Bytes, Timestamp } from './model/units.ts'
import { MIB, SECOND } from './model/units.ts'
import { haveClash, isPath } from './torrent-path.ts'

/** A `.torrent` of half a million pieces; libtorrent's default limit is the same. */
export const MAX_METAINFO_LENGTH: Bytes = 10_000_000
/**
 * A piece is held whole while it is fetched and hashed, several at a time. Makers stop at
 * 16 or 32 MiB. Any length above zero up to here is taken: BEP 3 asks for no power of two,
 * and blocks never cross pieces.
 */
export const MAX_PIECE_LENGTH: Bytes = 64 * MIB
export const MAX_FILES = 200_000
/** Comments are shown whole; in UTF-16 units. */
export const MAX_COMMENT_LENGTH = 4096

const DIGEST_LENGTH: Bytes = 20

/**
 * Reads a `.torrent` (BEP 3, 12, 19, 27): `input/metainfo` with the first reason it cannot be
 * used. A hybrid one (BEP 52) is read as version 1. Copies what it keeps of `bytes`.
 *
 * The info dictionary decides what is accepted; around it, what is malformed is left out. Names
 * are taken from `name.utf-8` and `path.utf-8` first.
 */
export async function parseMetainfo(
  bytes: Uint8Array,
): Promise<Result<Metainfo, ErrorIn<'input'>>> {
  if (bytes.length > MAX_METAINFO_LENGTH) return refuse('too-large')
  const decoded = decode(bytes)
  if (!decoded.ok) return refuse('bencode')
  const outer = decoded.value.value
  if (!isDictionary(outer)) return refuse('structure')
  const span = decoded.value.spans.get('info')
  if (span === undefined) return refuse('structure')

  const info = bytes.slice(span.start, span.end)
  const body = readInfo(outer.get('info'), bytes.byteOffset + span.start)
  if (!body.ok) return body
  return ok(await metainfoOf(info, body.value, aroundInfo(outer)))
}

/**
 * Reads an info dictionary that peers gave for `expected` (BEP 9): trackers, web seeds and
 * comment are empty. `info-hash` when the bytes are not those, before anything else is looked at.
 */
export async function parseInfo(
  bytes: Uint8Array,
  expected: InfoHash,
): Promise<Result<Metainfo, ErrorIn<'input'>>> {
  if (bytes.length > MAX_METAINFO_LENGTH) return refuse('too-large')
  const info = bytes.slice()
  if ((await infoHashOf(info)) !== expected) return refuse('info-hash')
  const decoded = decode(info)
  if (!decoded.ok) return refuse('bencode')
  const body = readInfo(decoded.value.value, 0)
  if (!body.ok) return body
  return ok(await metainfoOf(info, body.value, NOTHING_AROUND))
}

/** The parts of a `.torrent` around its info dictionary. */
export interface MetainfoParts {
  /** Goes out byte for byte. */
  readonly info: Uint8Array
  readonly trackers?: readonly string[]
  readonly webSeeds?: readonly string[]
  readonly comment?: string | null
  /** Left out, equal parts give equal bytes. */
  readonly createdAt?: Timestamp
}

/** The bytes of a `.torrent`. Each tracker is a tier of its own (BEP 12): all are to be used. */
export function encodeMetainfo(parts: MetainfoParts): Uint8Array<ArrayBuffer> {
  const { info, trackers = [], webSeeds = [], comment = null, createdAt } = parts
  return encode({
    announce: trackers[0],
    'announce-list': trackers.length > 1 ? trackers.map((tracker) => [tracker]) : undefined,
    comment: comment ?? undefined,
    'creation date': createdAt === undefined ? undefined : Math.floor(createdAt / SECOND),
    info: new AlreadyEncoded(info),
    'url-list': webSeeds.length > 0 ? webSeeds : undefined,
  })
}

const refuse = (reason: MetainfoProblem) => err({ kind: 'input/metainfo', reason } as const)

interface Around {
  readonly trackers: readonly string[]
  readonly webSeeds: readonly string[]
  readonly comment: string | null
}

const NOTHING_AROUND: Around = { trackers: [], webSeeds: [], comment: null }

interface InfoBody {
  readonly name: string
  readonly pieceLength: Bytes
  readonly pieceCount: number
  /** Where the hashes begin in the info dictionary. */
  readonly hashesAt: number
  readonly totalBytes: Bytes
  readonly files: readonly MetainfoFile[]
  readonly single: boolean
  readonly private: boolean
}

/** `infoAt` is where the dictionary begins in the buffer it was decoded from. */
function readInfo(info: Bencoded | undefined, infoAt: number): Result<InfoBody, ErrorIn<'input'>> {
  if (!isDictionary(info)) return refuse('structure')
  const pieces = info.get('pieces')
  if (!isBytes(pieces)) return refuse(info.get('meta version') === 2 ? 'v2-only' : 'structure')

  const pieceLength = info.get('piece length')
  if (typeof pieceLength !== 'number') return refuse('structure')
  if (pieceLength <= 0 || pieceLength > MAX_PIECE_LENGTH) return refuse('piece-length')

  const nameBytes = preferred(info, 'name')
  if (!isBytes(nameBytes)) return refuse('structure')
  const name = textOf(nameBytes)
  if (!isPath([name])) return refuse('path')

  if (info.has('length') === info.has('files')) return refuse('structure')
  const single = info.has('length')
  const listed = single
    ? ok([{ parts: [name], length: info.get('length'), pad: false }])
    : readFiles(info.get('files'), name)
  if (!listed.ok) return listed

  const files: MetainfoFile[] = []
  let totalBytes = 0
  for (const { parts, length } of listed.value) {
    if (!isLength(length)) return refuse('structure')
    files.push({ path: parts.join('/'), length, offset: totalBytes })
    totalBytes += length
    if (!Number.isSafeInteger(totalBytes)) return refuse('structure')
  }

  const pieceCount = Math.ceil(totalBytes / pieceLength)
  if (pieces.length !== pieceCount * DIGEST_LENGTH) return refuse('pieces')

  const privacy = info.get('private')
  return ok({
    name,
    pieceLength,
    pieceCount,
    hashesAt: pieceCount === 0 ? 0 : pieces.byteOffset - infoAt,
    totalBytes,
    files,
    single,
    // Whatever is there but zero: where the maker's wish is unclear, fewer are told.
    private: privacy !== undefined && privacy !== 0,
  })
}

interface ListedFile {
  readonly parts: readonly string[]
  readonly length: Bencoded | undefined
}

function readFiles(
  files: Bencoded | undefined,
  name: string,
): Result<readonly ListedFile[], ErrorIn<'input'>> {
  if (!isList(files) || files.length === 0 || files.length > MAX_FILES) return refuse('structure')
  const listed: ListedFile[] = []
  const padsOfPath = new Map<string, number>()
  for (const file of files) {
    if (!isDictionary(file)) return refuse('structure')
    const path = preferred(file, 'path')
    if (!isList(path) || !path.every(isBytes)) return refuse('structure')
    let parts = [name, ...path.map(textOf)]
    if (path.length === 0 || !isPath(parts)) return refuse('path')
    if (isPad(file)) parts = distinctPad(parts, padsOfPath)
    listed.push({ parts, length: file.get('length') })
  }
  return haveClash(listed.map(({ parts }) => parts)) ? refuse('duplicate-path') : ok(listed)
}

/** BEP 47: bytes that only fill a piece up. */
function isPad(file: BencodedDictionary): boolean {
  const attributes = file.get('attr')
  return isBytes(attributes) && attributes.includes('p'.charCodeAt(0))
}

/** Pad files of one length share one path (BEP 47), and so are numbered from the second on. */
function distinctPad(parts: string[], padsOfPath: Map<string, number>): string[] {
  const path = parts.join('/')
  const count = (padsOfPath.get(path) ?? 0) + 1
  padsOfPath.set(path, count)
  return count === 1 ? parts : [...parts.slice(0, -1), `${parts.at(-1)} (${count})`]
}

function aroundInfo(outer: BencodedDictionary): Around {
  const tiers = outer.get('announce-list')
  const listed = isList(tiers) ? tiers.flatMap((tier) => (isList(tier) ? tier : [tier])) : []
  const announce = outer.get('announce')
  const urls = outer.get('url-list')
  const comment = preferred(outer, 'comment')
  const text = isBytes(comment) ? cutText(textOf(comment), MAX_COMMENT_LENGTH) : ''
  return {
    trackers: trackersAmong([announce, ...listed].filter(isBytes).map(textOf)),
    webSeeds: webSeedsAmong((isList(urls) ? urls : [urls]).filter(isBytes).map(textOf)),
    comment: text === '' ? null : text,
  }
}

async function metainfoOf(
  info: Uint8Array<ArrayBuffer>,
  body: InfoBody,
  around: Around,
): Promise<Metainfo> {
  const { hashesAt, ...rest } = body
  const pieceHashes = info.subarray(hashesAt, hashesAt + body.pieceCount * DIGEST_LENGTH)
  return { ...rest, ...around, infoHash: await infoHashOf(info), pieceHashes, info }
}

async function infoHashOf(info: Uint8Array<ArrayBuffer>): Promise<InfoHash> {
  return infoHashOfDigest(new Uint8Array(await crypto.subtle.digest('SHA-1', info)))
}

/** Old makers put UTF-8 beside a name in their system's own encoding. */
function preferred(dictionary: BencodedDictionary, key: string): Bencoded | undefined {
  return dictionary.get(`${key}.utf-8`) ?? dictionary.get(key)
}

const isDictionary = (value: Bencoded | undefined): value is BencodedDictionary =>
  value instanceof Map
const isBytes = (value: Bencoded | undefined): value is Uint8Array => value instanceof Uint8Array
// `Array.isArray` does not narrow a readonly array out of a union.
const isList = (value: Bencoded | undefined): value is readonly Bencoded[] => Array.isArray(value)
const isLength = (value: Bencoded | undefined): value is Bytes =>
  typeof value === 'number' && value >= 0
