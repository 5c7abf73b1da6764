import type Wire from 'bittorrent-protocol'
import type { WirePeerId } from '../model/ids.ts'
import type { Metainfo } from '../model/metainfo.ts'
import type { PeerSnapshot } from '../model/torrent.ts'
import type { Bytes } from '../model/units.ts'
import { clientName } from './client-name.ts'
import type { WirePeer } from './wire-peers.ts'

/** What the page is told of a peer. `metainfo` is null before it is known. */
export function peerSnapshot(
  peer: WirePeer,
  metainfo: Metainfo | null,
  verifiedBytes: Bytes,
): PeerSnapshot {
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

/** bittorrent-protocol's stand-in for a peer that said it has everything has no bits. */
export function isHaveAll(pieces: {
  readonly buffer: Uint8Array
  get(index: number): boolean
}): boolean {
  return pieces.buffer.length === 0 && pieces.get(0)
}

function progressOf({ peerPieces }: Wire, pieceCount: number): number {
  if (isHaveAll(peerPieces)) return 1
  let have = 0
  for (let piece = 0; piece < pieceCount; piece++) if (peerPieces.get(piece)) have += 1
  return have / Math.max(1, pieceCount)
}
