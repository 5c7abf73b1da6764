import type { RecordError, RecordStore, Removal, TorrentRecord } from './contracts/record-store.ts'
import { toCause } from './model/errors.ts'
import type { Result } from './model/result.ts'
import { MINUTE, type Bytes, type Millis } from './model/units.ts'

/** How often what was moved is written down while it moves. */
const TOTALS_INTERVAL: Millis = MINUTE

export interface KeptRecordDeps {
  readonly records: RecordStore
  readonly record: TorrentRecord
  onFailure(error: RecordError): void
}

/** The record of one torrent, written whenever it changes. */
export interface KeptRecord {
  readonly value: TorrentRecord
  change(change: Partial<TorrentRecord>): void
  /** What was moved since `settle`, beyond what the record says: written once a minute. */
  moved(downBytes: Bytes, upBytes: Bytes): void
  /** What was moved becomes part of the record, and counting begins anew. */
  settle(downBytes: Bytes, upBytes: Bytes): void
  /** In all, with what was moved since `settle`. */
  totals(downBytes: Bytes, upBytes: Bytes): { readonly downBytes: Bytes; readonly upBytes: Bytes }
  /** Marks it as removed, or takes that back. */
  setAside(removal: Removal | null): Promise<Result<void, RecordError>>
  /** Removes it; nothing is written any more. */
  remove(): Promise<Result<void, RecordError>>
}

export function makeKeptRecord(deps: KeptRecordDeps): KeptRecord {
  const { records, record } = deps
  let value = record
  let { downBytes: settledDown, upBytes: settledUp } = record
  let removed = false
  let totalsAt = performance.now()

  const write = (): void => {
    if (removed) return
    records.putTorrent(value).then(
      (put) => {
        if (!put.ok) deps.onFailure(put.error)
      },
      (thrown: unknown) => deps.onFailure({ kind: 'storage/io', cause: toCause(thrown) }),
    )
  }

  const totals = (downBytes: Bytes, upBytes: Bytes) => ({
    downBytes: settledDown + downBytes,
    upBytes: settledUp + upBytes,
  })

  const put = (change: Partial<TorrentRecord>): void => {
    value = { ...value, ...change }
    totalsAt = performance.now()
    write()
  }

  return {
    get value() {
      return value
    },
    change: put,
    totals,

    moved(downBytes, upBytes) {
      if (performance.now() - totalsAt >= TOTALS_INTERVAL) put(totals(downBytes, upBytes))
    },

    settle(downBytes, upBytes) {
      const sums = totals(downBytes, upBytes)
      if (sums.downBytes !== value.downBytes || sums.upBytes !== value.upBytes) put(sums)
      settledDown = sums.downBytes
      settledUp = sums.upBytes
    },

    async setAside(removal) {
      const { removal: _, ...rest } = value
      value = removal === null ? rest : { ...rest, removal }
      return records.putTorrent(value)
    },

    async remove() {
      removed = true
      return records.removeTorrent(value.infoHash)
    },
  }
}
