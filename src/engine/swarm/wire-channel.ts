import type { RtcMessage } from '../contracts/rtc.ts'
import type { Bytes } from '../model/units.ts'

/**
 * The road a link needs: a data channel is one, and a stream through a relay is made into one
 * (`overlay/relayed-channel.ts`). The words and promises are those of `RtcChannel`.
 */
export interface WireChannel {
  readonly bufferedAmount: Bytes
  bufferedAmountLowThreshold: Bytes
  send(bytes: Uint8Array<ArrayBuffer>): void
  close(): void
  onmessage: ((message: RtcMessage) => void) | null
  addEventListener(
    type: 'close' | 'error' | 'bufferedamountlow',
    listener: () => void,
    options?: { readonly once?: boolean; readonly signal?: AbortSignal },
  ): void
  /** These bytes of what arrived were handed on: more may be sent to us. Data channels cannot wait. */
  taken?(bytes: Bytes): void
  /** What may still go through a relay, both ways. */
  readonly bytesLeft?: Bytes
}
