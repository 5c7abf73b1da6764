import type { PieceIndex } from '../model/ids.ts'

/** How many peers have each piece. */
export interface PieceAvailability {
  /** A peer that has nothing yet. */
  peer(): PeerPieces
  countOf(piece: PieceIndex): number
  /** Peers that have everything; `countOf` includes them, `partialCountOf` leaves them out. */
  readonly seeds: number
  partialCountOf(piece: PieceIndex): number
}

/**
 * What one peer has, told with the words of the wire. It remembers what was counted, so that no
 * sequence of messages, repeated, contradictory or out of range, counts a peer twice or leaves
 * something of it behind.
 */
export interface PeerPieces {
  has(piece: PieceIndex): void
  /** `lt_donthave` (BEP 54). */
  lacks(piece: PieceIndex): void
  /** Replaces what was known. One bit a piece, high bit first (BEP 3); copied. May be too short. */
  hasBitfield(bits: Uint8Array): void
  hasAll(): void
  hasNone(): void
  /** The peer went away. Whatever it is said to have later does not count. */
  gone(): void
}

export interface PieceAvailabilityDeps {
  readonly pieceCount: number
  /** A piece is held by one partial peer more or less than before. */
  readonly onCount: (piece: PieceIndex, partialCount: number) => void
  /** The number of peers that have everything changed. */
  readonly onSeeds: (seeds: number) => void
}

/**
 * Costs: `has` and `lacks` the same whatever the torrent, a bitfield one step a byte and one a
 * piece that changed, a seed nothing at all, a peer that becomes one a step a piece, once. Counts up to 65,535 partial peers.
 */
export function makePieceAvailability(deps: PieceAvailabilityDeps): PieceAvailability {
  const { pieceCount, onCount, onSeeds } = deps
  const counts = new Uint16Array(pieceCount)
  const byteCount = Math.ceil(pieceCount / 8)
  let seeds = 0

  const countSeed = (by: 1 | -1) => {
    seeds += by
    onSeeds(seeds)
  }
  const countPiece = (piece: PieceIndex, by: 1 | -1) => {
    counts[piece]! += by
    onCount(piece, counts[piece]!)
  }

  function makePeer(): PeerPieces {
    let bits = new Uint8Array(0)
    let held = 0
    let all = false
    let left = false

    const hold = (piece: PieceIndex, by: 1 | -1) => {
      held += by
      countPiece(piece, by)
    }

    const put = (next: Uint8Array<ArrayBuffer>) => {
      for (let at = 0; at < byteCount; at++) {
        const now = next[at] ?? 0
        const changed = now ^ (bits[at] ?? 0)
        if (changed === 0) continue
        for (let bit = 0; bit < 8; bit++) {
          const mask = 0x80 >> bit
          const piece = at * 8 + bit
          if ((changed & mask) === 0 || piece >= pieceCount) continue
          hold(piece, (now & mask) === 0 ? -1 : 1)
        }
      }
      bits = next
    }
    const beSeed = () => {
      if (all) return
      put(new Uint8Array(0))
      all = true
      countSeed(1)
    }
    const beNoSeed = () => {
      if (!all) return
      all = false
      countSeed(-1)
    }
    const flip = (piece: PieceIndex, had: boolean) => {
      if (bits.length < byteCount) {
        const longer = new Uint8Array(byteCount)
        longer.set(bits.subarray(0, byteCount))
        bits = longer
      }
      const mask = 0x80 >> (piece & 7)
      if (((bits[piece >> 3]! & mask) !== 0) !== had) return
      bits[piece >> 3]! ^= mask
      hold(piece, had ? -1 : 1)
    }
    const counted = (piece: PieceIndex) => !left && piece >= 0 && piece < pieceCount

    return {
      has(piece) {
        if (!counted(piece) || all) return
        flip(piece, false)
        if (held === pieceCount) beSeed()
      },
      lacks(piece) {
        if (!counted(piece)) return
        if (all) {
          put(new Uint8Array(byteCount).fill(0xff))
          beNoSeed()
        }
        flip(piece, true)
      },
      hasBitfield(next) {
        if (left) return
        if (isFull(next, pieceCount)) return beSeed()
        put(next.slice(0, byteCount))
        beNoSeed()
      },
      hasAll() {
        if (!left) beSeed()
      },
      hasNone() {
        put(new Uint8Array(0))
        beNoSeed()
      },
      gone() {
        put(new Uint8Array(0))
        beNoSeed()
        left = true
      },
    }
  }

  return {
    peer: makePeer,
    countOf: (piece) => counts[piece]! + seeds,
    partialCountOf: (piece) => counts[piece]!,
    get seeds() {
      return seeds
    },
  }
}

function isFull(bits: Uint8Array, pieceCount: number): boolean {
  const whole = pieceCount >> 3
  if (bits.length < Math.ceil(pieceCount / 8)) return false
  for (let at = 0; at < whole; at++) if (bits[at] !== 0xff) return false
  const rest = (0xff00 >> (pieceCount & 7)) & 0xff
  return rest === 0 || (bits[whole]! & rest) === rest
}
