import type { PieceIndex } from '../model/ids.ts'
import type { Bytes } from '../model/units.ts'
import { makeOnlyHere } from './only-here.ts'
import { makePieceAvailability, type PeerPieces } from './piece-availability.ts'
import { makeRarityBuckets } from './rarity-buckets.ts'

export interface PiecePickerSpec {
  readonly pieceCount: number
  readonly pieceLength: Bytes
  /** Left out, the last piece is as long as the others. */
  readonly lastPieceLength?: Bytes
  /**
   * How much to have on order at once. At least what arrives in a round trip or in a second,
   * whichever is more; much more only spreads the work over pieces that none of us can share.
   */
  readonly windowBytes: Bytes
  /** `sequential` is for whoever watches; a swarm of them has the same pieces and nothing to trade. */
  readonly strategy?: 'rarest' | 'sequential'
  /** Uniform in [0, 1). */
  readonly random?: () => number
}

/** What to change in the set of pieces that are being asked for. Nothing is in both lists. */
export interface WindowChange {
  readonly select: readonly PieceIndex[]
  /** No longer wanted, or nobody is left who has them. Never a piece that is done. */
  readonly deselect: readonly PieceIndex[]
}

/**
 * Chooses which pieces to get next and keeps a window of them on order.
 *
 * It knows no peer and asks for nothing: tell it what peers have and what became of pieces,
 * then call `refill()` and do what it says.
 */
export interface PiecePicker {
  /** A peer that has nothing yet; tell it what the wire tells. */
  peer(): PeerPieces
  /** From now on exactly these pieces are wanted. One bit a piece, high bit first. */
  want(bits: Uint8Array): void
  /**
   * From now on pieces are picked level by level: none of a level while somebody has one of a
   * lower number. A level a piece, 0 to 2; all begin at 1. What is on order stays there.
   */
  prioritise(levels: Uint8Array): void
  /** Verified and kept, from whatever source. Also how stored pieces are told at the start. */
  done(piece: PieceIndex): void
  /** Taken off the order without success: it may be picked again, by the next refill even. */
  failed(piece: PieceIndex): void
  /** A piece that was done is there no more. */
  lost(piece: PieceIndex): void
  /** What changed since the last call, and new picks for the room there is. */
  refill(): WindowChange
  setWindowBytes(bytes: Bytes): void
  inWindow(piece: PieceIndex): boolean
  /** Everything on order. Live: read it, do not keep it. */
  window(): Iterable<PieceIndex>
  /** How many peers have it. */
  availabilityOf(piece: PieceIndex): number
  /** Wanted pieces that are not done yet. */
  readonly missing: number
  /** Peers that have everything. */
  readonly seeds: number
  /** Bytes that are done and that no peer has. */
  readonly onlyHere: Bytes
}

/** Smallest window, so that several peers always have something to work on, however long pieces are. */
const MIN_WINDOW_PIECES = 4

/**
 * That many pieces are picked at random: a newcomer needs any piece it can trade soon, and the
 * rarest ones come slowly, from few (B. Cohen, Incentives Build Robustness in BitTorrent, 2003).
 */
const RANDOM_FIRST_PIECES = 4

/** High, normal, low. */
const LEVELS = 3

const WANTED = 1
const DONE = 2
const IN_WINDOW = 4

/**
 * Nothing is ever sorted: each pick takes a random piece out of the lowest of a few lists, and
 * each message of a peer moves one piece from one list to the next. What costs one step a piece
 * is a new selection and, where they do not have everything, a peer's bitfield and its leaving.
 */
export function makePiecePicker(spec: PiecePickerSpec): PiecePicker {
  const { pieceCount, pieceLength, strategy = 'rarest', random = Math.random } = spec
  const lastPieceLength = spec.lastPieceLength ?? pieceLength
  const flags = new Uint8Array(pieceCount)
  const levels = new Uint8Array(pieceCount).fill(1)
  const byLevel = Array.from({ length: LEVELS }, () => makeRarityBuckets(pieceCount, random))
  const bucketsOf = (piece: PieceIndex) => byLevel[levels[piece]!]!
  const window = new Set<PieceIndex>()
  /** In the window, but nobody had them when we last heard. */
  const stranded = new Set<PieceIndex>()
  /** Out of the window since the last refill, and not done. */
  const dropped = new Set<PieceIndex>()
  let windowBytes = spec.windowBytes
  let usedBytes = 0
  let doneCount = 0
  let missing = 0
  /** Sequential only: no candidate that somebody has lies before it. */
  let cursor = 0

  const lengthOf = (piece: PieceIndex) => (piece === pieceCount - 1 ? lastPieceLength : pieceLength)
  const onlyHere = makeOnlyHere({ pieceCount, lengthOf })
  const availability = makePieceAvailability({
    pieceCount,
    onCount(piece, partialCount) {
      const state = flags[piece]!
      onlyHere.elsewhere(piece, partialCount > 0)
      if (state & IN_WINDOW && partialCount === 0) stranded.add(piece)
      if (state !== WANTED) return
      bucketsOf(piece).move(piece, partialCount)
      if (partialCount === 1 && piece < cursor) cursor = piece
    },
    onSeeds(seeds) {
      if (seeds === 0) for (const piece of window) stranded.add(piece)
      if (seeds === 1) cursor = 0
    },
  })

  /** The one place flags change: counts and lists follow. */
  function mark(piece: PieceIndex, state: number): void {
    const before = flags[piece]!
    if (before === state) return
    flags[piece] = state
    if (before === WANTED) bucketsOf(piece).remove(piece)
    if (state === WANTED) {
      bucketsOf(piece).add(piece, availability.partialCountOf(piece))
      if (piece < cursor) cursor = piece
    }
    if ((before ^ state) & DONE) {
      doneCount += state & DONE ? 1 : -1
      onlyHere.here(piece, (state & DONE) !== 0)
    }
    missing += Number(isMissing(state)) - Number(isMissing(before))
    if ((before & IN_WINDOW) === (state & IN_WINDOW)) return
    if (state & IN_WINDOW) {
      window.add(piece)
      usedBytes += lengthOf(piece)
    } else {
      window.delete(piece)
      stranded.delete(piece)
      usedBytes -= lengthOf(piece)
    }
  }

  function drop(piece: PieceIndex, state: number): void {
    if (flags[piece]! & IN_WINDOW) dropped.add(piece)
    mark(piece, state & ~IN_WINDOW)
  }

  function nextInOrder(): PieceIndex | null {
    while (cursor < pieceCount) {
      if (flags[cursor] === WANTED && availability.countOf(cursor) > 0) return cursor
      cursor += 1
    }
    return null
  }

  function choose(): PieceIndex | null {
    if (strategy === 'sequential') return nextInOrder()
    const somebody = availability.seeds > 0 ? 0 : 1
    const atRandom = doneCount + window.size < RANDOM_FIRST_PIECES
    for (const buckets of byLevel) {
      const piece = atRandom ? buckets.any(somebody) : buckets.rarest(somebody)
      if (piece !== null) return piece
    }
    return null
  }

  return {
    peer: () => availability.peer(),

    want(bits) {
      for (let piece = 0; piece < pieceCount; piece++) {
        const state = flags[piece]!
        if (((bits[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0) mark(piece, state | WANTED)
        else if (state & WANTED) drop(piece, state & ~WANTED)
      }
    },

    prioritise(next) {
      for (let piece = 0; piece < pieceCount; piece++) {
        const level = Math.min(next[piece] ?? 1, LEVELS - 1)
        if (level === levels[piece]) continue
        const listed = flags[piece] === WANTED
        if (listed) bucketsOf(piece).remove(piece)
        levels[piece] = level
        if (listed) bucketsOf(piece).add(piece, availability.partialCountOf(piece))
      }
    },

    done(piece) {
      mark(piece, (flags[piece]! & WANTED) | DONE)
      dropped.delete(piece)
    },

    failed(piece) {
      drop(piece, flags[piece]!)
    },

    lost(piece) {
      if (flags[piece]! & DONE) mark(piece, flags[piece]! & WANTED)
    },

    refill() {
      for (const piece of stranded) {
        if (availability.countOf(piece) === 0) drop(piece, flags[piece]!)
      }
      stranded.clear()
      const select: PieceIndex[] = []
      for (let piece = choose(); piece !== null; piece = choose()) {
        const fits = usedBytes + lengthOf(piece) <= windowBytes
        if (!fits && window.size >= MIN_WINDOW_PIECES) break
        mark(piece, WANTED | IN_WINDOW)
        // Still selected where the pieces are asked for.
        if (!dropped.delete(piece)) select.push(piece)
      }
      const deselect = [...dropped]
      dropped.clear()
      return { select, deselect }
    },

    setWindowBytes(bytes) {
      windowBytes = bytes
    },

    inWindow: (piece) => window.has(piece),
    window: () => window,
    availabilityOf: (piece) => availability.countOf(piece),
    get missing() {
      return missing
    },
    get seeds() {
      return availability.seeds
    },
    get onlyHere() {
      return availability.seeds > 0 ? 0 : onlyHere.bytes
    },
  }
}

const isMissing = (state: number) => (state & (WANTED | DONE)) === WANTED
