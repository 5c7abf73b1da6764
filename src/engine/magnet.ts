import { cutText } from './foreign-text.ts'
import { trackersAmong, webSeedsAmong } from './fetchable-url.ts'
import type { ErrorIn, MagnetProblem } from './model/errors.ts'
import type { FileIndex, InfoHash } from './model/ids.ts'
import { infoHashOfDigest, isInfoHash } from './model/ids.ts'
import type { Result } from './model/result.ts'
import { err, ok } from './model/result.ts'

/** A magnet URI that was read (BEP 9). What it does not name is empty or null. */
export interface Magnet {
  readonly infoHash: InfoHash
  /** `dn`: what somebody says the torrent is called. Foreign text. */
  readonly name: string | null
  /** Of any kind that has a URL; which of them may be contacted is `mayAnnounceTo`'s to say. */
  readonly trackers: readonly string[]
  readonly webSeeds: readonly string[]
  /** Files to select (BEP 53 `so`), ascending; null is all of them. May name files that are not there. */
  readonly selected: readonly FileIndex[] | null
  /** `x.priv=1`: whoever made the link shares it with members only. Nothing makes it public again. */
  readonly private: boolean
  /** How many further places to fetch from and peers to dial it names; they are never used. */
  readonly others: number
}

/** In UTF-16 units. A hundred trackers with long names stay below half of it. */
export const MAX_MAGNET_LENGTH = 64 * 1024
/** `dn` is cut here, in UTF-16 units. */
export const MAX_NAME_LENGTH = 512
/** As many as a metainfo may have, so a range as long as the numbers costs nothing. */
const MAX_SELECTABLE = 200_000

/**
 * Reads a magnet URI (BEP 9, BEP 53). Of several hashes the first BitTorrent v1 hash counts, so
 * a hybrid one works. Never contacts anything: `xs`, `as` and `x.pe` name further places
 * to fetch from or dial and are left out, as is whatever else it may carry.
 */
export function parseMagnet(uri: string): Result<Magnet, ErrorIn<'input'>> {
  if (!/^magnet:\?/i.test(uri)) return refuse('scheme')
  if (uri.length > MAX_MAGNET_LENGTH) return refuse('too-long')

  const parameters = parametersOf(uri.slice('magnet:?'.length))
  const valuesOf = (name: string) =>
    parameters.filter((parameter) => parameter.name === name).map(({ value }) => value)

  const topics = valuesOf('xt')
  const named = topics.flatMap((topic) => /^urn:btih:(.*)$/is.exec(topic)?.[1] ?? [])
  const infoHash = named.map(parseInfoHash).find((hash) => hash !== null)
  if (infoHash === undefined) {
    if (named.length > 0) return refuse('info-hash')
    return refuse(topics.some((topic) => /^urn:btmh:/i.test(topic)) ? 'v2-only' : 'no-info-hash')
  }

  return ok({
    infoHash,
    name: nameIn(valuesOf('dn')),
    trackers: trackersAmong(valuesOf('tr')),
    webSeeds: webSeedsAmong(valuesOf('ws')),
    selected: selectionIn(valuesOf('so')),
    private: valuesOf('x.priv').some((value) => value.trim() === '1'),
    others: ELSEWHERE.reduce((count, name) => count + valuesOf(name).length, 0),
  })
}

/** The magnet URI of these parts, shortest form; `parseMagnet` reads back the same. */
export function formatMagnet(
  magnet: Pick<Magnet, 'infoHash'> & Partial<Omit<Magnet, 'infoHash' | 'others'>>,
): string {
  const { infoHash, name = null, trackers = [], webSeeds = [], selected = null } = magnet
  const escape = (text: string) => encodeURIComponent(text.toWellFormed())
  const parts = [`xt=urn:btih:${infoHash}`]
  if (name !== null) parts.push(`dn=${escape(name)}`)
  if (selected !== null) parts.push(`so=${rangesOf(selected)}`)
  if (magnet.private === true) parts.push('x.priv=1')
  for (const tracker of trackers) parts.push(`tr=${escape(tracker)}`)
  for (const webSeed of webSeeds) parts.push(`ws=${escape(webSeed)}`)
  return `magnet:?${parts.join('&')}`
}

/** 40 hex digits or 32 letters of base32 (RFC 4648), in any case; null for anything else. */
export function parseInfoHash(text: string): InfoHash | null {
  const hex = text.toLowerCase()
  if (isInfoHash(hex)) return hex
  return /^[a-z2-7]{32}$/.test(hex) ? infoHashOfDigest(bytesOfBase32(hex)) : null
}

/** Where else to fetch from (`xs`, `as`), what to ask for (`mt`), and whom to dial (`x.pe`). */
const ELSEWHERE = ['xs', 'as', 'mt', 'x.pe']

const refuse = (reason: MagnetProblem) => err({ kind: 'input/magnet', reason } as const)

interface Parameter {
  /** Lower case, without the number that tells several of one name apart (`tr.1`). */
  readonly name: string
  readonly value: string
}

function parametersOf(query: string): Parameter[] {
  return query.split('&').flatMap((text) => {
    const equals = text.indexOf('=')
    if (equals === -1) return []
    // Links copied out of the source of a web page separate with `&amp;`.
    const key = text.slice(0, equals).toLowerCase().replace(/^amp;/, '')
    const name = key.replace(/\.\d{1,9}$/, '')
    const raw = text.slice(equals + 1)
    // `+` is a space in a name (as forms write it) and itself in a URL.
    return [{ name, value: percentDecoded(name === 'dn' ? raw.replaceAll('+', ' ') : raw) }]
  })
}

/** Text whose escapes are broken is taken as it stands. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function nameIn(values: readonly string[]): string | null {
  const name = values.find((value) => value !== '')
  return name === undefined ? null : cutText(name, MAX_NAME_LENGTH)
}

/** Ranges are joined before they are counted out: a short text can name the same files often. */
function selectionIn(values: readonly string[]): FileIndex[] | null {
  const ranges = values
    .flatMap((value) => value.split(','))
    .flatMap((text) => {
      const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text.trim())
      if (match === null) return []
      const first = Number(match[1])
      return [{ first, last: Math.min(Number(match[2] ?? first), MAX_SELECTABLE - 1) }]
    })
    .sort((a, b) => a.first - b.first)

  const files: FileIndex[] = []
  for (const { first, last } of ranges) {
    for (let file = Math.max(first, (files.at(-1) ?? -1) + 1); file <= last; file++) {
      files.push(file)
    }
  }
  return files.length === 0 ? null : files
}

function rangesOf(files: readonly FileIndex[]): string {
  const ranges: [first: FileIndex, last: FileIndex][] = []
  for (const file of [...new Set(files)].sort((a, b) => a - b)) {
    const range = ranges.at(-1)
    if (range !== undefined && range[1] === file - 1) range[1] = file
    else ranges.push([file, file])
  }
  return ranges.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(',')
}

function bytesOfBase32(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length * 5) / 8)
  let bits = 0
  let held = 0
  let at = 0
  for (const letter of text) {
    held = ((held << 5) | 'abcdefghijklmnopqrstuvwxyz234567'.indexOf(letter)) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = held >> bits
  }
  return bytes
}
