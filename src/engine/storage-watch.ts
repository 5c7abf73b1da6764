import type { PieceStores } from './contracts/piece-store.ts'
import type { StorageSnapshot } from './model/engine-state.ts'
import type { Room } from './storage/room.ts'
import { MINUTE, SECOND, type Millis } from './model/units.ts'
import type { Torrents } from './torrents.ts'

/** How often used space is measured whatever happens: others use the disk too. */
const INTERVAL: Millis = MINUTE / 6
/** How often while something is being stored or deleted. */
const BUSY_INTERVAL: Millis = 1.5 * SECOND

export interface StorageWatchDeps {
  readonly stores: PieceStores
  readonly torrents: Torrents
  readonly remembers: boolean
  /** What the browser said about keeping what is stored, and whether it was asked. */
  promise(): Pick<StorageSnapshot, 'persisted' | 'asked'>
  publish(storage: StorageSnapshot): void
}

/** Measures how much room there is, tells the page, and wakes torrents that wait for some. */
export interface StorageWatch {
  /** Now. */
  measure(): Promise<void>
  /** What was measured last, with the promise as it is now. */
  tell(): void
  /** Something was stored or deleted: soon, once for many. */
  soon(): void
  start(): void
  stop(): void
}

export function makeStorageWatch(deps: StorageWatchDeps): StorageWatch {
  const { stores, torrents } = deps
  let timer: ReturnType<typeof setInterval> | undefined
  let next: ReturnType<typeof setTimeout> | undefined
  let last: Room = { usedBytes: 0, quotaBytes: 0 }
  let stopped = false

  const tell = () =>
    deps.publish({
      kind: stores.kind,
      remembers: deps.remembers,
      ...last,
      ...deps.promise(),
    })

  const measure = async (): Promise<void> => {
    const room = await stores.estimate()
    if (stopped) return
    last = room
    tell()
    for (const torrent of torrents.all()) torrent.roomChanged(room)
  }

  return {
    measure,
    tell,
    soon() {
      next ??= setTimeout(() => {
        next = undefined
        void measure()
      }, BUSY_INTERVAL)
    },
    start() {
      timer = setInterval(() => void measure(), INTERVAL)
    },
    stop() {
      stopped = true
      clearInterval(timer)
      clearTimeout(next)
    },
  }
}
