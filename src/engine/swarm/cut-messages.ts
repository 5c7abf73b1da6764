import { KIB, type Bytes } from '../model/units.ts'
import { LENGTH_PREFIX, PIECE } from './wire-message.ts'

/**
 * Longest message we send. Every WebRTC implementation takes 64 KiB (RFC 8831 recommends no
 * less for whoever announces nothing). Between two Chromium renderers 48 to 252 KiB cost the same
 * processor time for each byte, 16 KiB a sixth more.
 */
export const MESSAGE_LENGTH: Bytes = 64 * KIB

/** What goes into one message of a channel. */
export interface CutMessage {
  readonly parts: readonly Uint8Array[]
  readonly length: Bytes
}

/** Before the bytes of a block: length, kind, piece, offset. The wire writes them on their own. */
const BLOCK_HEAD_LENGTH: Bytes = LENGTH_PREFIX + 9

/**
 * The same bytes in messages as long as allowed. A block that does not fit begins the next one:
 * cut in two it would have to be put together by who receives it. Only what is longer than a
 * message is cut: the bitfield of a very large torrent, or metadata. Parts are views.
 */
export function cutMessages(chunks: readonly Uint8Array[]): readonly CutMessage[] {
  const messages: CutMessage[] = []
  let parts: Uint8Array[] = []
  let length = 0
  const end = () => {
    if (length > 0) messages.push({ parts, length })
    parts = []
    length = 0
  }
  chunks.forEach((chunk, at) => {
    const whole = chunk.length + (isBlockHead(chunk) ? (chunks[at + 1]?.length ?? 0) : 0)
    if (length + whole > MESSAGE_LENGTH) end()
    for (let from = 0; from < chunk.length; from += MESSAGE_LENGTH) {
      if (from > 0) end()
      const part = chunk.subarray(from, from + MESSAGE_LENGTH)
      parts.push(part)
      length += part.length
    }
  })
  end()
  return messages
}

function isBlockHead(chunk: Uint8Array): boolean {
  return chunk.length === BLOCK_HEAD_LENGTH && chunk[LENGTH_PREFIX] === PIECE
}
