import type { RecordStore, TorrentRecord } from './contracts/record-store.ts'
import type { Log } from './contracts/log.ts'
import type { EngineChange } from './model/engine-state.ts'
import type { EngineError } from './model/errors.ts'
import type { InfoHash } from './model/ids.ts'
import { err, type Result } from './model/result.ts'
import type { SwarmPolicy } from './model/swarm-policy.ts'
import type { Bytes } from './model/units.ts'
import { makeRemovals } from './removals.ts'
import type { ReopenedUrl } from './reopen.ts'
import { makeSwarmTorrent, type SwarmTorrentDeps, type SwarmTorrentStart } from './swarm-torrent.ts'
import { makeTorrents, type Torrent, type Torrents } from './torrents.ts'
import { makeUrlTorrent, type UrlTorrentDeps } from './url-torrent.ts'

/** What the library itself says to a torrent; the rest of what it needs is given. */
type Told = 'onChange' | 'onTrouble' | 'onFenced' | 'promised'

export interface LibraryDeps {
  readonly records: RecordStore
  readonly log: Log
  readonly swarmTorrents: Omit<SwarmTorrentDeps, Told>
  readonly urlTorrents: Omit<UrlTorrentDeps, Told>
  publish(change: EngineChange): void
  trouble(infoHash: InfoHash, error: EngineError): void
  /** Something was deleted. */
  onRoom(): void
  /** A torrent left the list for good. */
  onGone(infoHash: InfoHash, policy: SwarmPolicy): void
}

/** The list: what comes into it, what leaves it, and what comes back. */
export interface Library {
  readonly torrents: Torrents
  /** Somebody just added it. One that was removed and can be taken back is that one. */
  added(start: SwarmTorrentStart | ReopenedUrl): Torrent
  /** It was in the list before; its record is kept already. In the list when this returns. */
  reopened(start: SwarmTorrentStart | ReopenedUrl): void
  /** Writes a record that is new here. */
  keep(record: TorrentRecord): void
  /** What was kept is written. Until then nobody is told: a tab may close at that very moment. */
  written(): Promise<void>
  /** With `undo` it can be taken back for `UNDO_TIME`. */
  remove(infoHash: InfoHash, deleteData: boolean, undo: boolean): Promise<Result<void, EngineError>>
  /** Removed, and it may be taken back. */
  isLeaving(infoHash: InfoHash): boolean
  /** Takes a removal back: it is in the list again. False when it is too late. */
  restore(infoHash: InfoHash): boolean
  changed(torrent: Torrent): void
  /** Everything leaves its swarm; what was removed goes at the next start. */
  stop(): Promise<void>
}

export function makeLibrary(deps: LibraryDeps): Library {
  const { records, log } = deps
  const torrents = makeTorrents()
  let written: Promise<unknown> = Promise.resolve()
  let gaveUp = false

  const onChange = (torrent: Torrent) => {
    deps.publish({ type: 'torrent', torrent: torrent.snapshot() })
  }
  const onTrouble = (infoHash: InfoHash, error: EngineError) => deps.trouble(infoHash, error)

  /** What the others still need of the room there is. */
  const promised = (infoHash: InfoHash): Bytes => {
    let bytes = 0
    for (const torrent of torrents.all()) {
      if (torrent.infoHash !== infoHash) bytes += torrent.missingBytes()
    }
    return bytes
  }

  const stopAll = async () => {
    await Promise.all([...torrents.all()].map((torrent) => torrent.stop()))
  }

  /** A later engine holds the records: this one must not go on as if it were the only one. */
  const giveUp = async (): Promise<void> => {
    if (gaveUp) return
    gaveUp = true
    const error = { kind: 'engine/held-elsewhere' } as const
    deps.publish({ type: 'engine', engine: { name: 'failed', error } })
    await stopAll()
  }
  const told = { onChange, onTrouble, onFenced: () => void giveUp(), promised }

  const make = (start: SwarmTorrentStart | ReopenedUrl): Torrent => {
    const torrent =
      'known' in start
        ? makeSwarmTorrent({ ...deps.swarmTorrents, ...told }, start)
        : makeUrlTorrent({ ...deps.urlTorrents, ...told }, start.record)
    onChange(torrent)
    return torrent
  }

  const removals = makeRemovals({
    onPurged(torrent, purged) {
      const { infoHash } = torrent
      if (!purged.ok) onTrouble(infoHash, purged.error)
      deps.onRoom()
      deps.onGone(infoHash, torrent.snapshot().policy)
    },
  })

  const write = async (record: TorrentRecord): Promise<void> => {
    const put = await records.putTorrent(record)
    if (put.ok) return
    log.error('a record could not be written', { error: put.error })
    if (put.error.kind === 'engine/held-elsewhere') await giveUp()
    else onTrouble(record.infoHash, put.error)
  }
  const keep = (record: TorrentRecord) => {
    written = Promise.all([written, write(record)])
  }

  return {
    torrents,

    added(start) {
      const { infoHash } = start.record
      // Its data was just copied: what was removed has no claim to it any more.
      const fresh = 'known' in start && start.known !== null
      const back = fresh ? null : removals.takeBack(infoHash)
      if (back !== null) {
        // It comes back as it is wanted now, not as it was when it went.
        back.setPolicy(start.record.policy)
        onChange(back)
        return back
      }
      removals.drop(infoHash)
      keep(start.record)
      return make(start)
    },

    reopened(start) {
      torrents.put(make(start))
    },

    keep,

    async written() {
      await written
    },

    async remove(infoHash, deleteData, undo) {
      const torrent = torrents.get(infoHash)
      if (!torrent.ok) return torrent
      if (!records.writable) return err({ kind: 'storage/newer' })
      torrents.delete(infoHash)
      deps.publish({ type: 'torrent-removed', infoHash })
      if (undo) return removals.add(torrent.value, deleteData)
      const removed = await torrent.value.remove(deleteData)
      deps.onGone(infoHash, torrent.value.snapshot().policy)
      return removed
    },

    isLeaving: (infoHash) => removals.has(infoHash),

    restore(infoHash) {
      const torrent = removals.takeBack(infoHash)
      if (torrent === null) return false
      torrents.put(torrent)
      onChange(torrent)
      return true
    },

    changed: onChange,

    async stop() {
      removals.stop()
      await stopAll()
    },
  }
}
