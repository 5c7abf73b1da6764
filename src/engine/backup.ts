import { decode, encode, Tokenizer } from 'cborg'
import * as v from 'valibot'
import type { TorrentRecord } from './contracts/record-store.ts'
import { mayAnnounceTo, mayFetch, trackersAmong, webSeedsAmong } from './fetchable-url.ts'
import { cutText } from './foreign-text.ts'
import { idOfUrl } from './http-handler.ts'
import { MAX_NAME_LENGTH } from './magnet.ts'
import type { ErrorIn } from './model/errors.ts'
import { err, ok, type Result } from './model/result.ts'
import type { Settings } from './model/settings.ts'
import { MIB, type Bytes } from './model/units.ts'
import { encodeMetainfo, parseMetainfo } from './parse-metainfo.ts'
import { STRICT_CBOR } from './strict-cbor.ts'
import { parseStoredSettings, parseTorrentRecord } from './storage/parse-record.ts'

/** What a person takes along: everything that is remembered, without the data. */
export interface Backup {
  readonly settings: Partial<Settings>
  readonly torrents: readonly TorrentRecord[]
}

/** A backup as it was read. */
export interface ReadBackup extends Backup {
  /** Entries that are no torrents. */
  readonly unreadable: number
}

/** What is larger was made by nobody who downloads with a browser. */
export const MAX_BACKUP_LENGTH: Bytes = 256 * MIB
/**
 * Every item costs tens of times its byte once it is an object: files that are mostly items are
 * refused before they fill the memory. A thousand torrents of many files have fewer.
 */
const MAX_ITEMS = 2_000_000
const VERSION = 1
/** The first line; the rest is CBOR (RFC 8949). Outside of it, so that any version can be told. */
const HEADER = /^chiral-backup\/(\d{1,9})\n/

/**
 * One file with the torrents and the settings. Handles of picked files and folders cannot leave
 * the browser that gave them: such a torrent is written as if its bytes were the app's own.
 */
export function writeBackup({ settings, torrents }: Backup): Uint8Array<ArrayBuffer> {
  const header = new TextEncoder().encode(`chiral-backup/${VERSION}\n`)
  const body = encode(
    { settings, torrents: torrents.map(withoutHandles) },
    { ignoreUndefinedProperties: true },
  )
  const bytes = new Uint8Array(header.length + body.length)
  bytes.set(header)
  bytes.set(body, header.length)
  return bytes
}

/**
 * Reads what `writeBackup` wrote, believing nothing: the file may come from anywhere. Entries that
 * are no torrents are counted and left out, settings out of range go back to their defaults, URLs
 * that lead into a private network beside `pageHost` are left out (`fetchable-url.ts`). What says
 * how much is here says nothing any more: bytes are looked at again, or fetched.
 */
export async function readBackup(
  bytes: Uint8Array,
  pageHost: string,
): Promise<Result<ReadBackup, ErrorIn<'input'>>> {
  if (bytes.length > MAX_BACKUP_LENGTH) return refuse('format')
  const header = HEADER.exec(new TextDecoder('latin1').decode(bytes.subarray(0, 32)))
  const version = Number(header?.[1] ?? 0)
  if (header === null || version < 1) return refuse('format')
  if (version > VERSION) return refuse('newer')
  const content = v.safeParse(backupContent, decodeBounded(bytes.subarray(header[0].length)))
  if (!content.success) return refuse('format')

  const { settings, torrents: entries } = content.output
  const torrents: TorrentRecord[] = []
  for (const entry of entries) {
    const record = await readEntry(entry, pageHost)
    if (record !== null) torrents.push(record)
  }
  return ok({
    settings: parseStoredSettings(settings),
    torrents,
    unreadable: entries.length - torrents.length,
  })
}

function withoutHandles(record: TorrentRecord) {
  const { place: _place, deliverTo: _deliverTo, delivered: _delivered, ...rest } = record
  return rest
}

const backupContent = v.object({ settings: v.unknown(), torrents: v.array(v.unknown()) })

const refuse = (reason: 'format' | 'newer') => err({ kind: 'input/backup', reason } as const)

async function readEntry(entry: unknown, pageHost: string): Promise<TorrentRecord | null> {
  const record = parseTorrentRecord(entry)
  if (record === null) return null
  const common = {
    ...record,
    name: record.name === null ? null : cutText(record.name, MAX_NAME_LENGTH),
    addedAt: Math.min(record.addedAt, Date.now()),
    place: { kind: 'own' as const },
    deliverTo: null,
    delivered: [],
  }
  if (record.protocol === 'http') {
    const url = record.http?.url ?? ''
    if (!mayFetch(url, pageHost) || (await idOfUrl(url)) !== record.infoHash) return null
    const http = { url, length: null, keptBytes: 0, validator: null }
    return { ...common, metainfo: null, trackers: [], webSeeds: [], http }
  }
  return {
    ...common,
    metainfo: await soundMetainfo(record),
    trackers: trackersAmong(record.trackers).filter((url) => mayAnnounceTo(url, pageHost)),
    webSeeds: webSeedsAmong(record.webSeeds).filter((url) => mayFetch(url, pageHost)),
    http: null,
  }
}

/** Its own bytes, not a part of the file's; null, and peers are asked for it, when it is another's. */
async function soundMetainfo({
  metainfo,
  infoHash,
}: TorrentRecord): Promise<Uint8Array<ArrayBuffer> | null> {
  const read = metainfo === null ? null : await parseMetainfo(metainfo)
  return read?.ok === true && read.value.infoHash === infoHash
    ? encodeMetainfo({ info: read.value.info })
    : null
}

/** Undefined when it is not CBOR, or not of the plain kind that we write. */
function decodeBounded(bytes: Uint8Array): unknown {
  const tokens = new Tokenizer(bytes, STRICT_CBOR)
  let left = MAX_ITEMS
  try {
    const counted = {
      done: () => tokens.done(),
      pos: () => tokens.pos(),
      next() {
        if ((left -= 1) < 0) throw new RangeError('a backup with more items than any real one')
        return tokens.next()
      },
    }
    return decode(bytes, { ...STRICT_CBOR, tokenizer: counted })
  } catch {
    return undefined
  }
}
