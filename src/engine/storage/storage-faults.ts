import type { EngineError, ErrorIn } from '../model/errors.ts'
import { MIB, type Bytes } from '../model/units.ts'
import type { Loss } from './piece-proof.ts'
import type { Room } from './room.ts'
import { makeRoomNeed, type Full, type RoomNeedDeps } from './room-need.ts'

/** For less a torrent that had no room is not tried again. */
const LEAST_ROOM: Bytes = 16 * MIB

/** What a disk does to one torrent: pieces it lost, writes it refused, room it does not have. */
export interface StorageFaults {
  /** A piece that was good is not any more. `first` since everything was there. */
  lost(loss: Loss, bytes: Bytes): { readonly error: EngineError; readonly first: boolean }
  /** Everything is there again. */
  mended(): void

  /** A write failed, or is known to. Not `news` when it is the same want of room as last time. */
  failed(
    error: ErrorIn<'storage'>,
    missing: Bytes,
  ): { readonly error: ErrorIn<'storage'>; readonly news: boolean }
  /** A write succeeded. */
  written(): void

  /** What it will take of the device, as of the last look. */
  readonly needed: Bytes
  /** Why what is missing cannot fit; null when it may, or when the person wants to try. */
  check(wanted: Bytes, missing: Bytes): Promise<Full | null>
  /** Whether the person wants to try although the estimate says no: until something is written. */
  insist(yes: boolean): void
  /** Whether to try again what failed for want of room, now that there is this much. */
  isOver(room: Room, missing: Bytes): boolean
  /** It is tried again. */
  goOn(): void
}

export function makeStorageFaults(deps: RoomNeedDeps): StorageFaults {
  const room = makeRoomNeed(deps)
  const lost: Record<Loss, Bytes> = { missing: 0, wrong: 0 }
  let insists = false
  let toldFull = false

  return {
    lost(loss, bytes) {
      const first = lost.missing + lost.wrong === 0
      lost[loss] += bytes
      const kind = lost.wrong > 0 ? 'storage/corrupt' : 'storage/evicted'
      return { error: { kind, lost: lost.missing + lost.wrong }, first }
    },

    mended() {
      lost.missing = lost.wrong = 0
    },

    failed(error, missing) {
      const full = error.kind === 'storage/full'
      // Tried again and again: said once.
      const news = !full || !toldFull
      if (full) room.wait()
      toldFull = full
      const told = full ? { ...error, needed: Math.max(error.needed, missing) } : error
      return { error: told, news }
    },

    written() {
      insists = false
      toldFull = false
    },

    get needed() {
      return room.bytes
    },

    async check(wanted, missing) {
      return insists ? null : room.check(wanted, missing)
    },

    insist(yes) {
      insists = yes
    },

    isOver: (now, missing) => room.isOver(now, Math.min(missing, LEAST_ROOM)),
    goOn: () => room.end(),
  }
}
