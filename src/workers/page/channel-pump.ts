import { KIB, type Bytes } from '../../engine/model/units.ts'
import type { PumpToPage, PumpToWorker } from '../protocol/rtc.ts'

/** The worker hears of progress in steps of this size, and of the last byte. */
const DRAIN_STEP: Bytes = 64 * KIB

export interface ChannelPump {
  /** What the worker's end of this channel wants. Takes ownership of the bytes. */
  take(message: PumpToPage): void
}

type Post = (message: PumpToWorker, transfer?: Transferable[]) => void

/** Carries the bytes of a channel that cannot be transferred, both ways, by messages. */
export function makeChannelPump(channel: RTCDataChannel, post: Post): ChannelPump {
  let taken: Bytes = 0
  let reported: Bytes = 0

  /** Everything that left, exactly: the browser's count is not behind ours, both are this thread's. */
  const drained = () => taken - channel.bufferedAmount
  const report = () => {
    const total = drained()
    if (total === reported) return
    reported = total
    post({ type: 'drained', total })
  }
  const watchDrain = () => {
    if (drained() - reported >= DRAIN_STEP) report()
    channel.bufferedAmountLowThreshold = Math.max(0, channel.bufferedAmount - DRAIN_STEP)
  }

  channel.binaryType = 'arraybuffer'
  channel.onopen = () => post({ type: 'channel-opened', id: channel.id })
  channel.onclosing = () => post({ type: 'channel-closing' })
  channel.onclose = () => post({ type: 'channel-closed' })
  channel.onerror = (event) => {
    const { name, message } = event.error
    post({ type: 'channel-error', cause: { name, message } })
  }
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) =>
    post({ type: 'message', data }, typeof data === 'string' ? [] : [data])
  channel.onbufferedamountlow = () => {
    report()
    watchDrain()
  }

  return {
    take(message) {
      if (message.type === 'close-channel') return channel.close()
      try {
        channel.send(message.data)
        taken += message.data.byteLength
        watchDrain()
      } catch {
        // The bytes are lost, and a reliable channel with a hole is worse than none.
        channel.close()
      }
    },
  }
}
