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
  /** How many channels went to the worker by transfer. */
  transferred(): number
  stopHost(): void
  terminateWorker(): void
}

let worker: Worker
let host: RtcHost
let nextCall = 1
let transferred = 0
const waiting = new Map<number, { resolve(value: unknown): void; reject(reason: Error): void }>()

const page: BridgePage = {
  start(carriage) {
    worker = new Worker(new URL('./rtc-bridge.worker.ts', import.meta.url), { type: 'module' })
    const { port1, port2 } = new MessageChannel()
    watchTransfers(port1, carriage === 'refused-transfer')
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
  transferred: () => transferred,
  stopHost: () => host.stop(),
  terminateWorker: () => worker.terminate(),
}

Object.assign(globalThis, { bridge: page })

/** Counts the channels that are transferred; `refuse` is a browser that cannot transfer any. */
function watchTransfers(port: MessagePort, refuse: boolean): void {
  const postMessage = port.postMessage.bind(port)
  port.postMessage = (message: unknown, transfer?: Transferable[] | StructuredSerializeOptions) => {
    const list = Array.isArray(transfer) ? transfer : []
    const channels = list.filter((item) => item instanceof RTCDataChannel).length
    if (channels > 0 && refuse) throw new DOMException('not here', 'DataCloneError')
    postMessage(message, list)
    transferred += channels
  }
}
