import { makeRtcHost, type RtcHost } from '../../src/workers/page/rtc-host.ts'

export interface Libp2pPage {
  /** Starts a node in a worker and answers its WebRTC address, reserved on `relay`. */
  listen(relay: string): Promise<string>
  /** Dials that address and answers what came back of that many bytes, and by which way. */
  echo(address: string, length: number): Promise<EchoOutcome>
  live(): number
}

export interface EchoOutcome {
  readonly remoteAddress: string
  readonly limited: boolean
  readonly sameBytes: boolean
}

let worker: Worker
let host: RtcHost

const page: Libp2pPage = {
  listen(relay) {
    worker = new Worker(new URL('./rtc-libp2p.worker.ts', import.meta.url), { type: 'module' })
    const { port1, port2 } = new MessageChannel()
    host = makeRtcHost({ port: port1 })
    worker.postMessage({ relay, port: port2 }, [port2])
    return answer()
  },
  echo(address, length) {
    worker.postMessage({ address, length })
    return answer()
  },
  live: () => host.live,
}

function answer<Value>(): Promise<Value> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ value: Value } | { reason: Error }>) => {
      if ('value' in data) resolve(data.value)
      else reject(data.reason)
    }
  })
}

Object.assign(globalThis, { node: page })
