import type { PieceIndex } from '../model/ids.ts'
import { MINUTE, SECOND, type Millis } from '../model/units.ts'

export interface SoleSourceSpec<Peer> {
  /** Has sent what was good, and is not under suspicion. */
  readonly isTrusted: (peer: Peer) => boolean
  /** Failed before, and nobody knows yet by whose fault. */
  readonly isSuspect: (piece: PieceIndex) => boolean
  readonly now?: () => Millis
}

/**
 * Decides who may be asked for which piece, so that a bad one says who sent it: newcomers and
 * suspects get pieces of their own, and a piece that failed is got from one peer. Those who have
 * shown that they are honest share pieces as ever.
 */
export interface SoleSource<Peer> {
  /** Asked before each request. True counts as having asked. */
  mayAsk(piece: PieceIndex, peer: Peer): boolean
  /** The piece is good, or begins anew. */
  ended(piece: PieceIndex): void
  /** The peer left: what only it was asked for is free again. */
  gone(peer: Peer): void
}

/**
 * After that long without asking, and in all, a piece is open to everybody: better a piece that
 * proves nothing than one that a slow, choking or silent peer holds. WebTorrent waits 30 seconds
 * for a block.
 */
const IDLE_PATIENCE: Millis = 20 * SECOND
const WHOLE_PATIENCE: Millis = MINUTE

interface Begun<Peer> {
  readonly askers: Set<Peer>
  /** Only the first asker may go on. */
  readonly sole: boolean
  readonly begunAt: Millis
  askedAt: Millis
}

export function makeSoleSource<Peer>(spec: SoleSourceSpec<Peer>): SoleSource<Peer> {
  const { isTrusted, isSuspect, now = () => performance.now() } = spec
  const begun = new Map<PieceIndex, Begun<Peer>>()

  function mayJoin({ askers, sole, begunAt, askedAt }: Begun<Peer>, peer: Peer, at: Millis) {
    if (askers.has(peer)) return true
    if (at - askedAt > IDLE_PATIENCE || at - begunAt > WHOLE_PATIENCE) return true
    return !sole && isTrusted(peer)
  }

  return {
    mayAsk(piece, peer) {
      const at = now()
      const known = begun.get(piece)
      if (known === undefined) {
        const sole = !isTrusted(peer) || isSuspect(piece)
        begun.set(piece, { askers: new Set([peer]), sole, begunAt: at, askedAt: at })
        return true
      }
      if (!mayJoin(known, peer, at)) return false
      known.askers.add(peer)
      known.askedAt = at
      return true
    },

    ended(piece) {
      begun.delete(piece)
    },

    gone(peer) {
      for (const [piece, { askers }] of begun) {
        askers.delete(peer)
        if (askers.size === 0) begun.delete(piece)
      }
    },
  }
}
