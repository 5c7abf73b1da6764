import { installRtcShim } from '../../src/workers/worker/rtc-shim.ts'

type Order =
  | { readonly relay: string; readonly port: MessagePort }
  | { readonly address: string; readonly length: number }

/** libp2p reads the WebRTC classes when it is imported, so it comes after the shim. */
const nodeModule = () => import('./rtc-libp2p-node.ts')

async function carryOut(order: Order): Promise<unknown> {
  if ('relay' in order) {
    installRtcShim(order.port)
    return (await nodeModule()).listen(order.relay)
  }
  return (await nodeModule()).echo(order.address, order.length)
}

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  carryOut(data).then(
    (value) => postMessage({ value }),
    (reason: unknown) => postMessage({ reason: new Error(String(reason)) }),
  )
})
