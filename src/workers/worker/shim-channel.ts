import type { RtcChannel, RtcListener, RtcMessage } from '../../engine/contracts/rtc.ts'
import { MIB, type Bytes } from '../../engine/model/units.ts'
import type { ChannelFacts } from '../protocol/rtc.ts'
import type { PumpedChannel } from './pumped-channel.ts'
import { ChannelErrorEvent } from './shim-events.ts'
import { StickyTarget } from './sticky-target.ts'

/** What may wait for a first `onmessage`; beyond it the channel is closed, not the bytes lost. */
const MAX_EARLY_BYTES: Bytes = MIB
const MAX_EARLY_MESSAGES = 256

/** What carries the bytes: the browser's channel, or its replacement over the port. */
export type RawChannel = RTCDataChannel | PumpedChannel

export type ShimChannelInit = Omit<ChannelFacts, 'readyState'> & {
  readonly maxMessageSize: () => Bytes | null
}

/**
 * The channel that users in the worker hold, from before the real one has arrived until after it
 * has gone. It evens out what the browsers do differently (Chromium 156, Firefox 153):
 *
 * - Chromium may deliver `message` before `open` on a channel that the peer made, and refuses
 *   `send` until then; here messages wait for `open`, so that one may be answered at once.
 *   Firefox delivers such a channel open and still fires `open`; here it fires once.
 * - After `close`, Chromium's `send` throws and Firefox's says nothing.
 * - When the peer's connection closes, Chromium fires `error` before `close`, Firefox does not.
 *   So `error` is news, and `close` is what to act on.
 */
export class ShimChannel extends StickyTarget implements RtcChannel {
  readonly label: string
  readonly protocol: string
  readonly ordered: boolean
  readonly negotiated: boolean
  readonly #id: number | null
  readonly #maxMessageSize: () => Bytes | null

  #raw: RawChannel | null = null
  #openTold = false
  #closing = false
  #ended = false
  #lowThreshold: Bytes = 0
  #onmessage: ((event: RtcMessage) => void) | null = null
  /** Messages that came too soon; null once they flow. */
  #early: RtcMessage[] | null = []
  #earlyBytes: Bytes = 0

  onopen: RtcListener | null = null
  onclosing: RtcListener | null = null
  onclose: RtcListener | null = null
  onerror: RtcListener | null = null
  onbufferedamountlow: RtcListener | null = null

  constructor(init: ShimChannelInit) {
    super()
    this.label = init.label
    this.protocol = init.protocol
    this.ordered = init.ordered
    this.negotiated = init.negotiated
    this.#id = init.id
    this.#maxMessageSize = init.maxMessageSize
  }

  get id(): number | null {
    return this.#raw?.id ?? this.#id
  }

  get readyState(): RtcChannel['readyState'] {
    if (this.#ended) return 'closed'
    if (this.#raw !== null && this.#raw.readyState !== 'connecting') return this.#raw.readyState
    return this.#closing ? 'closing' : 'connecting'
  }

  get bufferedAmount(): Bytes {
    return this.#raw?.bufferedAmount ?? 0
  }

  get bufferedAmountLowThreshold(): Bytes {
    return this.#lowThreshold
  }

  set bufferedAmountLowThreshold(bytes: Bytes) {
    this.#lowThreshold = bytes
    if (this.#raw !== null) this.#raw.bufferedAmountLowThreshold = bytes
  }

  get binaryType(): 'arraybuffer' {
    return 'arraybuffer'
  }

  /** libp2p assigns the value it always has; any other is a bug of the caller. */
  set binaryType(type: BinaryType) {
    if (type !== 'arraybuffer') throw new TypeError('only arraybuffer is supported')
  }

  get maxMessageSize(): Bytes | null {
    return this.#maxMessageSize()
  }

  get onmessage(): ((event: RtcMessage) => void) | null {
    return this.#onmessage
  }

  set onmessage(listener: ((event: RtcMessage) => void) | null) {
    this.#onmessage = listener
    if (this.#early !== null) this.#letFlow()
    else if (this.#raw !== null && !this.#ended) this.#raw.onmessage = listener
  }

  send(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): void {
    if (this.#raw === null || this.readyState !== 'open') {
      throw new DOMException(`the channel is ${this.readyState}`, 'InvalidStateError')
    }
    const most = this.maxMessageSize
    if (most !== null && bytes.byteLength > most) {
      throw new TypeError(`a message has at most ${most} bytes, not ${bytes.byteLength}`)
    }
    this.#raw.send(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes)
  }

  close(): void {
    if (this.#ended || this.#closing) return
    this.#closing = true
    if (this.#raw === null) return
    const opened = this.#raw.readyState !== 'connecting'
    this.#raw.close()
    // A channel that never opened has nothing to finish, and browsers differ in what they fire.
    if (!opened) this.end()
  }

  /** The bridge has the channel. Must run in the task that received it, or messages are lost. */
  attach(raw: RawChannel): void {
    if (this.#ended) {
      raw.close()
      return
    }
    this.#raw = raw
    if ('binaryType' in raw) raw.binaryType = 'arraybuffer'
    raw.bufferedAmountLowThreshold = this.#lowThreshold
    raw.onmessage = this.#early === null ? this.#onmessage : (event) => this.#keep(event)
    raw.addEventListener('open', () => this.#opened())
    raw.addEventListener('closing', (event) => this.#tell(new Event(event.type), this.onclosing))
    raw.addEventListener('close', () => this.end())
    raw.addEventListener('error', (event) => this.#tell(errorOf(event), this.onerror))
    raw.addEventListener('bufferedamountlow', (event) =>
      this.#tell(new Event(event.type), this.onbufferedamountlow),
    )
    if (this.#closing) {
      raw.close()
      this.end()
    } else if (raw.readyState === 'open' || raw.readyState === 'closing') {
      queueMicrotask(() => this.#opened())
    } else if (raw.readyState === 'closed') {
      this.end()
    }
  }

  /** The channel is over, whatever carried it does. `close` follows; safe to call twice. */
  end(error?: Error): void {
    if (this.#ended) return
    this.#ended = true
    if (this.#raw !== null) this.#raw.onmessage = null
    queueMicrotask(() => {
      if (error !== undefined) this.#tell(new ChannelErrorEvent(error), this.onerror)
      const event = new Event('close')
      this.onclose?.(event)
      this.settle(event)
    })
  }

  #opened(): void {
    if (this.#openTold) return
    this.#openTold = true
    const event = new Event('open')
    this.onopen?.(event)
    this.settle(event)
    this.#letFlow()
  }

  /** Once it is open and someone listens, messages go straight from the real channel to them. */
  #letFlow(): void {
    if (!this.#openTold || this.#onmessage === null || this.#early === null) return
    const early = this.#early
    this.#early = null
    // Later messages come in later tasks, so a microtask keeps the order.
    queueMicrotask(() => {
      for (const message of early) this.#onmessage?.(message)
    })
    if (this.#raw !== null && !this.#ended) this.#raw.onmessage = this.#onmessage
  }

  #keep(event: RtcMessage): void {
    if (this.#early === null) return
    const { data } = event
    // UTF-16 length underestimates text, which this protocol family does not use, by at most 3.
    this.#earlyBytes += typeof data === 'string' ? data.length : data.byteLength
    if (this.#earlyBytes <= MAX_EARLY_BYTES && this.#early.length < MAX_EARLY_MESSAGES) {
      this.#early.push({ data })
      return
    }
    this.#early = []
    this.#raw?.close()
    this.end(new DOMException('messages came before anyone listened', 'OperationError'))
  }

  #tell(event: Event, listener: RtcListener | null): void {
    listener?.(event)
    this.dispatchEvent(event)
  }
}

function errorOf(event: Event): ChannelErrorEvent {
  const error = 'error' in event && event.error instanceof Error ? event.error : null
  return new ChannelErrorEvent(error ?? new DOMException('the channel failed', 'OperationError'))
}
