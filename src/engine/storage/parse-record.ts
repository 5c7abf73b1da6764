import * as v from 'valibot'
import { NO_PRIORITIES, type TorrentRecord } from '../contracts/record-store.ts'
import { isInfoHash, type InfoHash } from '../model/ids.ts'
import type { Settings } from '../model/settings.ts'
import { NO_LIMITS } from '../model/torrent.ts'
import { checkSettings } from '../settings-check.ts'
import { torrentLimits } from '../torrent-limits.ts'

/**
 * A record as the disk gives it back: written by another version of the app, cut off, or by
 * someone who played with the developer tools. Null when it is not one; unknown fields are dropped.
 */
export function parseTorrentRecord(stored: unknown): TorrentRecord | null {
  const parsed = v.safeParse(torrentRecord, stored)
  return parsed.success ? parsed.output : null
}

/** The settings that are still what a setting may be; the others go back to their defaults. */
export function parseStoredSettings(stored: unknown): Partial<Settings> {
  if (typeof stored !== 'object' || stored === null) return {}
  let kept: Partial<Settings> = {}
  for (const [name, value] of Object.entries<unknown>({ ...stored })) {
    const checked = checkSettings({ [name]: value })
    if (checked.ok) kept = { ...kept, ...checked.value }
  }
  return kept
}

/** What several records were read as: those that are sound, oldest first, and how many are not. */
export function parseTorrentRecords(stored: readonly unknown[]): {
  readonly records: readonly TorrentRecord[]
  readonly unreadable: number
} {
  const records = stored.map(parseTorrentRecord).filter((record) => record !== null)
  return {
    records: records.sort((one, other) => one.addedAt - other.addedAt),
    unreadable: stored.length - records.length,
  }
}

/** By its shape: the class is missing in browsers that give no handles. */
function isHandle(kind: FileSystemHandleKind) {
  return (value: unknown) =>
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const texts = v.array(v.string())

const torrentRecord = v.object({
  infoHash: v.custom<InfoHash>((value) => typeof value === 'string' && isInfoHash(value)),
  protocol: v.picklist(['bittorrent', 'http']),
  name: v.nullable(v.string()),
  // What the disk gives back never has a shared buffer.
  metainfo: v.nullable(v.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array)),
  trackers: texts,
  webSeeds: texts,
  policy: v.variant('name', [
    v.object({ name: v.literal('public') }),
    v.object({
      name: v.literal('private'),
      sources: v.array(v.picklist(['overlay', 'invite'])),
    }),
  ]),
  wanted: v.nullable(texts),
  // What version 1 of the records did not have is what it meant without saying so.
  selected: v.optional(v.nullable(v.array(count)), null),
  // Nor did version 2 have these.
  priorities: v.optional(v.object({ high: texts, low: texts }), NO_PRIORITIES),
  limits: v.optional(torrentLimits, NO_LIMITS),
  paused: v.boolean(),
  addedAt: count,
  completedAt: v.nullable(count),
  downBytes: count,
  upBytes: count,
  http: v.nullable(
    v.object({
      url: v.string(),
      length: v.nullable(count),
      keptBytes: count,
      validator: v.nullable(v.string()),
    }),
  ),
  place: v.optional(
    v.variant('kind', [
      v.object({ kind: v.literal('own') }),
      v.object({
        kind: v.literal('picked'),
        roots: v.array(
          v.union([
            v.custom<FileSystemFileHandle>(isHandle('file')),
            v.custom<FileSystemDirectoryHandle>(isHandle('directory')),
          ]),
        ),
        files: v.array(
          v.object({ root: count, names: texts, length: count, modifiedAt: v.number() }),
        ),
      }),
    ]),
    { kind: 'own' },
  ),
  deliverTo: v.optional(
    v.nullable(v.custom<FileSystemDirectoryHandle>(isHandle('directory'))),
    null,
  ),
  delivered: v.optional(
    v.array(v.object({ file: count, names: texts, modifiedAt: v.number() })),
    [],
  ),
  removal: v.exactOptional(v.object({ at: count, deleteData: v.boolean() })),
})
