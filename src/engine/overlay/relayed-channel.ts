import type { RtcMessage } from '../contracts/rtc.ts'
import { KIB, MIB, type Bytes } from '../model/units.ts'
import type { WireChannel } from '../swarm/wire-channel.ts'
import type { Conversation } from './conversation.ts'
import { frame } from './frames.ts'

/** What may be on its way to a side before it says that it took some. */
export const CREDIT_WINDOW: Bytes = 256 * KIB
/** Told when this much was taken: fewer, larger tellings. */
const CREDIT_STEP: Bytes = CREDIT_WINDOW / 4
/** Below the limit of a frame, kind included. */
const PART_LENGTH: Bytes = 15 * KIB
/** Both ways, where the relay names no limit of its own. */
export const RELAYED_BUDGET: Bytes = 8 * MIB
/** Of the relay's limit, for Noise, yamux, and the talk about a better road. */
const RESERVE: Bytes = 256 * KIB
/** Waiting here when the peer takes nothing. A link stops far below it. */
const MAX_BUFFERED: Bytes = 4 * MIB

const DATA = 0
const CREDIT = 1
/** An empty frame has no kind. */
const NOTHING = -1

/**
 * A wire's road over a stream through a relay. Its flow is our own: a stream of libp2p that nobody
 * reads is reset at 4 MiB, and over WebRTC its `pause()` does nothing. What goes through is counted
 * against a budget, because it is the relay that pays for it.
 */
export interface RelayedChannel extends WireChannel {
  readonly bytesLeft: Bytes
  /** Both ways so far. */
  readonly bytesMoved: Bytes
}

/**
 * Takes over the conversation and its stream: after `wire` was said and accepted, every frame is
 * a kind, then bytes of the wire, or a credit of 32 bits. Nobody sends before a first credit.
 */
export function makeRelayedChannel(talk: Conversation): RelayedChannel {
  const { stream } = talk
  const events = new EventTarget()
  const budget =
    stream.limit === null ? RELAYED_BUDGET : Math.min(RELAYED_BUDGET, stream.limit - RESERVE)
  const queue: Uint8Array<ArrayBuffer>[] = []
  const early: ArrayBuffer[] = []
  let buffered: Bytes = 0
  let threshold: Bytes = 0
  let onmessage: ((message: RtcMessage) => void) | null = null
  let credit: Bytes = 0
  /** What the peer may still send. */
  let granted: Bytes = 0
  let owed: Bytes = 0
  let moved: Bytes = 0
  let pumping = false
  let closed = false

  const over = () => {
    if (closed) return
    closed = true
    events.dispatchEvent(new Event('close'))
  }
  const fail = (reason: string) => {
    stream.abort(reason)
    over()
  }
  const spend = (length: Bytes): boolean => {
    moved += length
    if (moved <= budget) return true
    fail('the budget of a relayed wire is spent')
    return false
  }

  const grant = (length: Bytes) => {
    granted += length
    const body = new Uint8Array(5)
    body[0] = CREDIT
    new DataView(body.buffer).setUint32(1, length)
    talk.send(frame(body)).catch(over)
  }

  const pump = async () => {
    if (pumping) return
    pumping = true
    try {
      for (let part = queue[0]; part !== undefined && !closed; part = queue[0]) {
        const length = Math.min(part.length, PART_LENGTH)
        if (credit < length) break
        credit -= length
        if (!spend(length)) break
        if (length === part.length) queue.shift()
        else queue[0] = part.subarray(length)
        await talk.send(frame(Uint8Array.of(DATA), part.subarray(0, length)))
        const before = buffered
        buffered -= length
        if (before > threshold && buffered <= threshold) {
          events.dispatchEvent(new Event('bufferedamountlow'))
        }
      }
    } catch {
      over() // the stream is closed
    } finally {
      pumping = false
    }
  }

  const hear = (bytes: Uint8Array<ArrayBuffer>) => {
    const body = bytes.subarray(1)
    switch (bytes[0] ?? NOTHING) {
      case DATA:
        granted -= body.length
        if (granted < 0) return fail('it sends more than it may')
        if (!spend(body.length)) return
        if (onmessage === null) early.push(body.slice().buffer)
        else onmessage({ data: body.slice().buffer })
        return
      case CREDIT:
        if (body.length !== 4) return fail('a credit has four bytes')
        credit += new DataView(body.buffer, body.byteOffset).getUint32(0)
        if (credit > 2 ** 32) return fail('more credit than anybody has')
        void pump()
        return
      default:
        return fail('a frame of no kind')
    }
  }

  talk.release((heard) => {
    if (closed) return
    if (heard === null) over()
    else hear(heard)
  })
  grant(CREDIT_WINDOW)

  return {
    get bufferedAmount() {
      return buffered
    },
    get bufferedAmountLowThreshold() {
      return threshold
    },
    set bufferedAmountLowThreshold(length) {
      threshold = length
    },
    get bytesLeft() {
      return Math.max(0, budget - moved)
    },
    get bytesMoved() {
      return moved
    },
    send(bytes) {
      if (closed) throw new DOMException('the channel is not open', 'InvalidStateError')
      if (buffered + bytes.length > MAX_BUFFERED) {
        throw new DOMException('the send buffer is full', 'OperationError')
      }
      buffered += bytes.length
      queue.push(bytes.slice())
      void pump()
    },
    close() {
      stream.close()
      over()
    },
    get onmessage() {
      return onmessage
    },
    set onmessage(take) {
      onmessage = take
      if (take !== null) for (const data of early.splice(0)) take({ data })
    },
    addEventListener: (type, listener, options) =>
      events.addEventListener(type, () => listener(), options),
    taken(length) {
      owed += length
      if (owed < CREDIT_STEP || closed) return
      const step = owed
      owed = 0
      grant(step)
    },
  }
}
