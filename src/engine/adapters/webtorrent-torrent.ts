import type Wire from 'bittorrent-protocol'
import type WebTorrent from 'webtorrent'
import type {
  JoinedTorrent,
  JoinPlan,
  JoinSpec,
  SwarmEvents,
  WireGeometry,
} from '../contracts/torrent-client.ts'
import { toCause } from '../model/errors.ts'
import type { Metainfo } from '../model/metainfo.ts'
import { MIB, type Bytes } from '../model/units.ts'
import { encodeMetainfo } from '../parse-metainfo.ts'
import { makePiecePicker, type PiecePicker } from '../swarm/piece-picker.ts'
import { makePeerJudge, type PeerJudge } from '../swarm/peer-judge.ts'
import { chunkStoreClass, makeChunkStore } from './chunk-store.ts'
import { overruleTorrent, overruleWire } from './overrule.ts'
import { peerSnapshot } from './peer-snapshot.ts'
import { orderPieces } from './ordered-pieces.ts'
import { paceRequests } from './request-pace.ts'
import { verifyStored } from './verify-stored.ts'
import { watchMetadata } from './watch-metadata.ts'
import { WebSeedWire } from './web-seed-wire.ts'
import { makeWirePeers } from './wire-peers.ts'

/** Pieces on order at once: a second of what a fast data channel carries. */
const WINDOW: Bytes = 24 * MIB
/** Takes part in one swarm by means of one WebTorrent torrent. */
export function joinWithWebTorrent(
  client: WebTorrent,
  spec: JoinSpec,
  events: SwarmEvents,
): JoinedTorrent {
  const { infoHash } = spec
  const planned = Promise.withResolvers<JoinPlan | null>()
  let metainfo = spec.metainfo
  let judge: PeerJudge | null = null
  let picker: PiecePicker | null = null
  let wanted: Uint8Array | null = null
  let levels: Uint8Array | null = null
  /** Said to be good in the plan, and found lost before anything was asked for. */
  const lostEarly = new Set<number>()
  let ready = false
  let stuck = false
  let left = false
  const peers = makeWirePeers({
    pieceCount: () => metainfo?.pieceCount ?? 0,
    judge: () => judge,
    picker: () => picker,
    onPieces: refill,
    onGone() {
      if (!left) events.peersChanged()
    },
  })

  const torrent = client.add(
    spec.metainfo === null ? infoHash : encodeMetainfo({ info: spec.metainfo.info }),
    {
      // `class` in WebTorrent's words; asked for once, when the metainfo is known.
      store: ChunkStoreOfThisTorrent(),
      storeCacheSlots: 0,
      private: spec.private,
      deselect: true,
      uploads: spec.uploadSlots,
    },
  )
  const pace = paceRequests(torrent)
  const order = orderPieces(torrent)
  if (metainfo !== null) plan(metainfo)

  overruleTorrent(torrent, {
    check,
    onFailure: fail,
    wantsMore: () => picker !== null && picker.missing > 0,
    mayAsk(wire, piece) {
      const peer = peers.of(wire)
      return peer === undefined || judge?.mayAsk(piece, peer.id) !== false
    },
  })
  torrent.on('verified', (piece: number) => {
    if (!ready) return
    picker?.done(piece)
    events.verified(piece)
    refill()
  })
  torrent.on('warning', (warning: Error) => {
    const piece = /^Piece (\d+) failed verification$/.exec(warning.message)?.[1]
    if (piece !== undefined) void pieceFailed(Number(piece))
  })
  torrent.on('ready', () => {
    if (left || metainfo === null) return
    ready = true
    for (const peer of peers.all.values()) peers.count(peer)
    for (const piece of lostEarly) lose(piece)
    events.ready(torrent.bitfield.buffer)
    refill()
  })
  torrent.on('error', fail)
  torrent.on('wire', (wire: Wire) => {
    const peer = peers.of(wire)
    if (peer !== undefined) {
      watchMetadata(wire, {
        infoHash,
        known: () => metainfo !== null,
        ended: () => left,
        close: (reason) => peer.close(reason),
        onMetainfo(found) {
          events.metainfo(found)
          plan(found)
        },
        onFailure: (error) => events.failed(error),
      })
    }
    if (peer !== undefined && ready) queueMicrotask(() => peers.count(peer))
    events.peersChanged()
  })

  function fail(thrown: unknown): void {
    if (left) return
    events.failed({ kind: 'engine/bug', cause: toCause(thrown) })
  }

  function ChunkStoreOfThisTorrent() {
    return chunkStoreClass(() => {
      if (metainfo === null) throw new Error('a store was asked for before the metainfo is known')
      const { pieceLength } = metainfo
      const { lastPieceLength, pieceCount } = geometryOf(metainfo)
      return makeChunkStore({
        pieceLength,
        store: planned.promise.then((found) => found?.store ?? null),
        lengthOf: (piece) => (piece === pieceCount - 1 ? lastPieceLength : pieceLength),
        onGood: (piece, bytes) => judge?.good(piece, bytes),
        onFailure(error) {
          if (stuck || left) return
          stuck = true
          orderNothing()
          events.storageFailed(error)
        },
      })
    })
  }

  function plan(known: Metainfo): void {
    metainfo = known
    for (const peer of peers.all.values()) peer.link?.know(geometryOf(known))
    spec.plan(known).then(planned.resolve, (thrown: unknown) => {
      planned.resolve(null)
      fail(thrown)
    })
  }

  /** Hashes what is stored, unless it is known to be good, before WebTorrent asks for anything. */
  async function check(): Promise<void> {
    const found = await planned.promise
    if (found === null || metainfo === null || left) throw new Error('the torrent was left')
    const made = makePiecePicker({
      pieceCount: metainfo.pieceCount,
      pieceLength: metainfo.pieceLength,
      lastPieceLength: geometryOf(metainfo).lastPieceLength,
      windowBytes: WINDOW,
    })
    await verifyStored({
      metainfo,
      store: found.store,
      known: found.known,
      look: found.look,
      stopped: () => left,
      onGood(piece) {
        torrent._markVerified(piece)
        made.done(piece)
      },
      onChecked: (pieces) => events.checked(pieces),
      onFailure(error) {
        stuck = true
        events.storageFailed(error)
      },
    })
    levels ??= found.levels
    made.prioritise(levels)
    order.prioritise(levels, [])
    made.want(wanted ?? found.wanted)
    picker = made
    judge = makePeerJudge({
      pieceCount: metainfo.pieceCount,
      convict: (id) => peers.all.get(id)?.close('it sent bytes that failed their hash'),
    })
  }

  /** Does what the picker says; WebTorrent then requests from whoever has it. */
  function refill(): void {
    if (picker === null || !ready || stuck || torrent.destroyed) return
    const change = picker.refill()
    order.deselect(change.deselect)
    order.select(change.select)
  }

  function orderNothing(): void {
    if (torrent.destroyed || !ready) return
    order.clear()
  }

  function lose(piece: number): void {
    if (!torrent.bitfield.get(piece)) return
    torrent._markUnverified(piece)
    picker?.lost(piece)
    for (const { wire } of peers.all.values()) {
      wire.lt_donthave?.donthave(piece)
      torrent._updateWireInterest(wire)
    }
    refill()
  }

  async function pieceFailed(piece: number): Promise<void> {
    picker?.failed(piece)
    await judge?.failed(piece)
    refill()
  }

  return {
    addPeer(link) {
      if (left || torrent.destroyed) {
        link.destroy()
        return false
      }
      if (metainfo !== null) link.know(geometryOf(metainfo))
      if (!torrent.addPeer(link)) return false
      const wire = torrent._peers?.get(link.id)?.wire
      if (wire === null || wire === undefined) return false
      link.nameExtensions(wire.extendedMapping)
      overruleWire(wire, link)
      pace.newWire(wire)
      peers.add({
        id: link.id,
        wire,
        link,
        source: link.source,
        close: (reason) => link.ban(reason),
      })
      return true
    },

    addWebSeed(url) {
      const begin = () => {
        if (left || torrent.destroyed || metainfo === null || peers.all.has(url)) return
        const connection = new WebSeedWire(url, metainfo, (where, status) =>
          events.webSeedFailed(where, status),
        )
        torrent.addWebSeed(connection)
        const wire = torrent._peers?.get(url)?.wire
        if (wire === null || wire === undefined) return
        peers.add({
          id: url,
          wire,
          link: null,
          source: 'web-seed',
          close: () => connection.destroy(),
        })
      }
      if (ready) begin()
      else torrent.once('ready', begin)
    },

    want(pieces) {
      wanted = pieces
      picker?.want(pieces)
      refill()
      for (const peer of peers.all.values()) if (ready) torrent._updateWireInterest(peer.wire)
    },

    prioritise(next) {
      levels = next
      picker?.prioritise(next)
      if (ready && !stuck && !torrent.destroyed) order.prioritise(next, picker?.window() ?? [])
      refill()
    },

    lose(piece) {
      if (left || torrent.destroyed) return
      if (!ready) return void lostEarly.add(piece)
      lose(piece)
    },

    ordered() {
      const pieces = new Uint8Array(Math.ceil((metainfo?.pieceCount ?? 0) / 8))
      for (const piece of picker?.window() ?? []) pieces[piece >> 3]! |= 0x80 >> (piece & 7)
      return pieces
    },

    setUploadSlots(slots) {
      torrent._rechokeNumSlots = slots
    },

    peers: () =>
      [...peers.all.values()]
        .filter(({ wire }) => wire.peerId !== null)
        .map((peer) => peerSnapshot(peer, metainfo, judge?.verifiedBytes(peer.id) ?? 0)),

    totals: () => ({
      peerCount: torrent.destroyed ? 0 : torrent.wires.length,
      ...peers.totals(),
    }),

    others() {
      if (picker === null || left) return null
      // Everything is at a web seed as well, but it is nobody one could call a peer.
      return { complete: picker.seeds - peers.webSeeds, onlyHere: picker.onlyHere }
    },

    leave() {
      if (left) return Promise.resolve()
      left = true
      planned.resolve(null)
      peers.uncount()
      if (torrent.destroyed) return Promise.resolve()
      return new Promise((resolve) => torrent.destroy({}, () => resolve()))
    },
  }
}

function geometryOf({ pieceCount, pieceLength, totalBytes }: Metainfo): WireGeometry {
  return { pieceCount, pieceLength, lastPieceLength: totalBytes - (pieceCount - 1) * pieceLength }
}
