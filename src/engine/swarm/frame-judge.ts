import type { WireGeometry } from '../contracts/torrent-client.ts'
import type { PieceIndex } from '../model/ids.ts'
import { BLOCK_LENGTH, KIB, type Bytes, type Millis } from '../model/units.ts'
import { MAX_PIECE_LENGTH } from '../parse-metainfo.ts'
import { makeAllowance } from './allowance.ts'
import { makeExtendedJudge } from './extended-message.ts'
import { makeOutboundReader } from './outbound-reader.ts'
import { makeRequestBook } from './request-book.ts'
import * as wire from './wire-message.ts'
import { wireProblem, type FrameVerdict, type WireProblem } from './wire-problem.ts'

/** How much of each a peer may send; every default has its reason where it stands. */
export interface WireLimits {
  /** Everything but blocks, haves and requests that are served. */
  readonly control: { readonly burst: number; readonly perSecond: number }
  /**
   * One for each piece the peer completes, so at least as many at once as the torrent has pieces:
   * a backlog of them arrives when a stalled link wakes.
   */
  readonly haves: { readonly burst: number; readonly perSecond: number }
  /**
   * Blocks that are asked of us and not sent: twice what we say in `reqq`. More are left out
   * and count as control messages.
   */
  readonly queuedBlocks: number
  /** Blocks nobody asked for, in the life of a wire: a request cancelled late, or lost count. */
  readonly unsolicitedBlocks: number
  /** Bitfield, have-all and have-none; each makes the vendor look at every piece. */
  readonly availability: number
}

export const WIRE_LIMITS: WireLimits = {
  control: { burst: 2000, perSecond: 200 },
  haves: { burst: 8000, perSecond: 1000 },
  queuedBlocks: 1024,
  unsolicitedBlocks: 32,
  availability: 4,
}

/** Our requests that are remembered: more than are ever open, in case a peer chokes and forgets. */
const MAX_ASKED_BLOCKS = 8192
/** Longest message of a kind that is only bounded: extended ones, and kinds we do not know. */
const MAX_LOOSE_LENGTH: Bytes = 64 * KIB
const MAX_BITFIELD_LENGTH: Bytes = wire.MAX_PIECES / 8
/** Kind, piece and offset before the bytes of a block. */
const BLOCK_HEAD: Bytes = 9

export interface FrameJudgeSpec {
  readonly extension: (number: number) => string | undefined
  readonly limits: WireLimits
  readonly now: () => Millis
}

export interface FrameJudge {
  /** Whether a message of this kind may be as long; `length` as on the wire, so with the kind. */
  fits(kind: number, length: Bytes): boolean
  /** Judges a whole message of a length that fits, at `at` of `bytes`, where its kind is. */
  judge(bytes: Uint8Array, at: number, length: Bytes): FrameVerdict
  keepAlive(): FrameVerdict
  /** What we sent, in order, cut anywhere. */
  noteOutbound(chunk: Uint8Array): void
  /** The sizes are known now; says what of all that came before did not fit them. */
  know(geometry: WireGeometry): WireProblem | null
}

/** Judges the messages of one peer, in order, by what the torrent is and by what was said before. */
export function makeFrameJudge({ extension, limits, now }: FrameJudgeSpec): FrameJudge {
  const control = makeAllowance(limits.control, now)
  let haves = makeAllowance(limits.haves, now)
  /** Blocks we asked for. Cancelled ones stay: they may be on their way. */
  const asked = makeRequestBook()
  /** Blocks the peer asked for. */
  const owed = makeRequestBook()
  const judgeExtended = makeExtendedJudge({ extension, hasPiece })
  let geometry: WireGeometry | null = null
  let weChoke = true
  let unsolicited = 0
  let availability = 0
  /** What was believed before the sizes were known. */
  let bitfieldLength: Bytes | null = null
  let highestPiece: PieceIndex = -1

  const noteOutbound = makeOutboundReader({
    choked() {
      weChoke = true
      owed.clear()
    },
    unchoked() {
      weChoke = false
    },
    requested(piece, offset, length) {
      asked.add(piece, offset, length)
      if (asked.blocks > MAX_ASKED_BLOCKS) asked.dropOldest()
    },
    answered(piece, offset, length) {
      owed.take(piece, offset, length)
    },
  })

  function hasPiece(piece: PieceIndex): boolean {
    if (geometry !== null) return piece < geometry.pieceCount
    if (piece > highestPiece) highestPiece = piece
    return piece < wire.MAX_PIECES
  }

  function hasBlock(piece: PieceIndex, offset: Bytes, length: Bytes): boolean {
    return hasPiece(piece) && offset + length <= lengthOf(piece)
  }

  function lengthOf(piece: PieceIndex): Bytes {
    if (geometry === null) return MAX_PIECE_LENGTH
    return piece === geometry.pieceCount - 1 ? geometry.lastPieceLength : geometry.pieceLength
  }

  const asControl = (verdict: FrameVerdict): FrameVerdict =>
    control.spend() ? verdict : wireProblem('flood', 'control messages')

  function judgePieceNumber(piece: PieceIndex): FrameVerdict {
    return hasPiece(piece) ? 'pass' : wireProblem('range', 'piece')
  }

  function judgeHave(piece: PieceIndex): FrameVerdict {
    return haves.spend() ? judgePieceNumber(piece) : wireProblem('flood', 'haves')
  }

  function judgeAvailability(): FrameVerdict {
    availability += 1
    return availability > limits.availability ? wireProblem('flood', 'bitfields') : 'pass'
  }

  function judgeRequest(piece: PieceIndex, offset: Bytes, length: Bytes): FrameVerdict {
    if (length === 0 || length > wire.MAX_REQUEST_LENGTH) return wireProblem('length', 'request')
    if (!hasBlock(piece, offset, length)) return wireProblem('range', 'request')
    // Refused or ignored behind us; an honest peer sends few before it hears that it is choked.
    if (weChoke) return asControl('pass')
    if (owed.blocks >= limits.queuedBlocks) return asControl('drop')
    owed.add(piece, offset, length)
    return 'pass'
  }

  function judgeBlock(piece: PieceIndex, offset: Bytes, length: Bytes): FrameVerdict {
    if (!hasBlock(piece, offset, length)) return wireProblem('range', 'block')
    if (asked.take(piece, offset, length)) return 'pass'
    unsolicited += 1
    return unsolicited > limits.unsolicitedBlocks ? wireProblem('unsolicited', 'blocks') : 'drop'
  }

  function judgeCancel(piece: PieceIndex, offset: Bytes, length: Bytes): FrameVerdict {
    if (!hasBlock(piece, offset, length)) return wireProblem('range', 'cancel')
    owed.take(piece, offset, length)
    // Also when it fits a request: behind us, that has been read from the store already.
    return asControl('pass')
  }

  function judgeReject(piece: PieceIndex, offset: Bytes, length: Bytes): FrameVerdict {
    if (!hasBlock(piece, offset, length)) return wireProblem('range', 'reject')
    asked.take(piece, offset, length)
    return asControl('pass')
  }

  return {
    noteOutbound,
    keepAlive: () => asControl('pass'),

    know(known) {
      geometry = known
      const burst = Math.max(limits.haves.burst, known.pieceCount)
      haves = makeAllowance({ ...limits.haves, burst }, now)
      if (bitfieldLength !== null && bitfieldLength !== Math.ceil(known.pieceCount / 8)) {
        return wireProblem('length', 'bitfield')
      }
      return highestPiece < known.pieceCount ? null : wireProblem('range', 'piece')
    },

    fits(kind, length) {
      switch (kind) {
        case wire.CHOKE:
        case wire.UNCHOKE:
        case wire.INTERESTED:
        case wire.NOT_INTERESTED:
        case wire.HAVE_ALL:
        case wire.HAVE_NONE:
          return length === 1
        case wire.HAVE:
        case wire.SUGGEST:
        case wire.ALLOWED_FAST:
          return length === 5
        case wire.REQUEST:
        case wire.CANCEL:
        case wire.REJECT:
          return length === 13
        case wire.PORT:
          return length === 3
        case wire.PIECE:
          return length > BLOCK_HEAD && length <= BLOCK_HEAD + BLOCK_LENGTH
        case wire.BITFIELD:
          return geometry === null
            ? length > 1 && length <= 1 + MAX_BITFIELD_LENGTH
            : length === 1 + Math.ceil(geometry.pieceCount / 8)
        case wire.EXTENDED:
          return length > 1 && length <= 2 + MAX_LOOSE_LENGTH
        default:
          return length <= 1 + MAX_LOOSE_LENGTH
      }
    },

    judge(bytes, at, length) {
      const kind = bytes[at]!
      switch (kind) {
        case wire.PIECE:
          return judgeBlock(
            wire.uint32At(bytes, at + 1),
            wire.uint32At(bytes, at + 5),
            length - BLOCK_HEAD,
          )
        case wire.REQUEST:
        case wire.CANCEL:
        case wire.REJECT: {
          const piece = wire.uint32At(bytes, at + 1)
          const offset = wire.uint32At(bytes, at + 5)
          const asks = wire.uint32At(bytes, at + 9)
          if (kind === wire.REQUEST) return judgeRequest(piece, offset, asks)
          if (kind === wire.CANCEL) return judgeCancel(piece, offset, asks)
          return judgeReject(piece, offset, asks)
        }
        case wire.HAVE:
          return judgeHave(wire.uint32At(bytes, at + 1))
        case wire.SUGGEST:
        case wire.ALLOWED_FAST:
          return asControl(judgePieceNumber(wire.uint32At(bytes, at + 1)))
        case wire.BITFIELD:
          // A frame may have begun before the sizes were known.
          if (!this.fits(kind, length)) return wireProblem('length', 'bitfield')
          if (geometry === null) bitfieldLength = length - 1
          return judgeAvailability()
        case wire.HAVE_ALL:
        case wire.HAVE_NONE:
          return judgeAvailability()
        case wire.EXTENDED:
          return asControl(judgeExtended(bytes.subarray(at + 1, at + length)))
        case wire.CHOKE:
        case wire.UNCHOKE:
        case wire.INTERESTED:
        case wire.NOT_INTERESTED:
          return asControl('pass')
        case wire.PORT: // For a DHT over UDP, which no browser has.
        default:
          return asControl('drop')
      }
    },
  }
}
