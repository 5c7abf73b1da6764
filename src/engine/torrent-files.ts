import type { OutsideFolders } from './contracts/outside-folders.ts'
import type { PieceStores, Watch } from './contracts/piece-store.ts'
import type {
  JournalPage,
  PickedPlace,
  RecordError,
  RecordStore,
  TorrentPlace,
} from './contracts/record-store.ts'
import { makeDelivery, type Delivery } from './deliver-files.ts'
import type { KeptRecord } from './kept-record.ts'
import type { EngineError } from './model/errors.ts'
import type { FileIndex, PieceIndex } from './model/ids.ts'
import type { Metainfo } from './model/metainfo.ts'
import { err, type Result } from './model/result.ts'
import type { FileEntry } from './model/torrent.ts'
import type { Bytes } from './model/units.ts'
import { makeKeptPieces, type KeptPieces } from './storage/kept-pieces.ts'
import type { PieceCache } from './storage/piece-cache.ts'
import type { Loss } from './storage/piece-proof.ts'

export interface TorrentFilesDeps {
  readonly metainfo: Metainfo
  readonly record: KeptRecord
  /** The journal's last page, when it came back from an earlier visit. */
  readonly page: JournalPage | null
  readonly stores: PieceStores
  readonly folders: OutsideFolders
  readonly cache: PieceCache
  readonly records: RecordStore
  /** Pieces on order now. */
  ordered(): Uint8Array
  /** Whether the swarm has the store, and so it is open for a while. */
  inSwarm(): boolean
  /** Does this while nobody else opens or closes the store. */
  inTurn<Value>(task: () => Promise<Value>): Promise<Value>
  onLost(piece: PieceIndex, loss: Loss): void
  onRecordFailed(error: RecordError): void
  onDeliveryFailed(error: EngineError): void
  /** Everything was delivered, and is right there. */
  onMovedOut(place: PickedPlace): void
}

/** The files of one torrent: which are wanted, what of them is here, and where they lie. */
export interface TorrentFiles {
  readonly metainfo: Metainfo
  readonly kept: KeptPieces
  /** All that is wanted is here. Before it was looked nothing is. */
  readonly complete: boolean
  /** All is here, wanted or not. */
  readonly whole: boolean
  /** What is wanted and not here. */
  readonly missing: Bytes
  list(): readonly FileEntry[]
  /** Without folders. */
  nameAt(piece: PieceIndex): string
  /** Takes up what the record says is wanted, and in which order. */
  wantAsRecorded(): void
  /**
   * A finished file, once it is proved. Opens the store for it when nobody else has. Rejects with
   * the reason of the watch's signal only.
   */
  export(file: FileIndex, watch?: Watch): Promise<Result<File, EngineError>>
  /** A file may have become ready to be delivered, or the folder usable again. */
  deliver(): void
  /** Nothing is delivered until `deliver` is called again. Resolves when it is quiet. */
  rest(): Promise<void>
  /** All of its bytes lie there from now on, and are good. The store must be closed. */
  settleIn(place: TorrentPlace): void
}

export function makeTorrentFiles(deps: TorrentFilesDeps): TorrentFiles {
  const { metainfo, record, stores, records } = deps
  const kept = makeKeptPieces({
    metainfo,
    stores,
    cache: deps.cache,
    records,
    page: deps.page,
    place: () => record.value.place,
    pending: () => deps.ordered(),
    onLost: (piece, loss) => deps.onLost(piece, loss),
    onFailure: (error) => deps.onRecordFailed(error),
  })
  const { counts } = kept
  let delivery = deliveryTo(record.value.deliverTo)

  const filesAt = (named: readonly string[]): ReadonlySet<FileIndex> => {
    const paths = new Set(named)
    return new Set(metainfo.files.flatMap(({ path }, index) => (paths.has(path) ? [index] : [])))
  }

  /** Paths that the metainfo does not have are nobody's files: without any that match, all are wanted. */
  const wantAsRecorded = () => {
    const { wanted, priorities } = record.value
    counts.prioritise(filesAt(priorities.high), filesAt(priorities.low))
    if (wanted === null) return counts.want(null)
    counts.want(filesAt(wanted))
  }
  wantAsRecorded()

  function deliveryTo(root: FileSystemDirectoryHandle | null): Delivery | null {
    if (root === null) return null
    return makeDelivery({
      folders: deps.folders,
      root,
      metainfo,
      delivered: record.value.delivered,
      isReady: (file) => counts.isWanted(file) && isWhole(file),
      read: (file) => exportFile(file),
      onDelivered: (delivered) => record.change({ delivered }),
      onFailure: (error) => deps.onDeliveryFailed(error),
      onAll: (place) => void moveOut(place),
    })
  }

  /** Read back once, it is seeded from there, and needs half the room. */
  const moveOut = async (place: PickedPlace): Promise<void> => {
    if (await kept.isSound(place)) deps.onMovedOut(place)
  }

  const isWhole = (file: FileIndex) => counts.haveOf(file) === metainfo.files[file]?.length

  const exportFile = async (file: FileIndex, watch?: Watch): Promise<Result<File, EngineError>> => {
    if (!isWhole(file)) return err({ kind: 'input/unknown-file' })
    if (deps.inSwarm() && kept.isOpen) {
      const given = await kept.file(file, watch)
      // The swarm may have been left meanwhile, and the store closed: what is proved stays proved.
      if (given.ok || given.error.kind !== 'storage/io') return given
    }
    // Paused: opened for this alone, in turn, so that nobody else opens it meanwhile.
    return deps.inTurn(async () => {
      if (kept.isOpen) return kept.file(file, watch)
      await kept.open()
      try {
        return await kept.file(file, watch)
      } finally {
        await kept.close()
      }
    })
  }

  return {
    metainfo,
    kept,
    get complete() {
      return kept.checked && counts.haveBytes >= counts.wantedBytes
    },
    get whole() {
      return kept.checked && counts.totalHaveBytes >= metainfo.totalBytes
    },
    get missing() {
      return counts.wantedBytes - counts.haveBytes
    },

    list: () =>
      metainfo.files.map(({ path, length }, index) => ({
        index,
        path,
        length,
        haveBytes: counts.haveOf(index),
        wanted: counts.isWanted(index),
        priority: counts.priorityOf(index),
      })),

    nameAt(piece) {
      const file = metainfo.files.findLast(({ offset }) => offset <= piece * metainfo.pieceLength)
      return file?.path.split('/').at(-1) ?? metainfo.infoHash
    },

    wantAsRecorded,
    export: exportFile,
    deliver: () => delivery?.look(),

    async rest() {
      await delivery?.stop()
    },

    settleIn(place) {
      delivery = null
      record.change({ place, deliverTo: null, delivered: [] })
      kept.found(new Uint8Array(counts.bits.length).fill(0xff))
    },
  }
}
