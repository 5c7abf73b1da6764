import type { Log } from './contracts/log.ts'
import type { PieceStore, PieceStores } from './contracts/piece-store.ts'
import type { RecordStore, TorrentRecord } from './contracts/record-store.ts'
import type { JoinedTorrent, JoinPlan, TorrentClient } from './contracts/torrent-client.ts'
import { formatMagnet } from './magnet.ts'
import { toCause, type EngineError, type ErrorIn } from './model/errors.ts'
import type { FileIndex, InfoHash, WirePeerId } from './model/ids.ts'
import type { Metainfo } from './model/metainfo.ts'
import { err, ok, type Result } from './model/result.ts'
import type { Settings } from './model/settings.ts'
import type { TorrentPhase, TorrentSnapshot } from './model/torrent.ts'
import { SECOND } from './model/units.ts'
import { encodeMetainfo } from './parse-metainfo.ts'
import { makeFileLayout } from './storage/file-layout.ts'
import type { PieceCache } from './storage/piece-cache.ts'
import { makePieceCounts, type PieceCounts } from './storage/piece-counts.ts'
import type { PeerGates } from './swarm/rate-limits.ts'
import { makeSwarmPeers, NO_SWARM, type SwarmPeers } from './swarm/swarm-peers.ts'
import type { WebTrackerClient } from './swarm/web-tracker-client.ts'
import { nextPhase, type TorrentEvent } from './torrent-machine.ts'
import type { Torrent } from './torrents.ts'

export interface SwarmTorrentDeps {
  readonly client: TorrentClient
  readonly stores: PieceStores
  readonly cache: PieceCache
  readonly records: RecordStore
  readonly trackerClient: WebTrackerClient
  readonly log: Log
  settings(): Settings
  /** Limits for one more peer of this torrent. */
  gates(infoHash: InfoHash): PeerGates
  onChange(torrent: Torrent): void
  /** Something a person should hear of beyond this torrent's own line. */
  onTrouble(infoHash: InfoHash, error: EngineError): void
}

export interface SwarmTorrentStart {
  readonly record: TorrentRecord
  /** Read from `record.metainfo` before. */
  readonly metainfo: Metainfo | null
  /** Pieces known to be good; null when what is stored must be hashed. */
  readonly known: Uint8Array<ArrayBuffer> | null
}

/** A torrent of the BitTorrent swarm: its record, its phase, its files, and its part in the swarm. */
export function makeSwarmTorrent(deps: SwarmTorrentDeps, start: SwarmTorrentStart): Torrent {
  return new SwarmTorrent(deps, start)
}

/** What exists only while the torrent takes part in its swarm. */
interface Part {
  readonly joined: JoinedTorrent
  readonly peers: SwarmPeers
  store: PieceStore | null
}

class SwarmTorrent implements Torrent {
  readonly infoHash: InfoHash
  readonly #deps: SwarmTorrentDeps
  readonly #banned = new Set<WirePeerId>()
  #record: TorrentRecord
  #metainfo: Metainfo | null
  #counts: PieceCounts | null = null
  #phase: TorrentPhase
  /** True once `#counts` says what is really stored. */
  #checked = false
  #trouble: EngineError | null = null
  #part: Part | null = null
  /** Joining and leaving follow one another, never overlap. */
  #turn: Promise<void> = Promise.resolve()
  /** The files of this part, from the moment they are asked for: at most one is open at a time. */
  #opening: Promise<Result<PieceStore, ErrorIn<'storage'>>> | null = null
  #removed = false
  #busy = false

  constructor(deps: SwarmTorrentDeps, { record, metainfo, known }: SwarmTorrentStart) {
    this.#deps = deps
    this.infoHash = record.infoHash
    this.#record = record
    this.#metainfo = metainfo
    if (metainfo !== null) this.#layOut(metainfo)
    if (known !== null) {
      this.#counts?.reset(known)
      this.#checked = true
    }
    this.#phase = metainfo === null ? { name: 'resolving' } : { name: 'checking', checkedPieces: 0 }
    if (this.#checked) this.#finishCheck()
    if (record.paused) this.#phase = nextPhase(this.#phase, { type: 'paused', why: 'person' })
    else this.#later(() => this.#join())
  }

  // what it says of itself

  snapshot(): TorrentSnapshot {
    const metainfo = this.#metainfo
    const counts = this.#counts
    const totals = this.#part?.joined.totals()
    return {
      infoHash: this.infoHash,
      name: metainfo?.name ?? this.#record.name ?? this.infoHash,
      protocol: 'bittorrent',
      phase: this.#phase,
      policy: this.#record.policy,
      addedAt: this.#record.addedAt,
      completedAt: this.#record.completedAt,
      totalPieces: metainfo?.pieceCount ?? 0,
      havePieces: counts?.havePieces ?? 0,
      fileCount: metainfo?.files.length ?? 0,
      totalBytes: metainfo?.totalBytes ?? 0,
      wantedBytes: counts?.wantedBytes ?? 0,
      haveBytes: counts?.haveBytes ?? 0,
      downBytes: this.#record.downBytes + (totals?.downBytes ?? 0),
      upBytes: this.#record.upBytes + (totals?.upBytes ?? 0),
      downRate: Math.round(totals?.downRate ?? 0),
      upRate: Math.round(totals?.upRate ?? 0),
      peerCount: totals?.peerCount ?? 0,
      swarm: this.#part?.peers.facts() ?? NO_SWARM,
      others: null,
      trouble: this.#trouble,
    }
  }

  files() {
    const counts = this.#counts
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
    return this.#counts?.bits.slice() ?? new Uint8Array()
  }

  magnet() {
    const { infoHash, trackers, webSeeds } = this.#record
    return formatMagnet({ infoHash, name: this.snapshot().name, trackers, webSeeds })
  }

  metainfo() {
    const { metainfo, trackers, webSeeds } = this.#record
    if (metainfo === null || this.#metainfo === null) return null
    const { info, comment } = this.#metainfo
    return encodeMetainfo({ info, trackers, webSeeds, comment })
  }

  async export(file: FileIndex): Promise<Result<File, EngineError>> {
    const entry = this.#metainfo?.files[file]
    if (entry === undefined || (this.#counts?.haveOf(file) ?? 0) < entry.length) {
      return err({ kind: 'input/unknown-file' })
    }
    const open = this.#part?.store
    if (open !== null && open !== undefined) return open.file(file)
    // Paused: opened for this alone, in turn, so that nobody else opens it meanwhile.
    return this.#enqueue(async () => {
      const store = await this.#openStore()
      if (!store.ok) return store
      try {
        return await store.value.file(file)
      } finally {
        await store.value.close()
      }
    })
  }

  // what it is told to do

  pause(): void {
    this.#apply({ type: 'paused', why: 'person' })
    this.#keep({ paused: true })
    this.#later(() => this.#leave())
  }

  resume(): void {
    this.#trouble = null
    this.#apply({ type: 'retried' })
    this.#apply({ type: 'resumed' })
    this.#keep({ paused: false })
    this.#later(async () => {
      await this.#leave()
      await this.#join()
    })
  }

  want(files: readonly FileIndex[]): Result<void, EngineError> {
    const metainfo = this.#metainfo
    if (metainfo === null) return err({ kind: 'input/unknown-file' })
    if (files.some((index) => metainfo.files[index] === undefined)) {
      return err({ kind: 'input/unknown-file' })
    }
    const all = new Set(files).size === metainfo.files.length
    this.#keep({ wanted: all ? null : files.map((index) => metainfo.files[index]!.path) })
    this.#selectWanted()
    if (this.#counts !== null) this.#part?.joined.want(this.#counts.wantedPieces())
    this.#judgeCompletion()
    this.#changed()
    return ok()
  }

  settingsChanged(): void {
    this.#part?.joined.setUploadSlots(this.#deps.settings().uploadSlots)
  }

  tick(): boolean {
    const counts = this.#counts
    const totals = this.#part?.joined.totals()
    const moving = totals !== undefined && (totals.downRate > 0 || totals.upRate > 0)
    if (counts !== null && totals !== undefined && this.#phase.name === 'downloading') {
      const missing = counts.wantedBytes - counts.haveBytes
      const eta = totals.downRate > 0 ? Math.ceil(missing / totals.downRate) * SECOND : null
      this.#phase = nextPhase(this.#phase, { type: 'eta', eta })
    }
    const changed = moving || this.#busy
    this.#busy = moving // one more look after the last byte, so that rates end at zero
    return changed
  }

  async stop(): Promise<void> {
    await this.#enqueue(() => this.#leave())
  }

  async remove(deleteData: boolean): Promise<Result<void, ErrorIn<'storage'>>> {
    this.#removed = true
    await this.stop()
    await this.#deps.records.removeTorrent(this.infoHash)
    return deleteData ? this.#deps.stores.destroy(this.infoHash) : ok()
  }

  // its part in the swarm

  async #join(): Promise<void> {
    if (this.#part !== null || this.#removed || !isActive(this.#phase)) return
    const { client, trackerClient } = this.#deps
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
          this.#counts?.reset(have)
          this.#checked = true
          this.#finishCheck()
          this.#changed()
        }),
        verified: current((piece) => {
          this.#counts?.good(piece)
          this.#judgeCompletion()
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
      policy: this.#record.policy,
      trackers: this.#record.trackers,
      webSeeds: this.#record.webSeeds,
      joined,
      banned: this.#banned,
      trackerClient,
      counts: () => this.#announced(),
      gates: () => this.#deps.gates(infoHash),
      onChange: () => this.#changed(),
    })
    this.#part = { joined, peers, store: null }
    this.#changed()
  }

  async #plan(metainfo: Metainfo): Promise<JoinPlan | null> {
    const counts = this.#counts ?? this.#layOut(metainfo)
    this.#opening = this.#openStore()
    const opened = await this.#opening
    if (!opened.ok) {
      this.#storageFailed(opened.error)
      return null
    }
    if (this.#part === null) return null // whoever left waits for the opening, and closes it
    const store = this.#deps.cache.over(opened.value)
    this.#part.store = store
    return {
      store,
      known: this.#checked ? counts.bits.slice() : null,
      wanted: counts.wantedPieces(),
    }
  }

  async #openStore() {
    if (this.#metainfo === null) throw new Error('files without metainfo')
    return this.#deps.stores.open(this.infoHash, this.#metainfo)
  }

  async #leave(): Promise<void> {
    const part = this.#part
    if (part === null) return
    part.peers.leave()
    const { downBytes, upBytes } = part.joined.totals()
    this.#part = null
    this.#keep({
      downBytes: this.#record.downBytes + downBytes,
      upBytes: this.#record.upBytes + upBytes,
    })
    await part.joined.leave()
    const opened = await this.#opening
    this.#opening = null
    if (part.store !== null) await part.store.close()
    else if (opened?.ok === true) await opened.value.close()
    this.#changed()
  }

  #announced() {
    const { downBytes, upBytes } = this.#part?.joined.totals() ?? { downBytes: 0, upBytes: 0 }
    // Before the metainfo is known nobody can say how much is left; one byte makes us a leech.
    const left =
      this.#metainfo === null ? 1 : this.#metainfo.totalBytes - (this.#counts?.totalHaveBytes ?? 0)
    return { uploaded: upBytes, downloaded: downBytes, left }
  }

  // what it learns

  #learn(metainfo: Metainfo): void {
    this.#metainfo = metainfo
    const named = this.#record.selected?.flatMap((index) => metainfo.files[index]?.path ?? []) ?? []
    this.#keep({
      metainfo: encodeMetainfo({ info: metainfo.info }),
      name: metainfo.name,
      wanted: this.#record.wanted ?? (named.length > 0 ? named : null),
      selected: null,
    })
    this.#layOut(metainfo)
    this.#apply({ type: 'metadata-received' })
  }

  #layOut(metainfo: Metainfo): PieceCounts {
    const lengths = metainfo.files.map(({ length }) => length)
    this.#counts = makePieceCounts(makeFileLayout(metainfo), lengths)
    this.#selectWanted()
    return this.#counts
  }

  /** Paths that the metainfo does not have are nobody's files: without any that match, all are wanted. */
  #selectWanted(): void {
    const { wanted } = this.#record
    if (wanted === null) return this.#counts?.want(null)
    const paths = new Set(wanted)
    const files = (this.#metainfo?.files ?? []).flatMap(({ path }, index) =>
      paths.has(path) ? [index] : [],
    )
    this.#counts?.want(new Set(files))
  }

  #finishCheck(): void {
    this.#phase = nextPhase(this.#phase, { type: 'check-finished', complete: this.#complete() })
    if (this.#complete()) this.#completed()
  }

  #complete(): boolean {
    const counts = this.#counts
    return counts !== null && this.#checked && counts.haveBytes >= counts.wantedBytes
  }

  #judgeCompletion(): void {
    if (!this.#checked) return
    const before = this.#phase
    this.#phase = nextPhase(before, {
      type: this.#complete() ? 'completed' : 'selection-widened',
    })
    if (this.#phase === before) return
    if (this.#complete()) this.#completed()
    this.#changed()
  }

  #completed(): void {
    if (this.#record.completedAt === null) this.#keep({ completedAt: Date.now() })
    this.#trouble = null
    this.#part?.peers.completed()
    void this.#part?.store?.flush().then((flushed) => {
      if (!flushed.ok) this.#storageFailed(flushed.error)
    })
  }

  // what goes wrong

  /** Nothing is lost: what was verified is written, and the rest is asked for again. */
  #storageFailed(error: ErrorIn<'storage'>): void {
    this.#trouble = error
    this.#apply({ type: 'paused', why: 'storage' })
    this.#deps.onTrouble(this.infoHash, error)
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

  #keep(change: Partial<TorrentRecord>): void {
    this.#record = { ...this.#record, ...change }
    if (this.#removed) return
    this.#deps.records.putTorrent(this.#record).catch((thrown: unknown) => {
      const error: EngineError = { kind: 'storage/io', cause: toCause(thrown) }
      this.#trouble = error
      this.#deps.onTrouble(this.infoHash, error)
    })
  }

  #changed(): void {
    if (!this.#removed) this.#deps.onChange(this)
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

function isActive(phase: TorrentPhase): boolean {
  return phase.name !== 'paused' && phase.name !== 'failed'
}
