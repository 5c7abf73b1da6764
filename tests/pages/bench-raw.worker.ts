import { receiveAll, sendAll } from './bench-raw-channel.ts'

export type RawOrder = { readonly channel: RTCDataChannel } | RawWork
export interface RawWork {
  readonly work: 'send' | 'receive'
  readonly length: number
}

let channel: RTCDataChannel

addEventListener('message', ({ data }: MessageEvent<RawOrder>) => {
  if ('channel' in data) {
    channel = data.channel
    channel.binaryType = 'arraybuffer'
    return
  }
  const work = data.work === 'send' ? sendAll : receiveAll
  void work(channel, data.length).then((answer) => postMessage(answer))
})
