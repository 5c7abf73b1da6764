import { MIB, type Bytes } from '../../engine/model/units.ts'
import type { ChannelFacts, PumpToPage, PumpToWorker } from '../protocol/rtc.ts'
import { ChannelErrorEvent } from './shim-events.ts'

/**
 * The most that may wait in a channel: Chromium's own limit, kept here so that the page's
 * `send`, which nobody could answer for, never fails on it.
 */
const MAX_BUFFERED: Bytes = 16 * MIB

/**
 * A data channel whose bytes the page carries, for browsers that cannot transfer the channel
 * itself. `bufferedAmount` counts what is on the way to the page together with what waits in
 * the page, so back-pressure holds from end to end.
 */
export class PumpedChannel extends EventTarget {
  readonly #post: (message: PumpToPage, transfer?: Transferable[]) => void
  #id: number | null
  #readyState: ChannelFacts['readyState']
  #sent: Bytes = 0
  #drained: Bytes = 0
  bufferedAmountLowThreshold: Bytes = 0
  onmessage: ((event: MessageEvent) => void) | null = null

  constructor(
    facts: Pick<ChannelFacts, 'id' | 'readyState'>,
    post: (message: PumpToPage, transfer?: Transferable[]) => void,
  ) {
    super()
    this.#post = post
    this.#id = facts.id
    this.#readyState = facts.readyState
  }

  get id(): number | null {
    return this.#id
  }

  get readyState(): ChannelFacts['readyState'] {
    return this.#readyState
  }

  get bufferedAmount(): Bytes {
    return this.#sent - this.#drained
  }

  /** Copies the bytes. Throws `InvalidStateError` unless open, `OperationError` when full. */
  send(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#readyState !== 'open') {
      throw new DOMException('the channel is not open', 'InvalidStateError')
    }
    if (this.bufferedAmount + bytes.byteLength > MAX_BUFFERED) {
      throw new DOMException('the send buffer is full', 'OperationError')
    }
    const data = bytes.slice().buffer
    this.#sent += data.byteLength
    this.#post({ type: 'send', data }, [data])
  }

  close(): void {
    if (this.#readyState === 'closing' || this.#readyState === 'closed') return
    this.#readyState = 'closing'
    this.#post({ type: 'close-channel' })
  }

  /** News from the page about this channel. */
  take(message: PumpToWorker): void {
    switch (message.type) {
      case 'channel-opened':
        this.#id = message.id
        // A close that is on its way to the page comes first here.
        if (this.#readyState !== 'connecting') return
        this.#readyState = 'open'
        this.dispatchEvent(new Event('open'))
        return
      case 'channel-closing':
        this.#readyState = 'closing'
        this.dispatchEvent(new Event('closing'))
        return
      case 'channel-closed':
        this.#readyState = 'closed'
        this.dispatchEvent(new Event('close'))
        return
      case 'channel-error': {
        const { name, message: text } = message.cause
        this.dispatchEvent(new ChannelErrorEvent(new DOMException(text, name)))
        return
      }
      case 'message':
        this.onmessage?.(new MessageEvent('message', { data: message.data }))
        return
      case 'drained': {
        const before = this.bufferedAmount
        this.#drained = message.total
        const low = this.bufferedAmountLowThreshold
        if (before > low && this.bufferedAmount <= low) {
          this.dispatchEvent(new Event('bufferedamountlow'))
        }
      }
    }
  }
}
