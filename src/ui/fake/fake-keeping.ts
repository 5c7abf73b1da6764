import type { EngineChange, EngineState, OrphanSnapshot } from '../../engine/model/engine-state.ts'
import type { InfoHash } from '../../engine/model/ids.ts'
import { err, ok } from '../../engine/model/result.ts'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import { SECOND, type Bytes, type Millis } from '../../engine/model/units.ts'
import type { CallName } from '../../workers/protocol/control.ts'
import type { Answers } from './fake-engine.ts'
import { fakeInfoHash, fakeTorrent } from './fake-torrents.ts'

const UNDO: Millis = 10 * SECOND

export interface FakeKeepingDeps {
  readonly state: () => EngineState
  readonly change: (...changes: EngineChange[]) => void
  readonly orphans: readonly OrphanSnapshot[]
}

type KeepingCall = Extract<
  CallName,
  `storage.${string}` | `backup.${string}` | 'torrent.remove' | 'torrent.restore'
>

/** What is kept, removed, brought back and backed up, for an engine that only pretends. */
export function fakeKeeping({
  state,
  change,
  orphans,
}: FakeKeepingDeps): Pick<Answers, KeepingCall> {
  const removed = new Map<InfoHash, TorrentSnapshot>()
  let left: readonly OrphanSnapshot[] = orphans

  const use = (bytes: Bytes) => {
    const { storage } = state()
    change({
      type: 'storage',
      storage: { ...storage, usedBytes: Math.max(0, storage.usedBytes + bytes) },
    })
  }
  const forget = (infoHash: InfoHash) => {
    const torrent = removed.get(infoHash)
    if (torrent === undefined) return
    removed.delete(infoHash)
    use(-torrent.haveBytes)
  }
  const orphanOf = (infoHash: InfoHash) => left.find((orphan) => orphan.infoHash === infoHash)
  const withoutOrphan = (infoHash: InfoHash) => {
    left = left.filter((orphan) => orphan.infoHash !== infoHash)
  }

  return {
    'torrent.remove': async ({ infoHash, undo = false }) => {
      const torrent = state().torrents[infoHash]
      if (torrent === undefined) return err({ kind: 'input/unknown-torrent' })
      change({ type: 'torrent-removed', infoHash })
      removed.set(infoHash, torrent)
      if (undo) setTimeout(() => forget(infoHash), UNDO)
      else forget(infoHash)
      return ok(null)
    },
    'torrent.restore': async ({ infoHash }) => {
      const torrent = removed.get(infoHash)
      if (torrent === undefined) return err({ kind: 'input/unknown-torrent' })
      removed.delete(infoHash)
      change({ type: 'torrent', torrent })
      return ok(null)
    },

    'storage.usage': async () =>
      ok({
        torrents: Object.values(state().torrents)
          .map(({ infoHash, haveBytes }) => ({ infoHash, bytes: haveBytes }))
          .sort((one, other) => other.bytes - one.bytes),
        orphans: left,
      }),
    'storage.adopt': async ({ infoHash }) => {
      const orphan = orphanOf(infoHash)
      if (orphan === undefined || orphan.name === null)
        return err({ kind: 'input/unknown-torrent' })
      withoutOrphan(infoHash)
      const torrent = fakeTorrent(0, Date.now(), {
        infoHash,
        name: orphan.name,
        addedAt: Date.now(),
        totalBytes: orphan.bytes * 2,
        haveBytes: orphan.bytes,
        phase: { name: 'checking', checkedPieces: 40 },
      })
      change({ type: 'torrent', torrent })
      return ok(null)
    },
    'storage.reclaim': async ({ infoHash }) => {
      const orphan = orphanOf(infoHash)
      if (orphan === undefined) return err({ kind: 'input/unknown-torrent' })
      withoutOrphan(infoHash)
      use(-orphan.bytes)
      return ok(null)
    },
    'storage.grant': async ({ persisted }) => {
      change({ type: 'storage', storage: { ...state().storage, persisted, asked: true } })
      return ok(null)
    },

    'backup.export': async () => ok(new TextEncoder().encode('a backup')),
    'backup.import': async ({ bytes }) =>
      bytes.length < 4
        ? err({ kind: 'input/backup', reason: 'format' })
        : ok({ added: 12, present: Object.keys(state().torrents).length, unreadable: 1 }),
  }
}

/** What a crash and a cleared database may leave behind. */
export function fakeOrphans(): readonly OrphanSnapshot[] {
  return [
    { infoHash: fakeInfoHash(901), name: 'Old lecture recordings', bytes: 1.24e9 },
    { infoHash: fakeInfoHash(902), name: null, bytes: 86e6 },
  ]
}
