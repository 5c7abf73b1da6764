import type { PieceStores } from './contracts/piece-store.ts'
import type { JournalPage, PickedPlace, TorrentPlace } from './contracts/record-store.ts'
import type { InTurn } from './in-turn.ts'
import type { EngineError, ErrorIn } from './model/errors.ts'
import type { InfoHash, PieceIndex } from './model/ids.ts'
import type { Metainfo } from './model/metainfo.ts'
import type { Bytes } from './model/units.ts'
import { encodeMetainfo } from './parse-metainfo.ts'
import type { Loss } from './storage/piece-proof.ts'
import type { Room } from './storage/room.ts'
import { makeStorageFaults } from './storage/storage-faults.ts'
import type { SwarmPart } from './swarm/swarm-part.ts'
import { makeTorrentFiles, type TorrentFiles, type TorrentFilesDeps } from './torrent-files.ts'
import type { TorrentState } from './torrent-state.ts'

export interface HoldingsDeps extends Pick<
  TorrentFilesDeps,
  'record' | 'stores' | 'folders' | 'cache' | 'records' | 'onRecordFailed'
> {
  readonly infoHash: InfoHash
  readonly state: TorrentState
  readonly stores: PieceStores
  readonly inTurn: InTurn
  /** Room that the other torrents still need. */
  promised(infoHash: InfoHash): Bytes
  /** Null while it takes no part in its swarm. */
  part(): SwarmPart | null
  /** Leaves the swarm, in turn; the trouble is said already. */
  leaveSoon(): void
  /** Everything was delivered, and is right there: it can be seeded from there. */
  onMovedOut(place: PickedPlace): void
  onFailure(error: EngineError): void
}

/** What one torrent holds: when all that is wanted is here, and what becomes of a disk's faults. */
export interface Holdings {
  /** Null before the metainfo is known. */
  readonly files: TorrentFiles | null
  /** All that is wanted is here. */
  readonly complete: boolean
  /** Of what is wanted. */
  readonly missing: Bytes
  /** Room that it will take of the device, as of the last look. */
  readonly needed: Bytes
  /** With its pieces as the page of an earlier visit says they are. */
  layOut(metainfo: Metainfo, page: JournalPage | null): TorrentFiles
  learn(metainfo: Metainfo): void
  /** What is stored has been looked at, or need not be. */
  checked(): void
  /** These are stored, as a look has shown: it begins to want the rest. */
  found(have: Uint8Array): void
  /** A piece was received, and is written. */
  verified(piece: PieceIndex): void
  /** Pauses at once where the rest cannot fit, rather than at its last byte. */
  checkRoom(): void
  /** Other files are wanted now, or in another order. */
  selected(): void
  /** Its bytes could not be read or written: it pauses. */
  failed(error: ErrorIn<'storage'>): void
  /** Whether what failed for want of room may be tried again. */
  hasRoom(room: Room): boolean
  /** It is tried again; `insisting` says whether the person wants to, whatever the estimate says. */
  goOn(insisting?: boolean): void
  /** All of its bytes lie there, and are good; what was in the browser's storage goes. Not while it takes part. */
  settleIn(place: TorrentPlace): Promise<void>
}

export function makeHoldings(deps: HoldingsDeps): Holdings {
  const { infoHash, record, state, stores } = deps
  const faults = makeStorageFaults({
    infoHash,
    stores,
    promised: (infoHash) => deps.promised(infoHash),
  })
  let files: TorrentFiles | null = null

  const layOut = (metainfo: Metainfo, page: JournalPage | null): TorrentFiles => {
    files = makeTorrentFiles({
      ...deps,
      metainfo,
      page,
      ordered: () => deps.part()?.joined.ordered() ?? new Uint8Array(),
      inSwarm: () => deps.part() !== null,
      onLost: lose,
      onDeliveryFailed: (error) => (isStorageError(error) ? failed(error) : deps.onFailure(error)),
      onMovedOut: (place) => deps.onMovedOut(place),
    })
    return files
  }

  const settleIn = async (place: TorrentPlace) => {
    if (state.removed) return
    files?.settleIn(place)
    faults.mended()
    judge()
    await stores.destroy(infoHash)
  }

  const checked = () => {
    const complete = files?.complete ?? false
    state.applyQuietly({ type: 'check-finished', complete })
    // It may have been left and joined again in the middle, and then there is nothing to finish.
    state.applyQuietly({ type: complete ? 'completed' : 'selection-widened' })
    if (complete) completed()
  }

  const judge = () => {
    if (files?.kept.checked !== true) return
    const { complete } = files
    if (!state.applyQuietly({ type: complete ? 'completed' : 'selection-widened' })) return
    if (complete) completed()
    state.changed()
  }

  const completed = () => {
    if (record.value.completedAt === null) record.change({ completedAt: Date.now() })
    state.untroubled()
    faults.mended()
    deps.part()?.peers.completed()
  }

  const checkRoom = () => {
    if (files?.kept.checked !== true) return
    void faults.check(files.kept.counts.wantedBytes, files.missing).then((full) => {
      if (full !== null && state.phase.name === 'downloading') failed(full)
    })
  }

  /** A piece that was good is not any more: it is fetched again, and never served. */
  const lose = (piece: PieceIndex, loss: Loss) => {
    if (record.value.place.kind === 'picked') {
      // Nothing is ever written there: the person says what becomes of it.
      return failed({ kind: 'storage/source-changed', name: files?.nameAt(piece) ?? infoHash })
    }
    const { error, first } = faults.lost(loss, files?.kept.lengthOf(piece) ?? 0)
    state.troubled(error, first ? undefined : 'quietly')
    deps.part()?.joined.lose(piece)
    deps.part()?.peers.hungry()
    judge()
    state.changed()
  }

  /** Nothing is lost: what was verified is written, and the rest is asked for again. */
  const failed = (failure: ErrorIn<'storage'>) => {
    const { error, news } = faults.failed(failure, files?.missing ?? 0)
    state.troubled(error, news ? undefined : 'quietly')
    state.apply({ type: 'paused', why: 'storage' })
    deps.leaveSoon()
  }

  return {
    get files() {
      return files
    },
    get complete() {
      return files?.complete ?? false
    },
    get missing() {
      return files?.missing ?? 0
    },
    get needed() {
      return faults.needed
    },
    layOut,

    learn(metainfo) {
      const { selected, wanted } = record.value
      const named = selected?.flatMap((index) => metainfo.files[index]?.path ?? []) ?? []
      record.change({
        metainfo: encodeMetainfo({ info: metainfo.info }),
        name: metainfo.name,
        wanted: wanted ?? (named.length > 0 ? named : null),
        selected: null,
      })
      layOut(metainfo, null)
    },

    checked,

    found(have) {
      files?.kept.found(have)
      checked()
      files?.deliver()
      checkRoom()
    },

    verified(piece) {
      files?.kept.counts.good(piece)
      faults.written()
      judge()
      files?.deliver()
    },

    checkRoom,

    selected() {
      files?.wantAsRecorded()
      const counts = files?.kept.counts
      const joined = deps.part()?.joined
      if (counts !== undefined && joined !== undefined) {
        joined.prioritise(counts.levels())
        joined.want(counts.wantedPieces())
      }
      judge()
    },

    failed,
    hasRoom: (room) => faults.isOver(room, files?.missing ?? 0),

    goOn(insisting) {
      if (insisting !== undefined) faults.insist(insisting)
      faults.goOn()
    },

    settleIn,
  }
}

function isStorageError(error: EngineError): error is ErrorIn<'storage'> {
  return error.kind.startsWith('storage/')
}
