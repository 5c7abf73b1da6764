import type Wire from 'bittorrent-protocol'
import type WebTorrent from 'webtorrent'
import type {
  JoinedTorrent,
  JoinPlan,
  JoinSpec,
  PeerLink,
  SwarmEvents,
  WireGeometry,
} from '../contracts/torrent-client.ts'
import { toCause } from '../model/errors.ts'
import type { Metainfo } from '../model/metainfo.ts'
import type { PeerSource } from '../model/swarm-policy.ts'
import type { PeerSnapshot } from '../model/torrent.ts'
import type { WirePeerId } from '../model/ids.ts'
import { MIB, type Bytes } from '../model/units.ts'
import { encodeMetainfo } from '../parse-metainfo.ts'
import type { PeerPieces } from '../swarm/piece-availability.ts'
import { makePiecePicker, type PiecePicker } from '../swarm/piece-picker.ts'
import { makePeerJudge, type PeerJudge } from '../swarm/peer-judge.ts'
import { clientName } from './client-name.ts'
import { makeChunkStore } from './chunk-store.ts'
import { paceRequests } from './request-pace.ts'
import { verifyStored } from './verify-stored.ts'
import { watchMetadata } from './watch-metadata.ts'
import { WebSeedWire } from './web-seed-wire.ts'

/** Pieces on order at once: a second of what a fast data channel carries. */
const WINDOW: Bytes = 24 * MIB
/** Requests of one peer that we keep; what we tell peers they may queue (BEP 10 `reqq`). */
const MAX_QUEUED_REQUESTS = 512
/** A peer that goes this far beyond what it was told is not confused but hostile. */
const MAX_REQUEST_EXCESS = 2
const CLIENT_VERSION = 'Chiral Web'

/** One peer: its wire in WebTorrent and what we keep beside it. */
interface Peer {
  readonly id: string
  readonly wire: Wire
  readonly link: PeerLink | null
  readonly source: PeerSource
  /** What it has, once the number of pieces is known. */
  pieces: PeerPieces | null
  close(reason: string): void
}

/** Takes part in one swarm by means of one WebTorrent torrent. */
export function joinWithWebTorrent(
  client: WebTorrent,
  spec: JoinSpec,
  events: SwarmEvents,
): JoinedTorrent {
  const { infoHash } = spec
  const peers = new Map<string, Peer>()
  const peerOf = new WeakMap<Wire, Peer>()
  const planned = Promise.withResolvers<JoinPlan | null>()
  let metainfo = spec.metainfo
  let judge: PeerJudge | null = null
  let picker: PiecePicker | null = null
  let wanted: Uint8Array | null = null
  /** Said to be good in the plan, and found lost before anything was asked for. */
  const lostEarly = new Set<number>()
  let ready = false
  let stuck = false
  let left = false
  let downBytes: Bytes = 0
  let upBytes: Bytes = 0

  const torrent = client.add(spec.metainfo === null ? infoHash : fileOf(spec.metainfo), {
    // `class` in WebTorrent's words; asked for once, when the metainfo is known.
    store: ChunkStoreOfThisTorrent(),
    storeCacheSlots: 0,
    private: spec.private,
    deselect: true,
    uploads: spec.uploadSlots,
  })
  const pace = paceRequests(torrent)
  if (metainfo !== null) plan(metainfo)

  torrent._verifyPieces = (done) => {
    check().then(
      () => done(null),
      (thrown: unknown) => fail(thrown),
    )
  }
  // WebTorrent's own look at all files after each piece; what is complete is ours to say.
  torrent._checkDone = () => torrent._gcSelections()
  torrent._updateWireInterest = (wire) => {
    if (picker !== null && picker.missing > 0) wire.interested()
    else wire.uninterested()
  }
  const request = torrent._request.bind(torrent)
  torrent._request = (wire, piece, hotswap) => {
    const peer = peerOf.get(wire)
    if (peer !== undefined && judge?.mayAsk(piece, peer.id) === false) return false
    return request(wire, piece, hotswap)
  }
  // It is called for every block, also late, when the client it names is gone.
  torrent._debug = () => {}
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
    for (const peer of peers.values()) count(peer)
    for (const piece of lostEarly) lose(piece)
    events.ready(torrent.bitfield.buffer)
    refill()
  })
  torrent.on('error', fail)
  torrent.on('wire', (wire: Wire) => {
    const peer = peerOf.get(wire)
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
    if (peer !== undefined && ready) queueMicrotask(() => count(peer))
    events.peersChanged()
  })

  function fail(thrown: unknown): void {
    if (left) return
    events.failed({ kind: 'engine/bug', cause: toCause(thrown) })
  }

  function ChunkStoreOfThisTorrent() {
    return function ChunkStore() {
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
      // WebTorrent calls it with `new`; a function that returns an object is all it needs.
    } as unknown as new (pieceLength: number) => ReturnType<typeof makeChunkStore>
  }

  function plan(known: Metainfo): void {
    metainfo = known
    for (const peer of peers.values()) peer.link?.know(geometryOf(known))
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
    made.want(wanted ?? found.wanted)
    picker = made
    judge = makePeerJudge({
      pieceCount: metainfo.pieceCount,
      convict: (id) => peers.get(id)?.close('it sent bytes that failed their hash'),
    })
  }

  /** Does what the picker says; WebTorrent then requests from whoever has it. */
  function refill(): void {
    if (picker === null || !ready || stuck || torrent.destroyed) return
    const change = picker.refill()
    for (const piece of change.deselect) torrent.deselect(piece, piece)
    for (const piece of change.select) torrent.select(piece, piece, 0)
  }

  function orderNothing(): void {
    if (torrent.destroyed || !ready) return
    torrent.deselect(0, torrent.pieces.length - 1)
  }

  function sumOf(rate: (wire: Wire) => number): number {
    let sum = 0
    for (const { wire } of peers.values()) sum += rate(wire)
    return sum
  }

  function add(peer: Peer): void {
    peers.set(peer.id, peer)
    peerOf.set(peer.wire, peer)
    const { wire, id } = peer
    // Of wires, not of WebTorrent's torrent: that one counts handshakes and requests as well.
    wire.on('download', (bytes: Bytes) => (downBytes += bytes))
    wire.on('upload', (bytes: Bytes) => (upBytes += bytes))
    wire.on('piece', (piece: number, offset: Bytes, bytes: Uint8Array) =>
      judge?.block(piece, offset, id, bytes),
    )
    const after = (change: (pieces: PeerPieces) => void) => {
      if (peer.pieces === null) return
      change(peer.pieces)
      refill()
    }
    wire.on('bitfield', (bits: { buffer: Uint8Array }) =>
      after((pieces) => pieces.hasBitfield(bits.buffer)),
    )
    wire.on('have', (piece: number) => after((pieces) => pieces.has(piece)))
    wire.on('have-all', () => after((pieces) => pieces.hasAll()))
    wire.on('have-none', () => after((pieces) => pieces.hasNone()))
    wire.once('close', () => {
      peers.delete(id)
      judge?.gone(id)
      after((pieces) => pieces.gone())
      if (!left) events.peersChanged()
    })
  }

  /** What a wire told before the number of pieces was known, or before we listened. */
  function count(peer: Peer): void {
    if (picker === null || peer.pieces !== null || !peers.has(peer.id)) return
    peer.pieces = picker.peer()
    const { peerPieces, lt_donthave: donthave } = peer.wire
    if (isHaveAll(peerPieces)) peer.pieces.hasAll()
    else peer.pieces.hasBitfield(peerPieces.buffer)
    donthave?.on('donthave', (piece: number) => {
      peer.pieces?.lacks(piece)
      refill()
    })
    refill()
  }

  function lose(piece: number): void {
    if (!torrent.bitfield.get(piece)) return
    torrent._markUnverified(piece)
    picker?.lost(piece)
    for (const { wire } of peers.values()) {
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
      harden(wire, link)
      pace.newWire(wire)
      add({
        id: link.id,
        wire,
        link,
        source: link.source,
        pieces: null,
        close: (reason) => link.ban(reason),
      })
      return true
    },

    addWebSeed(url) {
      const begin = () => {
        if (left || torrent.destroyed || metainfo === null || peers.has(url)) return
        const connection = new WebSeedWire(url, metainfo, (where, status) =>
          events.webSeedFailed(where, status),
        )
        torrent.addWebSeed(connection)
        const wire = torrent._peers?.get(url)?.wire
        if (wire === null || wire === undefined) return
        add({
          id: url,
          wire,
          link: null,
          source: 'web-seed',
          pieces: null,
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
      for (const peer of peers.values()) if (ready) torrent._updateWireInterest(peer.wire)
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
      [...peers.values()]
        .filter(({ wire }) => wire.peerId !== null)
        .map((peer) => snapshotOf(peer, metainfo, judge?.verifiedBytes(peer.id) ?? 0)),

    totals: () => ({
      peerCount: torrent.destroyed ? 0 : torrent.wires.length,
      downRate: sumOf((wire) => wire.downloadSpeed()),
      upRate: sumOf((wire) => wire.uploadSpeed()),
      downBytes,
      upBytes,
    }),

    others() {
      if (picker === null || left) return null
      // Everything is there as well, but it is nobody one could call a peer.
      const webSeeds = [...peers.values()].filter(
        ({ link, pieces }) => link === null && pieces !== null,
      )
      return { complete: picker.seeds - webSeeds.length, onlyHere: picker.onlyHere }
    },

    leave() {
      if (left) return Promise.resolve()
      left = true
      planned.resolve(null)
      for (const peer of peers.values()) peer.pieces = null
      if (torrent.destroyed) return Promise.resolve()
      return new Promise((resolve) => torrent.destroy({}, () => resolve()))
    },
  }
}

/** Says how much it may queue, and holds it to that. The guard before the wire checked the ranges. */
function harden(wire: Wire, link: PeerLink): void {
  // Puts a text together for every message, whether anybody reads it or not.
  wire._debug = () => {}
  wire.extendedHandshake['reqq'] = MAX_QUEUED_REQUESTS
  wire.extendedHandshake['v'] = CLIENT_VERSION
  const answer = wire._onRequest.bind(wire)
  wire._onRequest = (piece, offset, length) => {
    if (wire.peerRequests.length >= MAX_QUEUED_REQUESTS * MAX_REQUEST_EXCESS) {
      return link.ban('flood: more requests than it was told to queue')
    }
    answer(piece, offset, length)
  }
}

function fileOf(metainfo: Metainfo): Uint8Array {
  return encodeMetainfo({ info: metainfo.info })
}

function geometryOf({ pieceCount, pieceLength, totalBytes }: Metainfo): WireGeometry {
  return { pieceCount, pieceLength, lastPieceLength: totalBytes - (pieceCount - 1) * pieceLength }
}

/** bittorrent-protocol's stand-in for a peer that said it has everything has no bits. */
function isHaveAll(pieces: { readonly buffer: Uint8Array; get(index: number): boolean }): boolean {
  return pieces.buffer.length === 0 && pieces.get(0)
}

function snapshotOf(peer: Peer, metainfo: Metainfo | null, verifiedBytes: Bytes): PeerSnapshot {
  const { wire } = peer
  return {
    id: peer.id,
    // 40 hex digits: what bittorrent-protocol makes of the 20 bytes of a handshake.
    wirePeerId: wire.peerId as WirePeerId | null,
    identity: peer.link?.identity ?? null,
    client: peer.link === null ? null : clientName(wire),
    source: peer.source,
    path: peer.link?.path ?? 'http',
    relayedBytesLeft: peer.link?.relayedBytesLeft ?? null,
    downRate: wire.downloadSpeed(),
    upRate: wire.uploadSpeed(),
    downBytes: wire.downloaded,
    upBytes: wire.uploaded,
    verifiedBytes,
    progress: metainfo === null ? 0 : progressOf(wire, metainfo.pieceCount),
    choking: wire.amChoking,
    choked: wire.peerChoking,
  }
}

function progressOf({ peerPieces }: Wire, pieceCount: number): number {
  if (isHaveAll(peerPieces)) return 1
  let have = 0
  for (let piece = 0; piece < pieceCount; piece++) if (peerPieces.get(piece)) have += 1
  return have / Math.max(1, pieceCount)
}
