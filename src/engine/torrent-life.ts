import type { OutsideFolders } from './contracts/outside-folders.ts'
import type { PieceStores } from './contracts/piece-store.ts'
import type {
  RecordError,
  RecordStore,
  TorrentPlace,
  TorrentRecord,
} from './contracts/record-store.ts'
import type { RtcConfig } from './contracts/rtc.ts'
import type { JoinPlan, SwarmEvents, TorrentClient } from './contracts/torrent-client.ts'
import { makeHoldings, type Holdings } from './holdings.ts'
import { makeInTurn } from './in-turn.ts'
import { makeKeptRecord, type KeptRecord } from './kept-record.ts'
import { toCause, type EngineError } from './model/errors.ts'
import type { InfoHash, PeerId, WirePeerId } from './model/ids.ts'
import type { Metainfo } from './model/metainfo.ts'
import type { PrivacySnapshot } from './model/private-swarm.ts'
import type { Settings } from './model/settings.ts'
import type { SwarmPolicy } from './model/swarm-policy.ts'
import type { Bytes } from './model/units.ts'
import type { PieceCache } from './storage/piece-cache.ts'
import type { PeerGates } from './swarm/rate-limits.ts'
import { mayRun } from './swarm/swarm-gate.ts'
import { takePart, type SwarmPart } from './swarm/swarm-part.ts'
import type { OverlaySearches } from './swarm/swarm-peers.ts'
import type { WebTrackerClient } from './swarm/web-tracker-client.ts'
import type { TorrentState } from './torrent-state.ts'

export interface TorrentLifeDeps {
  readonly client: TorrentClient
  readonly stores: PieceStores
  readonly folders: OutsideFolders
  readonly cache: PieceCache
  readonly records: RecordStore
  readonly trackerClient: WebTrackerClient
  readonly overlay: OverlaySearches
  /** How a torrent of this policy meets peers of the overlay directly; null: it does not. */
  rtcConfig(policy: SwarmPolicy): RtcConfig | null
  /** Who may take part in a private torrent; left out for public ones. */
  privacy(infoHash: InfoHash): PrivacySnapshot | undefined
  settings(): Settings
  /** Limits for one more peer of this torrent. */
  gates(infoHash: InfoHash): PeerGates
  /** A later engine has taken over: whatever this one still does is kept nowhere. */
  onFenced(): void
  /** Does this when nothing else of its kind is being done. */
  quietly(task: () => Promise<void>): void
  /** Joining costs this thread milliseconds: a thousand torrents do it one after the other. */
  turnToJoin(): Promise<void>
  /** Room that the other torrents still need. */
  promised(infoHash: InfoHash): Bytes
}

/** How one torrent comes into its swarm and out of it, and what it hears there. */
export interface TorrentLife {
  readonly record: KeptRecord
  readonly holdings: Holdings
  /** Null while it takes no part in its swarm. */
  readonly part: SwarmPart | null
  /** Whether a piece came since this was last asked. */
  received(): boolean
  learn(metainfo: Metainfo): void
  /** Joins when it is its turn, unless it rests by then. */
  join(): void
  joinAgain(): void
  /** Cuts every wire now, and joins again as the policy and the settings say by then. */
  cutAndJoin(): void
  /** Rests while policy lets it not run, and goes on when it does. True when that is news. */
  heed(): boolean
  /** Resolves when the swarm is left and the files are closed. */
  leave(): Promise<void>
  /** As `leave`, for who does not wait. */
  leaveSoon(): void
  /** Leaves; all of its bytes lie there from then on, and are good. */
  settleIn(place: TorrentPlace): void
  /** Goes on after a pause or a failure; `insisting` as `Holdings` has it. */
  goOn(insisting?: boolean): void
  recordFailed(error: RecordError): void
}

export function makeTorrentLife(
  deps: TorrentLifeDeps,
  began: TorrentRecord,
  state: TorrentState,
): TorrentLife {
  const { infoHash } = began
  const record = makeKeptRecord({ records: deps.records, record: began, onFailure: recordFailed })
  const banned = new Set<WirePeerId | PeerId>()
  /** Joining and leaving follow one another, never overlap. */
  const inTurn = makeInTurn()
  let part: SwarmPart | null = null
  let received = false

  const holdings = makeHoldings({
    ...deps,
    infoHash,
    record,
    state,
    inTurn,
    part: () => part,
    leaveSoon: () => later(leave),
    onMovedOut(place) {
      settleIn(place)
      later(join)
    },
    onRecordFailed: recordFailed,
    onFailure: fail,
  })

  const events: SwarmEvents = {
    metainfo: learn,
    checked: (checkedPieces) => state.apply({ type: 'pieces-checked', checkedPieces }),

    ready(have) {
      holdings.found(have)
      deps.quietly(async () => holdings.files?.kept.survey())
      state.changed()
    },

    verified(piece) {
      holdings.verified(piece)
      received = true
    },

    storageFailed: (error) => holdings.failed(error),
    failed: fail,

    webSeedFailed(url, status) {
      const silent = status === null
      const error = silent
        ? ({ kind: 'http/unreachable', url } as const)
        : ({ kind: 'http/status', url, status } as const)
      state.troubled(error, 'quietly')
      state.changed()
    },

    peersChanged() {
      if (part?.joined.totals().peerCount === 0 && !holdings.complete) part.peers.hungry()
      state.changed()
    },
  }

  const mayRunNow = () => mayRun(record.value.policy, deps.settings().privateOnly)

  function heed(): boolean {
    const { phase } = state
    if (!mayRunNow()) {
      if (!state.active) return false
      state.apply({ type: 'paused', why: 'policy' })
      part?.cut()
      later(leave)
      return true
    }
    if (phase.name !== 'paused' || phase.why !== 'policy') return false
    state.apply({ type: 'resumed' })
    joinAgain()
    return true
  }

  async function join(): Promise<void> {
    if (part !== null || !state.active) return
    await deps.turnToJoin()
    if (part !== null || !state.active || !mayRunNow()) return
    part = takePart(
      {
        ...deps,
        record: record.value,
        uploadSlots: deps.settings().uploadSlots,
        banned,
        rtcConfig: () => deps.rtcConfig(record.value.policy),
        metainfo: () => holdings.files?.metainfo ?? null,
        haveBytes: () => holdings.files?.kept.counts.totalHaveBytes ?? 0,
        plan,
        onChange: () => state.changed(),
      },
      events,
    )
    state.changed()
  }

  async function plan(): Promise<JoinPlan | null> {
    if (holdings.files === null) return null
    const { kept } = holdings.files
    const opened = await kept.open()
    if (!opened.ok) {
      holdings.failed(opened.error)
      return null
    }
    if (part === null) return null // whoever left waits for the opening, and closes it
    const { counts } = kept
    const wish = { wanted: counts.wantedPieces(), levels: counts.levels() }
    return { store: opened.value, ...kept.plan(), ...wish }
  }

  async function leave(): Promise<void> {
    await holdings.files?.rest()
    if (part === null) return
    const { totals, left } = part.leave()
    part = null
    record.settle(totals.downBytes, totals.upBytes)
    await left
    await holdings.files?.kept.close()
    state.changed()
  }

  function learn(metainfo: Metainfo): void {
    holdings.learn(metainfo)
    part?.peers.learned()
    state.apply({ type: 'metadata-received' })
  }

  function joinAgain(): void {
    later(async () => {
      await leave()
      await join()
    })
  }

  function cutAndJoin(): void {
    part?.cut()
    if (!heed()) joinAgain()
  }

  function settleIn(place: TorrentPlace): void {
    later(async () => {
      await leave()
      await holdings.settleIn(place)
    })
  }

  function fail(error: EngineError): void {
    state.troubled(error)
    state.apply({ type: 'failed', error })
    later(leave)
  }

  function recordFailed(error: RecordError): void {
    if (error.kind === 'engine/held-elsewhere') return deps.onFenced()
    state.troubled(error)
    state.changed()
  }

  function later(task: () => Promise<void>): void {
    inTurn(task).catch((thrown: unknown) => fail({ kind: 'engine/bug', cause: toCause(thrown) }))
  }

  return {
    record,
    holdings,
    get part() {
      return part
    },

    received() {
      const since = received
      received = false
      return since
    },

    learn,
    join: () => later(join),
    joinAgain,
    cutAndJoin,
    heed,
    leave: () => inTurn(leave),
    leaveSoon: () => later(leave),
    settleIn,

    goOn(insisting) {
      state.untroubled()
      holdings.goOn(insisting)
      state.apply({ type: 'retried' })
      state.apply({ type: 'resumed' })
      joinAgain()
      heed()
    },

    recordFailed,
  }
}
