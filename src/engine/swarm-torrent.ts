import type { JournalPage, KeptPriorities, TorrentRecord } from './contracts/record-store.ts'
import { formatMagnet } from './magnet.ts'
import type { EngineError } from './model/errors.ts'
import type { InfoHash } from './model/ids.ts'
import type { Metainfo } from './model/metainfo.ts'
import { err, ok } from './model/result.ts'
import {
  NO_LIMITS,
  type FilePriority,
  type OthersHold,
  type TorrentLimits,
} from './model/torrent.ts'
import { SECOND } from './model/units.ts'
import { isSamePolicy } from './model/swarm-policy.ts'
import { encodeMetainfo } from './parse-metainfo.ts'
import { handlesOf } from './storage/handles-of.ts'
import { judgeContacts } from './swarm/swarm-gate.ts'
import { makeTorrentLife, type TorrentLife, type TorrentLifeDeps } from './torrent-life.ts'
import { torrentSnapshot } from './torrent-snapshot.ts'
import { makeTorrentState, type TorrentState } from './torrent-state.ts'
import type { Torrent } from './torrents.ts'

export interface SwarmTorrentDeps extends TorrentLifeDeps {
  /** Those of the settings, or of the relay that served the page. */
  ownTrackers(): readonly string[]
  /** What all its peers together may move from now on. */
  limit(infoHash: InfoHash, limits: TorrentLimits): void
  onChange(torrent: Torrent): void
  /** Something a person should hear of beyond this torrent's own line. */
  onTrouble(infoHash: InfoHash, error: EngineError): void
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

/** A torrent of the BitTorrent swarm, and what a person may ask of it. */
export function makeSwarmTorrent(deps: SwarmTorrentDeps, start: SwarmTorrentStart): Torrent {
  const { stores, records } = deps
  const { infoHash } = start.record
  const state = makeTorrentState({
    onChange: () => deps.onChange(torrent),
    onTrouble: (error) => deps.onTrouble(infoHash, error),
  })
  const life = makeTorrentLife(deps, start.record, state)
  const { record, holdings } = life
  /** As last told. */
  let others: OthersHold | null = null
  let moved = false
  /** Whether what there is was made to hide where we are. */
  let hidden = deps.settings().hideAddress

  const torrent: Torrent = {
    infoHash,

    snapshot: () => torrentSnapshot(life, state, deps.ownTrackers(), deps.privacy(infoHash)),
    files: () => holdings.files?.list() ?? [],
    peers: () => life.part?.joined.peers() ?? [],
    trackers: () => life.part?.peers.trackers() ?? [],
    bitfield: () => holdings.files?.kept.counts.bits.slice() ?? new Uint8Array(),
    handles: () => handlesOf(record.value),

    magnet() {
      const { policy } = record.value
      const { used } = judgeContacts(policy, record.value)
      const isPrivate = policy.name === 'private'
      return formatMagnet({ infoHash, name: torrent.snapshot().name, ...used, private: isPrivate })
    },

    metainfo() {
      const { metainfo, policy } = record.value
      const { trackers, webSeeds } = judgeContacts(policy, record.value).used
      if (metainfo === null || holdings.files === null) return null
      const { info, comment } = holdings.files.metainfo
      return encodeMetainfo({ info, trackers, webSeeds, comment })
    },

    async export(file, watch) {
      return holdings.files?.export(file, watch) ?? err({ kind: 'input/unknown-file' })
    },

    pause() {
      if (!records.writable) return
      state.apply({ type: 'paused', why: 'person' })
      record.change({ paused: true })
      life.leaveSoon()
    },

    resume() {
      if (!records.writable) return
      // Who says so twice knows better than the estimate.
      const insisting = state.trouble?.kind === 'storage/full'
      record.change({ paused: false })
      life.goOn(insisting)
    },

    roomChanged(room) {
      const { phase, trouble } = state
      if (phase.name !== 'paused' || phase.why !== 'storage') return
      if (trouble?.kind === 'storage/full' && holdings.hasRoom(room)) life.goOn()
    },

    missingBytes: () =>
      state.phase.name === 'downloading' ? Math.min(holdings.needed, holdings.missing) : 0,

    want(wanted) {
      const all = holdings.files?.metainfo.files
      if (all === undefined || wanted.some((index) => all[index] === undefined)) {
        return err({ kind: 'input/unknown-file' })
      }
      const every = new Set(wanted).size === all.length
      record.change({ wanted: every ? null : wanted.map((index) => all[index]!.path) })
      holdings.selected()
      if (state.trouble?.kind === 'storage/full') life.goOn()
      else holdings.checkRoom()
      state.changed()
      return ok()
    },

    setPolicy(policy) {
      if (!records.writable) return err({ kind: 'storage/newer' })
      if (isSamePolicy(policy, record.value.policy)) return ok()
      record.change({ policy })
      life.cutAndJoin()
      state.changed()
      return ok()
    },

    prioritise(chosen, priority) {
      const all = holdings.files?.metainfo.files
      if (all === undefined || chosen.some((index) => all[index] === undefined)) {
        return err({ kind: 'input/unknown-file' })
      }
      if (!records.writable) return err({ kind: 'storage/newer' })
      record.change({
        priorities: withPriority(
          record.value.priorities,
          chosen.map((index) => all[index]!.path),
          priority,
        ),
      })
      holdings.selected()
      return ok()
    },

    limit(limits) {
      if (!records.writable) return err({ kind: 'storage/newer' })
      record.change({ limits })
      deps.limit(infoHash, limits)
      state.changed()
      return ok()
    },

    settingsChanged() {
      const { uploadSlots, hideAddress } = deps.settings()
      life.part?.joined.setUploadSlots(uploadSlots)
      const revealed = hideAddress !== hidden && record.value.policy.name === 'private'
      hidden = hideAddress
      if (revealed && life.part !== null) life.cutAndJoin()
      else life.heed()
    },

    supply(metainfo) {
      if (holdings.files !== null || !records.writable) return
      life.learn(metainfo)
      life.joinAgain()
    },

    lieIn(place) {
      const { files } = holdings
      // A whole copy of its own is better than files that somebody else may change.
      if (files === null || (record.value.place.kind === 'own' && files.whole)) return
      life.settleIn(place)
      torrent.resume()
    },

    tick() {
      const totals = life.part?.joined.totals()
      const moving = totals !== undefined && (totals.downRate > 0 || totals.upRate > 0)
      if (moving) record.moved(totals.downBytes, totals.upBytes)
      if (holdings.files !== null && totals !== undefined && state.phase.name === 'downloading') {
        const { downRate } = totals
        const eta = downRate > 0 ? Math.ceil(holdings.missing / downRate) * SECOND : null
        state.applyQuietly({ type: 'eta', eta })
      }
      const now = life.part?.joined.others() ?? null
      const learnt = now?.complete !== others?.complete || now?.onlyHere !== others?.onlyHere
      others = now
      // One more look after the last byte, so that rates end at zero.
      const changed = life.received() || moving || moved || learnt
      moved = moving
      return changed
    },

    stop: () => life.leave(),

    async setAside(removal) {
      state.putAside(true)
      const kept = await record.setAside(removal)
      if (state.aside) await torrent.stop()
      return kept
    },

    bringBack() {
      state.putAside(false)
      void record.setAside(null).then((kept) => {
        if (!kept.ok) life.recordFailed(kept.error)
      })
      life.join()
      life.heed()
    },

    async remove(deleteData) {
      state.remove()
      await torrent.stop()
      deps.limit(infoHash, NO_LIMITS)
      const forgotten = await record.remove()
      if (!forgotten.ok) return forgotten
      return deleteData ? stores.destroy(infoHash) : ok()
    },
  }

  deps.limit(infoHash, record.value.limits)
  begin(life, state, start, records.writable)
  return torrent
}

function withPriority(
  { high, low }: KeptPriorities,
  paths: readonly string[],
  priority: FilePriority,
): KeptPriorities {
  const chosen = new Set(paths)
  const others = (kept: readonly string[]) => kept.filter((path) => !chosen.has(path))
  return {
    high: [...others(high), ...(priority === 'high' ? chosen : [])],
    low: [...others(low), ...(priority === 'low' ? chosen : [])],
  }
}

/** What an earlier visit left, or somebody just gave. */
function begin(
  life: TorrentLife,
  state: TorrentState,
  { metainfo, known, page, gone }: SwarmTorrentStart,
  writable: boolean,
): void {
  const { record, holdings } = life
  // Read from the copy beside the data: one of two that are lost must not stay lost.
  if (record.value.metainfo === null && metainfo !== null && writable) {
    record.change({ metainfo: encodeMetainfo({ info: metainfo.info }) })
  }
  if (metainfo !== null) {
    const { kept } = holdings.layOut(metainfo, page ?? null)
    state.applyQuietly({ type: 'metadata-received' })
    if (known !== null) kept.found(known)
    // All of it is gone, as when the person cleared the site's data and the list came back.
    const lost = gone === true ? kept.forget() : 0
    if (lost > 0) state.troubled({ kind: 'storage/evicted', lost })
    if (kept.checked) holdings.checked()
  }
  if (!writable) {
    state.applyQuietly({ type: 'paused', why: 'storage' })
    state.troubled({ kind: 'storage/newer' }, 'quietly')
  } else if (record.value.paused) state.applyQuietly({ type: 'paused', why: 'person' })
  else {
    life.join()
    life.heed()
  }
}
