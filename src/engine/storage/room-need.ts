import type { PieceStores } from '../contracts/piece-store.ts'
import type { ErrorIn } from '../model/errors.ts'
import type { InfoHash } from '../model/ids.ts'
import type { Bytes, Millis } from '../model/units.ts'
import { hasMoreRoom, shortage, TRY_AGAIN, type Room } from './room.ts'

export type Full = Extract<ErrorIn<'storage'>, { kind: 'storage/full' }>

export interface RoomNeedDeps {
  readonly infoHash: InfoHash
  readonly stores: Pick<PieceStores, 'estimate' | 'look'>
  /** What others still need of the room there is. */
  readonly promised: (infoHash: InfoHash) => Bytes
}

/** How much room one torrent needs, and whether it may go on after there was none. */
export interface RoomNeed {
  /** What it will take of the device, as of the last `check`. */
  readonly bytes: Bytes
  /**
   * Before it begins, or wants more: why the rest would not fit; null when it may. A file that
   * was begun at its end counts in full already, to the browser's quota as well.
   */
  check(wanted: Bytes, missing: Bytes): Promise<Full | null>
  /** There was no room: from now on it waits. */
  wait(): void
  /** Whether to try again, now that there is this much room; `step` is the least worth a try. */
  isOver(room: Room, step: Bytes): boolean
  /** It waits no longer. */
  end(): void
}

export function makeRoomNeed({ infoHash, stores, promised }: RoomNeedDeps): RoomNeed {
  let bytes: Bytes = 0
  let waiting: { readonly since: Millis; room: Room | null } | null = null

  return {
    get bytes() {
      return bytes
    },

    async check(wanted, missing) {
      if (missing === 0) {
        bytes = 0
        return null
      }
      const [room, stored] = await Promise.all([stores.estimate(), stores.look(infoHash)])
      bytes = Math.min(missing, Math.max(0, wanted - (stored?.bytes ?? 0)))
      return shortage(room, bytes, promised(infoHash))
    },

    wait() {
      const begun = { since: performance.now(), room: null as Room | null }
      waiting = begun
      void stores.estimate().then((room) => {
        begun.room = room
      })
    },

    isOver(room, step) {
      if (waiting === null) return false
      if (performance.now() - waiting.since >= TRY_AGAIN) return true
      return waiting.room !== null && hasMoreRoom(waiting.room, room, step)
    },

    end() {
      waiting = null
    },
  }
}
