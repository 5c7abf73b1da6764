import { makeRtcHost, type RtcHost } from '../../src/workers/page/rtc-host.ts'
import type { Peer, PeerAnswer, PeerCall } from './rtc-bridge.worker.ts'

/** How the channels of this page reach its worker. */
export type Carriage = 'transfer' | 'carry' | 'refused-transfer'

export interface BridgePage {
  /** Starts a worker with the bridge. Once for a page. */
  start(carriage: Carriage): Promise<void>
  /** Asks the worker to do one of the things in `Peer`. */
  call(name: keyof Peer, args: readonly unknown[]): Promise<unknown>
  live(): number
  stopHost(): void
  terminateWorker(): void
}

let worker: Worker
let host: RtcHost
let nextCall = 1
const waiting = new Map<number, { resolve(value: unknown): void; reject(reason: Error): void }>()

const page: BridgePage = {
  start(carriage) {
    worker = new Worker(new URL('./rtc-bridge.worker.ts', import.meta.url), { type: 'module' })
    const { port1, port2 } = new MessageChannel()
    if (carriage === 'refused-transfer') refuseChannels(port1)
    host = makeRtcHost({ port: port1, transferChannels: carriage !== 'carry' })
    worker.onmessage = ({ data }: MessageEvent<PeerAnswer>) => {
      const caller = waiting.get(data.call)
      waiting.delete(data.call)
      if (data.ok) caller?.resolve(data.value)
      else caller?.reject(data.reason)
    }
    worker.postMessage({ port: port2 }, [port2])
    return Promise.resolve()
  },
  call(name, args) {
    const call = nextCall++
    worker.postMessage({ call, name, args } satisfies PeerCall)
    return new Promise((resolve, reject) => waiting.set(call, { resolve, reject }))
  },
  live: () => host.live,
  stopHost: () => host.stop(),
  terminateWorker: () => worker.terminate(),
}

Object.assign(globalThis, { bridge: page })

/** Makes a port behave as in a browser that cannot transfer a channel. */
function refuseChannels(port: MessagePort): void {
  const postMessage = port.postMessage.bind(port)
  port.postMessage = (message: unknown, transfer?: Transferable[] | StructuredSerializeOptions) => {
    const list = Array.isArray(transfer) ? transfer : []
    if (list.some((item) => item instanceof RTCDataChannel)) {
      throw new DOMException('not here', 'DataCloneError')
    }
    postMessage(message, list)
  }
}
