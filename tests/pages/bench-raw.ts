import { receiveAll, sendAll } from './bench-raw-channel.ts'
import type { RawOrder, RawWork } from './bench-raw.worker.ts'

/** Where the data channel ends: on the page's main thread, or transferred to a worker. */
export type RawEnd = 'worker' | 'page'

export interface Raw {
  offer(end: RawEnd): Promise<RTCSessionDescriptionInit>
  answer(offer: RTCSessionDescriptionInit, end: RawEnd): Promise<RTCSessionDescriptionInit>
  accept(answer: RTCSessionDescriptionInit): Promise<void>
  send(length: number): Promise<void>
  /** Seconds from the call until the last byte. */
  receive(length: number): Promise<number>
}

const connection = new RTCPeerConnection({ iceServers: [] })
const held = Promise.withResolvers<(order: RawWork) => Promise<number | void>>()

/** Runs in the task that made the channel, or it could not be transferred. */
function hold(channel: RTCDataChannel, end: RawEnd): void {
  if (end === 'page') {
    channel.binaryType = 'arraybuffer'
    held.resolve(({ work, length }) =>
      work === 'send' ? sendAll(channel, length) : receiveAll(channel, length),
    )
    return
  }
  const worker = new Worker(new URL('./bench-raw.worker.ts', import.meta.url), { type: 'module' })
  const tell = (order: RawOrder, transfer: unknown[] = []) =>
    // TypeScript's DOM does not list RTCDataChannel among what is transferable.
    worker.postMessage(order, transfer as Transferable[])
  tell({ channel }, [channel])
  held.resolve((order) => {
    tell(order)
    return new Promise((resolve) =>
      worker.addEventListener('message', ({ data }: MessageEvent<number>) => resolve(data), {
        once: true,
      }),
    )
  })
}

async function described(): Promise<RTCSessionDescriptionInit> {
  await connection.setLocalDescription()
  await new Promise<void>((resolve) => {
    const check = () => connection.iceGatheringState === 'complete' && resolve()
    connection.addEventListener('icegatheringstatechange', check)
    check()
  })
  return connection.localDescription!.toJSON()
}

window.raw = {
  offer(end) {
    hold(connection.createDataChannel('raw'), end)
    return described()
  },
  async answer(offer, end) {
    connection.addEventListener('datachannel', ({ channel }) => hold(channel, end))
    await connection.setRemoteDescription(offer)
    return described()
  },
  accept: (answer) => connection.setRemoteDescription(answer),
  async send(length) {
    await (
      await held.promise
    )({ work: 'send', length })
  },
  async receive(length) {
    return (await (await held.promise)({ work: 'receive', length })) ?? NaN
  },
}

declare global {
  interface Window {
    raw: Raw
  }
}
