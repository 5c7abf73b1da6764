import { looksLikeInvite } from './membership/invite-link.ts'
import { parseInfoHash, parseMagnet } from './magnet.ts'
import type { ErrorIn } from './model/errors.ts'
import type { Result } from './model/result.ts'
import { err, ok } from './model/result.ts'
import type { TorrentSource } from './model/torrent.ts'

/** What is looked at of a pasted text, in UTF-16 units: room for four of the longest magnets. */
const MAX_TEXT_LENGTH = 256 * 1024
/** A source stands near the start of what a person pastes, or it was not meant. */
const MAX_CANDIDATES = 200

/**
 * What a person means by what they typed or pasted: a magnet URI, a bare info hash (hex, base32,
 * `urn:btih:`), the link of our own page (`https://…/#magnet=…`), or an http(s) URL. Quotes,
 * brackets and blanks around it do not matter; of several lines, and then of several words, the
 * first that can be used counts.
 *
 * `input/source` when nothing looks like a source, `input/magnet` when a magnet did but is
 * unsound. A URL is taken as typed: a person may name any host, also one in their own network.
 */
export function readSource(text: string): Result<TorrentSource, ErrorIn<'input'>> {
  const looked = text.slice(0, MAX_TEXT_LENGTH).replace(INVISIBLE, '')
  const lines = bared(looked.split(/[\r\n]+/))
  if (lines.length === 0) return err({ kind: 'input/source', reason: 'empty' })

  let problem: ErrorIn<'input'> = { kind: 'input/source', reason: 'unknown' }
  const words = bared(lines.flatMap((line) => line.split(/\s+/)))
  for (const candidate of [...lines, ...words]) {
    const source = sourceOf(candidate)
    if (source.ok) return source
    if (problem.kind === 'input/source') problem = source.error
  }
  return err(problem)
}

/**
 * The magnet URI in the fragment of a page's own link, percent-encoded or raw, unread; null when
 * there is none. A fragment never reaches a server, so whoever serves the page does not learn it.
 */
export function magnetOfPageLink(link: string): string | null {
  const fragment = /#(.*)$/s.exec(link)?.[1] ?? ''
  const raw = /(?:^|&)magnet=(magnet:.*)$/is.exec(fragment)?.[1]
  if (raw !== undefined) return raw
  const encoded = /(?:^|&)magnet=([^&]*)/is.exec(fragment)?.[1]
  if (encoded === undefined) return null
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}

/** Byte order mark, zero-width blanks, soft hyphens: they come along when text is copied. */
const INVISIBLE = /[\ufeff\u200b\u2060\u00ad]/g

function bared(texts: readonly string[]): string[] {
  return texts
    .slice(0, MAX_CANDIDATES)
    .map(bare)
    .filter((text) => text !== '')
}

const OPENING = new Set(' \t"\'`“‘«<([{')
const CLOSING = new Set(' \t"\'`”’»')
const PUNCTUATION = new Set('.,;!')
const OPENER_OF = new Map([')(', '][', '}{', '><'].map(([closer, opener]) => [closer!, opener!]))

/** Without what stands around a source in prose. A bracket stays when the text itself opened it. */
function bare(text: string): string {
  let start = 0
  while (start < text.length && OPENING.has(text[start]!)) start++
  const letters = new Set(text.slice(start))
  let end = text.length
  for (; end > start; end--) {
    const last = text[end - 1]!
    const opener = OPENER_OF.get(last)
    const closes = opener === undefined ? CLOSING.has(last) : !letters.has(opener)
    if (!closes && !PUNCTUATION.has(last)) break
  }
  return text.slice(start, end)
}

function sourceOf(text: string): Result<TorrentSource, ErrorIn<'input'>> {
  if (/^magnet:/i.test(text)) return magnetSource(text)

  const infoHash = parseInfoHash(text.replace(/^(?:urn:)?btih:/i, ''))
  if (infoHash !== null) return ok({ from: 'info-hash', infoHash })

  if (looksLikeInvite(text)) return ok({ from: 'invite', link: text })

  if (/^https?:\/\/\S+$/i.test(text) && URL.canParse(text)) {
    const magnet = magnetOfPageLink(text)
    return magnet === null ? ok({ from: 'url', url: new URL(text).href }) : magnetSource(magnet)
  }
  return err({ kind: 'input/source', reason: 'unknown' })
}

function magnetSource(uri: string): Result<TorrentSource, ErrorIn<'input'>> {
  const magnet = parseMagnet(uri)
  return magnet.ok ? ok({ from: 'magnet', uri }) : magnet
}
