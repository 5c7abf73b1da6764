import type { Log } from './contracts/log.ts'
import type { OutsideFolders } from './contracts/outside-folders.ts'
import type { PieceStores, Watch } from './contracts/piece-store.ts'
import type {
  DeliveredFile,
  JournalPage,
  PickedPlace,
  RecordError,
  RecordStore,
  Removal,
  TorrentPlace,
  TorrentRecord,
} from './contracts/record-store.ts'
import type { RtcConfig } from './contracts/rtc.ts'
import type { JoinedTorrent, JoinPlan, TorrentClient } from './contracts/torrent-client.ts'
import { makeKeptRecord, type KeptRecord } from './kept-record.ts'
import { makeDelivery, type Delivery } from './deliver-files.ts'
import { formatMagnet } from './magnet.ts'
import { toCause, type EngineError, type ErrorIn } from './model/errors.ts'
import type { FileIndex, InfoHash, PieceIndex, WirePeerId } from './model/ids.ts'
import type { Metainfo } from './model/metainfo.ts'
import { err, ok, type Result } from './model/result.ts'
import type { Settings } from './model/settings.ts'
import type { SwarmPolicy } from './model/swarm-policy.ts'
import type { OthersHold, TorrentPhase, TorrentSnapshot } from './model/torrent.ts'
import { MIB, SECOND, type Bytes } from './model/units.ts'
import { encodeMetainfo } from './parse-metainfo.ts'
import { folderOf, handlesOf } from './storage/handles-of.ts'
import { makeKeptPieces, type KeptPieces } from './storage/kept-pieces.ts'
import type { PieceCache } from './storage/piece-cache.ts'
import type { Loss } from './storage/piece-proof.ts'
import type { Room } from './storage/room.ts'
import { makeRoomNeed, type RoomNeed } from './storage/room-need.ts'
import type { PeerGates } from './swarm/rate-limits.ts'
import {
  makeSwarmPeers,
  NO_SWARM,
  type OverlaySearches,
  type SwarmPeers,
} from './swarm/swarm-peers.ts'
import type { WebTrackerClient } from './swarm/web-tracker-client.ts'
import { nextPhase, type TorrentEvent } from './torrent-machine.ts'
import type { Torrent } from './torrents.ts'

export interface SwarmTorrentDeps {
  readonly client: TorrentClient
  readonly stores: PieceStores
  readonly folders: OutsideFolders
  readonly cache: PieceCache
  readonly records: RecordStore
  readonly trackerClient: WebTrackerClient
  readonly overlay: OverlaySearches
  /** How a torrent of this policy meets peers of the overlay directly; null: it does not. */
  rtcConfig(policy: SwarmPolicy): RtcConfig | null
  readonly log: Log
  settings(): Settings
  /** Limits for one more peer of this torrent. */
  gates(infoHash: InfoHash): PeerGates
  onChange(torrent: Torrent): void
  /** Something a person should hear of beyond this torrent's own line. */
  onTrouble(infoHash: InfoHash, error: EngineError): void
  /** A later engine has taken over: whatever this one still does is kept nowhere. */
  onFenced(): void
  /** Does this when nothing else of its kind is being done. */
  quietly(task: () => Promise<void>): void
  /** Joining costs this thread milliseconds: a thousand torrents do it one after the other. */
  turnToJoin(): Promise<void>
  /** Room that the other torrents still need. */
  promised(infoHash: InfoHash): Bytes
}

export interface SwarmTorrentStart {
  readonly record: TorrentRecord
  /** Read from `record.metainfo` before. */
  readonly metainfo: Metainfo | null
  /** Pieces that were just seen to be good. */
  readonly known: Uint8Array<ArrayBuffer> | null
  /** The journal's last page, when it came back from an earlier visit. */
  readonly page?: JournalPage | null
  /** Nothing of its data lies here, whatever the journal says. */
  readonly gone?: boolean
}

/** A torrent of the BitTorrent swarm: its record, its phase, its files, and its part in the swarm. */
export function makeSwarmTorrent(deps: SwarmTorrentDeps, start: SwarmTorrentStart): Torrent {
  return new SwarmTorrent(deps, start)
}

/** For less a torrent that had no room is not tried again. */
const LEAST_ROOM: Bytes = 16 * MIB

/** What exists only while the torrent takes part in its swarm. */
interface Part {
  readonly joined: JoinedTorrent
  readonly peers: SwarmPeers
}

class SwarmTorrent implements Torrent {
  readonly infoHash: InfoHash
  readonly #deps: SwarmTorrentDeps
  readonly #banned = new Set<WirePeerId>()
  readonly #record: KeptRecord
  readonly #lost: Record<Loss, Bytes> = { missing: 0, wrong: 0 }
  readonly #room: RoomNeed
  #metainfo: Metainfo | null
  #kept: KeptPieces | null = null
  #phase: TorrentPhase
  #trouble: EngineError | null = null
  #part: Part | null = null
  /** Joining and leaving follow one another, never overlap. */
  #turn: Promise<void> = Promise.resolve()
  #delivery: Delivery | null = null
  #removed = false
  /** Out of the list, and perhaps to come back. */
  #aside = false
  #busy = false
  /** The person wants to try although the estimate says no. */
  #insists = false
  #toldFull = false
  /** As last told. */
  #others: OthersHold | null = null

  constructor(deps: SwarmTorrentDeps, start: SwarmTorrentStart) {
    const { record, metainfo, known, page, gone } = start
    this.#deps = deps
    this.infoHash = record.infoHash
    this.#record = makeKeptRecord({
      records: deps.records,
      record,
      onFailure: (error) => this.#recordFailed(error),
    })
    // Read from the copy beside the data: one of two that are lost must not stay lost.
    if (record.metainfo === null && metainfo !== null && deps.records.writable) {
      this.#record.change({ metainfo: encodeMetainfo({ info: metainfo.info }) })
    }
    this.#room = makeRoomNeed({
      infoHash: this.infoHash,
      stores: deps.stores,
      promised: (infoHash) => deps.promised(infoHash),
    })
    this.#metainfo = metainfo
    if (metainfo !== null) this.#layOut(metainfo, page ?? null)
    if (known !== null) this.#kept?.found(known)
    this.#phase = metainfo === null ? { name: 'resolving' } : { name: 'checking', checkedPieces: 0 }
    if (gone === true) this.#forget()
    if (this.#kept?.checked === true) this.#finishCheck()
    if (!deps.records.writable) {
      this.#phase = nextPhase(this.#phase, { type: 'paused', why: 'storage' })
      this.#trouble = { kind: 'storage/newer' }
    } else if (record.paused)
      this.#phase = nextPhase(this.#phase, { type: 'paused', why: 'person' })
    else this.#later(() => this.#join())
  }

  // what it says of itself

  snapshot(): TorrentSnapshot {
    const metainfo = this.#metainfo
    const counts = this.#kept?.counts
    const totals = this.#part?.joined.totals()
    const { name, policy, addedAt, completedAt } = this.#record.value
    const folder = folderOf(this.#record.value)
    return {
      infoHash: this.infoHash,
      name: metainfo?.name ?? name ?? this.infoHash,
      protocol: 'bittorrent',
      phase: this.#phase,
      policy,
      addedAt,
      completedAt,
      totalPieces: metainfo?.pieceCount ?? 0,
      havePieces: counts?.havePieces ?? 0,
      fileCount: metainfo?.files.length ?? 0,
      ...(folder === null ? {} : { folder }),
      totalBytes: metainfo?.totalBytes ?? 0,
      wantedBytes: counts?.wantedBytes ?? 0,
      haveBytes: counts?.haveBytes ?? 0,
      ...this.#record.totals(totals?.downBytes ?? 0, totals?.upBytes ?? 0),
      downRate: Math.round(totals?.downRate ?? 0),
      upRate: Math.round(totals?.upRate ?? 0),
      peerCount: totals?.peerCount ?? 0,
      swarm: this.#part?.peers.facts() ?? NO_SWARM,
      others: this.#part?.joined.others() ?? null,
      trouble: this.#trouble,
    }
  }

  files() {
    const counts = this.#kept?.counts
    return (this.#metainfo?.files ?? []).map(({ path, length }, index) => ({
      index,
      path,
      length,
      haveBytes: counts?.haveOf(index) ?? 0,
      wanted: counts?.isWanted(index) ?? true,
    }))
  }

  peers() {
    return this.#part?.joined.peers() ?? []
  }

  trackers() {
    return this.#part?.peers.trackers() ?? []
  }

  bitfield() {
    return this.#kept?.counts.bits.slice() ?? new Uint8Array()
  }

  magnet() {
    const { infoHash, trackers, webSeeds } = this.#record.value
    return formatMagnet({ infoHash, name: this.snapshot().name, trackers, webSeeds })
  }

  metainfo() {
    const { metainfo, trackers, webSeeds } = this.#record.value
    if (metainfo === null || this.#metainfo === null) return null
    const { info, comment } = this.#metainfo
    return encodeMetainfo({ info, trackers, webSeeds, comment })
  }

  async export(file: FileIndex, watch?: Watch): Promise<Result<File, EngineError>> {
    const entry = this.#metainfo?.files[file]
    const kept = this.#kept
    if (entry === undefined || kept === null || kept.counts.haveOf(file) < entry.length) {
      return err({ kind: 'input/unknown-file' })
    }
    if (this.#part !== null && kept.isOpen) return kept.file(file, watch)
    // Paused: opened for this alone, in turn, so that nobody else opens it meanwhile.
    return this.#enqueue(async () => {
      if (kept.isOpen) return kept.file(file, watch)
      await kept.open()
      try {
        return await kept.file(file, watch)
      } finally {
        await kept.close()
      }
    })
  }

  handles() {
    return handlesOf(this.#record.value)
  }

  // what it is told to do

  pause(): void {
    if (!this.#deps.records.writable) return
    this.#apply({ type: 'paused', why: 'person' })
    this.#record.change({ paused: true })
    this.#later(() => this.#leave())
  }

  resume(): void {
    if (!this.#deps.records.writable) return
    // Who says so twice knows better than the estimate.
    this.#insists = this.#trouble?.kind === 'storage/full'
    this.#record.change({ paused: false })
    this.#goOn()
  }

  #goOn(): void {
    this.#trouble = null
    this.#room.end()
    this.#apply({ type: 'retried' })
    this.#apply({ type: 'resumed' })
    this.#later(async () => {
      await this.#leave()
      await this.#join()
    })
  }

  roomChanged(room: Room): void {
    if (this.#phase.name !== 'paused' || this.#phase.why !== 'storage') return
    if (this.#trouble?.kind !== 'storage/full') return
    const step = Math.min(this.#missing(), LEAST_ROOM)
    if (this.#room.isOver(room, step)) this.#goOn()
  }

  missingBytes(): Bytes {
    return this.#phase.name === 'downloading' ? Math.min(this.#room.bytes, this.#missing()) : 0
  }

  #missing(): Bytes {
    const counts = this.#kept?.counts
    return counts === undefined ? 0 : counts.wantedBytes - counts.haveBytes
  }

  want(files: readonly FileIndex[]): Result<void, EngineError> {
    const metainfo = this.#metainfo
    if (metainfo === null) return err({ kind: 'input/unknown-file' })
    if (files.some((index) => metainfo.files[index] === undefined)) {
      return err({ kind: 'input/unknown-file' })
    }
    const all = new Set(files).size === metainfo.files.length
    this.#record.change({ wanted: all ? null : files.map((index) => metainfo.files[index]!.path) })
    this.#selectWanted()
    if (this.#kept !== null) this.#part?.joined.want(this.#kept.counts.wantedPieces())
    this.#judgeCompletion()
    if (this.#trouble?.kind === 'storage/full') this.#goOn()
    else this.#checkRoom()
    this.#changed()
    return ok()
  }

  settingsChanged(): void {
    this.#part?.joined.setUploadSlots(this.#deps.settings().uploadSlots)
  }

  supply(metainfo: Metainfo): void {
    if (this.#metainfo !== null || !this.#deps.records.writable) return
    this.#learn(metainfo)
    this.#later(async () => {
      await this.#leave()
      await this.#join()
    })
  }

  lieIn(place: TorrentPlace): void {
    const kept = this.#kept
    // A whole copy of its own is better than files that somebody else may change.
    if (kept === null || (this.#record.value.place.kind === 'own' && this.#hasAll())) return
    this.#later(() => this.#settleIn(place, kept))
    this.resume()
  }

  tick(): boolean {
    const counts = this.#kept?.counts
    const totals = this.#part?.joined.totals()
    const moving = totals !== undefined && (totals.downRate > 0 || totals.upRate > 0)
    if (moving) this.#record.moved(totals.downBytes, totals.upBytes)
    if (counts !== undefined && totals !== undefined && this.#phase.name === 'downloading') {
      const missing = counts.wantedBytes - counts.haveBytes
      const eta = totals.downRate > 0 ? Math.ceil(missing / totals.downRate) * SECOND : null
      this.#phase = nextPhase(this.#phase, { type: 'eta', eta })
    }
    const others = this.#part?.joined.others() ?? null
    const learnt =
      others?.complete !== this.#others?.complete || others?.onlyHere !== this.#others?.onlyHere
    this.#others = others
    const changed = moving || this.#busy || learnt
    this.#busy = moving // one more look after the last byte, so that rates end at zero
    return changed
  }

  async stop(): Promise<void> {
    await this.#enqueue(() => this.#leave())
  }

  async setAside(removal: Removal): Promise<Result<void, EngineError>> {
    this.#aside = true
    const kept = await this.#record.setAside(removal)
    if (this.#aside) await this.stop()
    return kept
  }

  bringBack(): void {
    this.#aside = false
    void this.#record.setAside(null).then((kept) => {
      if (!kept.ok) this.#recordFailed(kept.error)
    })
    this.#later(() => this.#join())
  }

  async remove(deleteData: boolean): Promise<Result<void, EngineError>> {
    this.#removed = true
    await this.stop()
    const forgotten = await this.#record.remove()
    if (!forgotten.ok) return forgotten
    return deleteData ? this.#deps.stores.destroy(this.infoHash) : ok()
  }

  // its part in the swarm

  async #join(): Promise<void> {
    if (!this.#mayJoin()) return
    await this.#deps.turnToJoin()
    if (!this.#mayJoin()) return
    const { client, trackerClient, overlay } = this.#deps
    const { infoHash } = this

    // Events of a part that was left are late news about nothing.
    const current = <Args extends unknown[]>(then: (...args: Args) => void) => {
      return (...args: Args) => {
        if (this.#part?.joined === joined) then(...args)
      }
    }
    const joined: JoinedTorrent = client.join(
      {
        infoHash,
        metainfo: this.#metainfo,
        private: this.#metainfo?.private ?? false,
        uploadSlots: this.#deps.settings().uploadSlots,
        plan: (metainfo) => this.#plan(metainfo),
      },
      {
        metainfo: current((metainfo) => this.#learn(metainfo)),
        checked: current((checkedPieces) => {
          this.#apply({ type: 'pieces-checked', checkedPieces })
        }),
        ready: current((have) => {
          this.#kept?.found(have)
          this.#finishCheck()
          this.#delivery?.look()
          this.#checkRoom()
          this.#deps.quietly(async () => this.#kept?.survey())
          this.#changed()
        }),
        verified: current((piece) => {
          this.#kept?.counts.good(piece)
          this.#insists = false
          this.#toldFull = false
          this.#judgeCompletion()
          this.#delivery?.look()
          this.#busy = true
        }),
        storageFailed: current((error) => this.#storageFailed(error)),
        failed: current((error) => this.#fail(error)),
        webSeedFailed: current((url, status) => {
          this.#trouble =
            status === null
              ? { kind: 'http/unreachable', url }
              : { kind: 'http/status', url, status }
          this.#changed()
        }),
        peersChanged: current(() => {
          if (joined.totals().peerCount === 0 && !this.#complete()) this.#part?.peers.hungry()
          this.#changed()
        }),
      },
    )
    const peers = makeSwarmPeers({
      infoHash,
      policy: this.#record.value.policy,
      flagged: () => this.#metainfo?.private ?? false,
      trackers: this.#record.value.trackers,
      webSeeds: this.#record.value.webSeeds,
      joined,
      banned: this.#banned,
      trackerClient,
      overlay,
      rtcConfig: () => this.#deps.rtcConfig(this.#record.value.policy),
      provide: true,
      counts: () => this.#announced(),
      gates: () => this.#deps.gates(infoHash),
      onChange: () => this.#changed(),
    })
    this.#part = { joined, peers }
    this.#changed()
  }

  #mayJoin(): boolean {
    return this.#part === null && !this.#removed && !this.#aside && isActive(this.#phase)
  }

  async #plan(metainfo: Metainfo): Promise<JoinPlan | null> {
    const kept = this.#kept ?? this.#layOut(metainfo, null)
    const opened = await kept.open()
    if (!opened.ok) {
      this.#storageFailed(opened.error)
      return null
    }
    if (this.#part === null) return null // whoever left waits for the opening, and closes it
    return { store: opened.value, ...kept.plan(), wanted: kept.counts.wantedPieces() }
  }

  /** From now on its bytes lie there; what was in the browser's storage goes. */
  async #settleIn(place: TorrentPlace, kept: KeptPieces): Promise<void> {
    await this.#leave()
    if (this.#removed) return
    this.#delivery = null
    this.#record.change({ place, deliverTo: null, delivered: [] })
    kept.found(new Uint8Array(kept.counts.bits.length).fill(0xff))
    this.#lost.missing = this.#lost.wrong = 0
    this.#judgeCompletion()
    await this.#deps.stores.destroy(this.infoHash)
  }

  /** Everything was delivered: read back once, it is seeded from there, and needs half the room. */
  async #moveOut(place: PickedPlace): Promise<void> {
    const kept = this.#kept
    if (kept === null || !(await kept.isSound(place)) || this.#removed) return
    this.#later(async () => {
      await this.#settleIn(place, kept)
      await this.#join()
    })
  }

  async #leave(): Promise<void> {
    const part = this.#part
    await this.#delivery?.stop()
    if (part === null) return
    part.peers.leave()
    const { downBytes, upBytes } = part.joined.totals()
    this.#part = null
    this.#record.settle(downBytes, upBytes)
    await part.joined.leave()
    await this.#kept?.close()
    this.#changed()
  }

  #announced() {
    const { downBytes, upBytes } = this.#part?.joined.totals() ?? { downBytes: 0, upBytes: 0 }
    // Before the metainfo is known nobody can say how much is left; one byte makes us a leech.
    const left =
      this.#metainfo === null
        ? 1
        : this.#metainfo.totalBytes - (this.#kept?.counts.totalHaveBytes ?? 0)
    return { uploaded: upBytes, downloaded: downBytes, left }
  }

  // what it learns

  #learn(metainfo: Metainfo): void {
    this.#metainfo = metainfo
    const { selected, wanted } = this.#record.value
    const named = selected?.flatMap((index) => metainfo.files[index]?.path ?? []) ?? []
    this.#record.change({
      metainfo: encodeMetainfo({ info: metainfo.info }),
      name: metainfo.name,
      wanted: wanted ?? (named.length > 0 ? named : null),
      selected: null,
    })
    this.#layOut(metainfo, null)
    this.#part?.peers.learned()
    this.#apply({ type: 'metadata-received' })
  }

  #layOut(metainfo: Metainfo, page: JournalPage | null): KeptPieces {
    const { stores, cache, records } = this.#deps
    this.#kept = makeKeptPieces({
      metainfo,
      stores,
      cache,
      records,
      page,
      place: () => this.#record.value.place,
      pending: () => this.#part?.joined.ordered() ?? new Uint8Array(),
      onLost: (piece, loss) => this.#lose(piece, loss),
      onFailure: (error) => this.#recordFailed(error),
    })
    this.#selectWanted()
    const { deliverTo, delivered } = this.#record.value
    this.#delivery =
      deliverTo === null ? null : this.#makeDelivery(deliverTo, metainfo, delivered, this.#kept)
    return this.#kept
  }

  #makeDelivery(
    root: FileSystemDirectoryHandle,
    metainfo: Metainfo,
    delivered: readonly DeliveredFile[],
    { counts }: KeptPieces,
  ): Delivery {
    return makeDelivery({
      folders: this.#deps.folders,
      root,
      metainfo,
      delivered,
      isReady: (file) =>
        counts.isWanted(file) && counts.haveOf(file) === metainfo.files[file]!.length,
      read: (file) => this.export(file),
      onDelivered: (delivered) => this.#record.change({ delivered }),
      onFailure: (error) => this.#deliveryFailed(error),
      onAll: (place) => void this.#moveOut(place),
    })
  }

  #deliveryFailed(error: EngineError): void {
    if (isStorageError(error)) this.#storageFailed(error)
    else this.#fail(error)
  }

  /** Paths that the metainfo does not have are nobody's files: without any that match, all are wanted. */
  #selectWanted(): void {
    const { wanted } = this.#record.value
    if (wanted === null) return this.#kept?.counts.want(null)
    const paths = new Set(wanted)
    const files = (this.#metainfo?.files ?? []).flatMap(({ path }, index) =>
      paths.has(path) ? [index] : [],
    )
    this.#kept?.counts.want(new Set(files))
  }

  #finishCheck(): void {
    this.#phase = nextPhase(this.#phase, { type: 'check-finished', complete: this.#complete() })
    if (this.#complete()) this.#completed()
  }

  #hasAll(): boolean {
    const { totalBytes } = this.snapshot()
    return this.#kept?.checked === true && this.#kept.counts.totalHaveBytes >= totalBytes
  }

  #complete(): boolean {
    const kept = this.#kept
    return kept !== null && kept.checked && kept.counts.haveBytes >= kept.counts.wantedBytes
  }

  #judgeCompletion(): void {
    if (this.#kept?.checked !== true) return
    const before = this.#phase
    this.#phase = nextPhase(before, {
      type: this.#complete() ? 'completed' : 'selection-widened',
    })
    if (this.#phase === before) return
    if (this.#complete()) this.#completed()
    this.#changed()
  }

  #completed(): void {
    if (this.#record.value.completedAt === null) this.#record.change({ completedAt: Date.now() })
    this.#trouble = null
    this.#lost.missing = this.#lost.wrong = 0
    this.#part?.peers.completed()
  }

  // what goes wrong

  /** All of it is gone, as when the person cleared the site's data and the list came back. */
  #forget(): void {
    const lost = this.#kept?.forget() ?? 0
    if (lost === 0) return
    this.#trouble = { kind: 'storage/evicted', lost }
    this.#deps.onTrouble(this.infoHash, this.#trouble)
  }

  /** Pauses at once where the rest cannot fit, rather than at its last byte. */
  #checkRoom(): void {
    const kept = this.#kept
    if (kept?.checked !== true || this.#insists) return
    void this.#room.check(kept.counts.wantedBytes, this.#missing()).then((full) => {
      if (full !== null && this.#phase.name === 'downloading') this.#storageFailed(full)
    })
  }

  /** A piece that was good is not any more: it is fetched again, and never served. */
  #lose(piece: PieceIndex, loss: Loss): void {
    if (this.#record.value.place.kind === 'picked') {
      // Nothing is ever written there: the person says what becomes of it.
      return this.#storageFailed({ kind: 'storage/source-changed', name: this.#nameAt(piece) })
    }
    const first = this.#lost.missing + this.#lost.wrong === 0
    this.#lost[loss] += this.#kept?.lengthOf(piece) ?? 0
    const { missing, wrong } = this.#lost
    const kind = wrong > 0 ? 'storage/corrupt' : 'storage/evicted'
    const error: EngineError = { kind, lost: missing + wrong }
    this.#trouble = error
    if (first) this.#deps.onTrouble(this.infoHash, error)
    this.#part?.joined.lose(piece)
    this.#part?.peers.hungry()
    this.#judgeCompletion()
    this.#changed()
  }

  /** Nothing is lost: what was verified is written, and the rest is asked for again. */
  #storageFailed(error: ErrorIn<'storage'>): void {
    const full = error.kind === 'storage/full'
    this.#trouble = full ? { ...error, needed: Math.max(error.needed, this.#missing()) } : error
    this.#apply({ type: 'paused', why: 'storage' })
    // Tried again and again: said once.
    if (!full || !this.#toldFull) this.#deps.onTrouble(this.infoHash, this.#trouble)
    if (full) this.#room.wait()
    this.#toldFull = full
    this.#later(() => this.#leave())
  }

  #fail(error: EngineError): void {
    this.#trouble = error
    this.#apply({ type: 'failed', error })
    this.#deps.onTrouble(this.infoHash, error)
    this.#later(() => this.#leave())
  }

  // how it keeps itself

  #apply(event: TorrentEvent): void {
    const next = nextPhase(this.#phase, event)
    if (next === this.#phase) return
    this.#phase = next
    this.#changed()
  }

  #nameAt(piece: PieceIndex): string {
    const { files = [], pieceLength = 0 } = this.#metainfo ?? {}
    const file = files.findLast(({ offset }) => offset <= piece * pieceLength)
    return file?.path.split('/').at(-1) ?? this.infoHash
  }

  #recordFailed(error: RecordError): void {
    if (error.kind === 'engine/held-elsewhere') return this.#deps.onFenced()
    this.#trouble = error
    this.#deps.onTrouble(this.infoHash, error)
    this.#changed()
  }

  #changed(): void {
    if (!this.#removed && !this.#aside) this.#deps.onChange(this)
  }

  #enqueue<Value>(task: () => Promise<Value>): Promise<Value> {
    const done = this.#turn.then(task)
    this.#turn = done.then(
      () => undefined,
      () => undefined, // whoever waits for `done` hears of it
    )
    return done
  }

  #later(task: () => Promise<void>): void {
    this.#enqueue(task).catch((thrown: unknown) =>
      this.#fail({ kind: 'engine/bug', cause: toCause(thrown) }),
    )
  }
}

function isStorageError(error: EngineError): error is ErrorIn<'storage'> {
  return error.kind.startsWith('storage/')
}

function isActive(phase: TorrentPhase): boolean {
  return phase.name !== 'paused' && phase.name !== 'failed'
}
