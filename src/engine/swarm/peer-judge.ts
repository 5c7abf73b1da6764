import type { PieceIndex } from '../model/ids.ts'
import type { Bytes } from '../model/units.ts'
import { makeSmartBan } from './smart-ban.ts'
import { makeSoleSource } from './sole-source.ts'

export interface PeerJudgeSpec {
  readonly pieceCount: number
  /** This peer sent bytes that failed their hash. Called once for each. */
  readonly convict: (peer: string) => void
}

/** Keeps peers that send bad bytes from costing more than a piece or two, and finds out who they are. */
export interface PeerJudge {
  /** Asked before each request: whether this peer may have a part in this piece. */
  mayAsk(piece: PieceIndex, peer: string): boolean
  /** A block arrived. `bytes` must not change until its piece is good or failed. */
  block(piece: PieceIndex, offset: Bytes, peer: string, bytes: Uint8Array): void
  /** The piece's hash was right; `bytes` are read before this returns. */
  good(piece: PieceIndex, bytes: Uint8Array): void
  /** The piece's hash was wrong. Resolves when all who can be convicted by now are. */
  failed(piece: PieceIndex): Promise<void>
  gone(peer: string): void
  /** Bytes of this peer that went into good pieces, each once. */
  verifiedBytes(peer: string): Bytes
}

export function makePeerJudge({ pieceCount, convict }: PeerJudgeSpec): PeerJudge {
  const ban = makeSmartBan<string>({
    pieceCount,
    // Pieces and their blocks are never in shared memory, which is all that the narrower type adds.
    digest: (bytes) => crypto.subtle.digest('SHA-1', bytes as Uint8Array<ArrayBuffer>),
  })
  const sole = makeSoleSource<string>({
    isTrusted: (peer) => ban.verifiedBytes(peer) > 0 && !ban.onParole(peer),
    isSuspect: (piece) => ban.isSuspect(piece),
  })

  return {
    mayAsk: (piece, peer) => sole.mayAsk(piece, peer),
    block: (piece, offset, peer, bytes) => ban.block(piece, offset, peer, bytes),
    good(piece, bytes) {
      sole.ended(piece)
      void ban.pieceGood(piece, bytes).then((guilty) => guilty.forEach(convict))
    },
    async failed(piece) {
      sole.ended(piece)
      for (const peer of await ban.pieceFailed(piece)) convict(peer)
    },
    gone: (peer) => sole.gone(peer),
    verifiedBytes: (peer) => ban.verifiedBytes(peer),
  }
}
