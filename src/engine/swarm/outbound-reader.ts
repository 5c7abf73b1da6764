import type { PieceIndex } from '../model/ids.ts'
import type { Bytes } from '../model/units.ts'
import {
  CANCEL,
  CHOKE,
  HANDSHAKE_LENGTH,
  LENGTH_PREFIX,
  PIECE,
  REJECT,
  REQUEST,
  uint32At,
  UNCHOKE,
} from './wire-message.ts'

/** What we said to a peer, as far as it decides what the peer may say. */
export interface OutboundListener {
  choked(): void
  unchoked(): void
  requested(piece: PieceIndex, offset: Bytes, length: Bytes): void
  /** A block was sent, or its request refused. */
  answered(piece: PieceIndex, offset: Bytes, length: Bytes): void
}

/** Length, kind and three numbers: all that is ever looked at of a message. */
const HEAD_LENGTH: Bytes = LENGTH_PREFIX + 13

/**
 * Reads along with what we send: takes the bytes of a wire in order, cut anywhere, and copies
 * no more than the head of each message. Blocks are skipped.
 */
export function makeOutboundReader(listener: OutboundListener): (chunk: Uint8Array) => void {
  const head = new Uint8Array(HEAD_LENGTH)
  let filled = 0
  /** Bytes that are of no interest: the handshake first, then what follows each head. */
  let skip = HANDSHAKE_LENGTH

  function tell(length: Bytes): void {
    const kind: number = head[LENGTH_PREFIX]!
    switch (kind) {
      case CHOKE:
        return listener.choked()
      case UNCHOKE:
        return listener.unchoked()
      case REQUEST:
        return listener.requested(uint32At(head, 5), uint32At(head, 9), uint32At(head, 13))
      case PIECE:
        return listener.answered(uint32At(head, 5), uint32At(head, 9), length - 9)
      case REJECT:
        return listener.answered(uint32At(head, 5), uint32At(head, 9), uint32At(head, 13))
      case CANCEL: // The block may be on its way all the same.
      default:
        return
    }
  }

  return (chunk) => {
    let at = 0
    while (at < chunk.length) {
      if (skip > 0) {
        const skipped = Math.min(skip, chunk.length - at)
        skip -= skipped
        at += skipped
        continue
      }
      head[filled++] = chunk[at++]!
      if (filled < LENGTH_PREFIX) continue
      const length = uint32At(head, 0)
      const needed = Math.min(LENGTH_PREFIX + length, HEAD_LENGTH)
      if (filled < needed) continue
      if (length > 0) tell(length)
      skip = LENGTH_PREFIX + length - needed
      filled = 0
    }
  }
}
