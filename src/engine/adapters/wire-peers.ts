import type Wire from 'bittorrent-protocol'
import type { PeerLink } from '../contracts/torrent-client.ts'
import type { PeerSource } from '../model/swarm-policy.ts'
import type { Bytes, BytesPerSecond } from '../model/units.ts'
import type { PeerPieces } from '../swarm/piece-availability.ts'
import type { PeerJudge } from '../swarm/peer-judge.ts'
import type { PiecePicker } from '../swarm/piece-picker.ts'
import { isHaveAll } from './peer-snapshot.ts'

/** One peer: its wire in WebTorrent and what we keep beside it. */
export interface WirePeer {
  readonly id: string
  readonly wire: Wire
  /** Null for a web seed. */
  readonly link: PeerLink | null
  readonly source: PeerSource
  /** What it has, once the number of pieces is known. */
  pieces: PeerPieces | null
  /** WebTorrent's own note of that, as it was before the first word. */
  readonly noted: Wire['peerPieces']
  close(reason: string): void
}

export interface WirePeersDeps {
  /** 0 before the metainfo is known. */
  pieceCount(): number
  /** Null until what is stored has been looked at. */
  judge(): PeerJudge | null
  picker(): PiecePicker | null
  /** There may be more to ask for, or less. */
  onPieces(): void
  onGone(): void
}

/** The peers of one torrent: what their wires say goes to picker and judge, and what they carry is counted. */
export interface WirePeers {
  readonly all: ReadonlyMap<string, WirePeer>
  /** Web seeds that are counted. */
  readonly webSeeds: number
  of(wire: Wire): WirePeer | undefined
  add(peer: Omit<WirePeer, 'pieces' | 'noted'>): void
  /** Takes up what a wire told before the number of pieces was known, or before we listened. */
  count(peer: WirePeer): void
  /** What they have counts no more. */
  uncount(): void
  /** Payload since the first of them came: no handshakes, no requests. */
  totals(): {
    readonly downRate: BytesPerSecond
    readonly upRate: BytesPerSecond
    readonly downBytes: Bytes
    readonly upBytes: Bytes
  }
}

export function makeWirePeers(deps: WirePeersDeps): WirePeers {
  const peers = new Map<string, WirePeer>()
  const peerOf = new WeakMap<Wire, WirePeer>()
  let downBytes: Bytes = 0
  let upBytes: Bytes = 0

  const sumOf = (rate: (wire: Wire) => number): number => {
    let sum = 0
    for (const { wire } of peers.values()) sum += rate(wire)
    return sum
  }

  return {
    all: peers,
    get webSeeds() {
      let count = 0
      for (const { link, pieces } of peers.values())
        if (link === null && pieces !== null) count += 1
      return count
    },
    of: (wire) => peerOf.get(wire),

    add(given) {
      const peer: WirePeer = { ...given, pieces: null, noted: given.wire.peerPieces }
      const { wire, id } = peer
      peers.set(id, peer)
      peerOf.set(wire, peer)
      // Of wires, not of WebTorrent's torrent: that one counts handshakes and requests as well.
      wire.on('download', (bytes: Bytes) => (downBytes += bytes))
      wire.on('upload', (bytes: Bytes) => (upBytes += bytes))
      wire.on('piece', (piece: number, offset: Bytes, bytes: Uint8Array) =>
        deps.judge()?.block(piece, offset, id, bytes),
      )
      const after = (change: (pieces: PeerPieces) => void) => {
        if (peer.pieces === null) return
        change(peer.pieces)
        deps.onPieces()
      }
      wire.on('bitfield', (bits: { buffer: Uint8Array }) =>
        after((pieces) => pieces.hasBitfield(bits.buffer)),
      )
      wire.on('have', (piece: number) => after((pieces) => pieces.has(piece)))
      wire.on('have-all', () => after((pieces) => pieces.hasAll()))
      wire.on('have-none', () => after((pieces) => pieces.hasNone()))
      wire.once('close', () => {
        peers.delete(id)
        deps.judge()?.gone(id)
        after((pieces) => pieces.gone())
        deps.onGone()
      })
    },

    count(peer) {
      const picker = deps.picker()
      if (picker === null || peer.pieces !== null || !peers.has(peer.id)) return
      peer.pieces = picker.peer()
      const { peerPieces, lt_donthave: donthave } = peer.wire
      if (isHaveAll(peerPieces)) peer.pieces.hasAll()
      else peer.pieces.hasBitfield(peerPieces.buffer)
      donthave?.on('donthave', (piece: number) => {
        takeBack(peer, deps.pieceCount(), piece)
        peer.pieces?.lacks(piece)
        deps.onPieces()
      })
      deps.onPieces()
    },

    uncount() {
      for (const peer of peers.values()) peer.pieces = null
    },

    totals: () => ({
      downRate: sumOf((wire) => wire.downloadSpeed()),
      upRate: sumOf((wire) => wire.uploadSpeed()),
      downBytes,
      upBytes,
    }),
  }
}

/**
 * What a wire notes of a peer that has everything (`have-all`) cannot be taken back: it would go on
 * to say so, and a piece that the peer lost and has again would never be heard of.
 */
function takeBack({ wire, noted }: WirePeer, pieceCount: number, lost: number): void {
  if (!isHaveAll(wire.peerPieces) || isHaveAll(noted)) return
  for (let piece = 0; piece < pieceCount; piece++) noted.set(piece, piece !== lost)
  wire.peerPieces = noted
}
