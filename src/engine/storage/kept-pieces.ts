import type { PieceStore, PieceStores, Watch } from '../contracts/piece-store.ts'
import type {
  JournalPage,
  RecordError,
  RecordStore,
  TorrentPlace,
} from '../contracts/record-store.ts'
import type { ErrorIn } from '../model/errors.ts'
import type { FileIndex, PieceIndex } from '../model/ids.ts'
import type { Metainfo } from '../model/metainfo.ts'
import type { Result } from '../model/result.ts'
import type { Bytes } from '../model/units.ts'
import { encodeMetainfo } from '../parse-metainfo.ts'
import { makeFileLayout } from './file-layout.ts'
import { makeJournal } from './journal.ts'
import type { PieceCache } from './piece-cache.ts'
import { makePieceCounts, type PieceCounts } from './piece-counts.ts'
import { makePieceProof, type Loss } from './piece-proof.ts'

export interface KeptPiecesDeps {
  readonly metainfo: Metainfo
  readonly stores: PieceStores
  readonly cache: PieceCache
  readonly records: RecordStore
  /** The last page of the journal; null when what is stored must be hashed. */
  readonly page: JournalPage | null
  /** Asked whenever the store is opened. */
  place(): TorrentPlace
  /** Pieces on order now. */
  pending(): Uint8Array
  /** A piece was good and is not any more; it is no longer counted. */
  onLost(piece: PieceIndex, loss: Loss): void
  onFailure(error: RecordError): void
}

/** What is held of one torrent: which of its pieces, and the store they lie in. */
export interface KeptPieces {
  readonly counts: PieceCounts
  /** True once `counts` says what is really stored, as far as the journal knows. */
  readonly checked: boolean
  /** What to believe and what to look at before `counts` can be believed. */
  plan(): { readonly known: Uint8Array<ArrayBuffer>; readonly look: Uint8Array<ArrayBuffer> | null }
  /** Nothing of it lies here any more; answers how many good bytes that were. */
  forget(): Bytes
  /** Which good pieces cannot be there, by the lengths of the files: each is told to `onLost`. */
  survey(): Promise<void>
  /** These are good, as a look has shown. */
  found(pieces: Uint8Array): void
  /**
   * Opens the store: writes are answered once they are journalled, and reads are proved. Whoever
   * opened it closes it with `close`, also when it was not opened yet; at most one at a time.
   */
  open(): Promise<Result<PieceStore, ErrorIn<'storage'>>>
  /** Whether all pieces lie there and are right: reads every one. */
  isSound(place: TorrentPlace): Promise<boolean>
  close(): Promise<void>
  readonly isOpen: boolean
  lengthOf(piece: PieceIndex): Bytes
  /** A finished file, from a store that is open. */
  file(index: FileIndex, watch?: Watch): Promise<Result<File, ErrorIn<'storage'>>>
}

export function makeKeptPieces(deps: KeptPiecesDeps): KeptPieces {
  const { metainfo, stores, cache, records } = deps
  const { infoHash, files, pieceCount } = metainfo
  const layout = makeFileLayout(metainfo)
  const counts = makePieceCounts(
    layout,
    files.map(({ length }) => length),
  )
  // A page of another length is of nothing that can be told.
  const page = deps.page?.pieces.length === counts.bits.length ? deps.page : null
  if (page !== null) counts.reset(page.pieces)
  let checked = page !== null && page.pending.length === 0
  let opening: Promise<Result<PieceStore, ErrorIn<'storage'>>> | null = null

  const journal = makeJournal({
    infoHash,
    pieceCount,
    records,
    last: page,
    pending: () => deps.pending(),
    onFailure: (error) => deps.onFailure(error),
  })
  const proof = makePieceProof({
    metainfo,
    isGood: (piece) => checked && counts.has(piece),
    onLost(piece, loss) {
      counts.lose(piece)
      void journal.lose(piece)
      deps.onLost(piece, loss)
    },
  })

  const open = async (): Promise<Result<PieceStore, ErrorIn<'storage'>>> => {
    const opened = await stores.open(infoHash, metainfo, {
      place: deps.place(),
      metainfo: encodeMetainfo({ info: metainfo.info }),
    })
    if (!opened.ok) return opened
    return { ok: true, value: cache.over(proof.over(journal.over(opened.value))) }
  }

  return {
    counts,
    get checked() {
      return checked
    },

    plan() {
      const known = counts.bits.slice()
      if (checked) return { known, look: new Uint8Array(known.length) }
      return page === null ? { known, look: null } : { known, look: page.pending }
    },

    forget() {
      const lost = counts.totalHaveBytes
      counts.reset(new Uint8Array())
      checked = true
      void journal.replace(counts.bits)
      return lost
    },

    async survey() {
      const opened = await opening
      if (opened?.ok !== true || !checked) return
      const present = await opened.value.present()
      if (!present.ok || !checked) return
      for (let piece = 0; piece < pieceCount; piece++) {
        const reached = ((present.value[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0
        if (!reached && counts.has(piece)) proof.lose(piece)
      }
    },

    found(pieces) {
      counts.reset(pieces)
      checked = true
      proof.forget()
      void journal.replace(pieces)
    },

    open() {
      opening = open()
      return opening
    },

    async isSound(place) {
      const opened = await stores.open(infoHash, metainfo, { place })
      if (!opened.ok) return false
      const proved = makePieceProof({ metainfo, isGood: () => true, onLost: () => {} })
      const store = proved.over(opened.value)
      try {
        for (const file of files.keys()) if (!(await store.file(file)).ok) return false
        return true
      } finally {
        await store.close()
      }
    },

    async close() {
      const opened = await opening
      opening = null
      await journal.rest()
      // What was noted after the swarm was left, too.
      if (checked) counts.reset(journal.pieces)
      if (opened?.ok === true) await opened.value.close()
    },

    get isOpen() {
      return opening !== null
    },
    lengthOf: (piece) => layout.pieceLengthOf(piece),

    async file(index, watch) {
      const opened = await opening
      if (opened === null) throw new Error('no store is open')
      return opened.ok ? opened.value.file(index, watch) : opened
    },
  }
}
