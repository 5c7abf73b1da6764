import type { OverlayStream } from '../contracts/overlay.ts'
import { KIB } from '../model/units.ts'
import {
  MAX_SIGNAL_LENGTH,
  readSignal,
  signalFrame,
  type SignalMessage,
} from './signal-messages.ts'
import { makeTalk, type Language, type Talk } from './talk.ts'

/** About one torrent with one peer, on the protocols for signals and for a relayed wire. */
export type Conversation = Talk<SignalMessage>

const SIGNALS: Language<SignalMessage> = {
  read: readSignal,
  write: signalFrame,
  maxFrame: MAX_SIGNAL_LENGTH,
  // Two descriptions' worth and every candidate.
  maxHeard: 64 * KIB,
  malformed: { type: 'refuse', reason: 'malformed' },
  close: { type: 'close' },
}

export function converse(stream: OverlayStream): Conversation {
  return makeTalk(stream, SIGNALS)
}
