/** What the tests use of the stock client; the package ships no types. */
declare module 'bittorrent-tracker/client' {
  import type { EventEmitter } from 'node:events'

  /** A `simple-peer` of the stock client: a WebRTC connection that is not open yet. */
  export interface StockPeer extends EventEmitter {
    /** Hexadecimal wire peer id of the other side. */
    readonly id: string
    send(text: string): void
    destroy(): void
  }

  export interface StockClientOptions {
    /** Hexadecimal. */
    readonly infoHash: string
    readonly peerId: string
    readonly announce: string
    /** Of the classic client; only Node asks for it, and the web tracker never hears of it. */
    readonly port: number
    readonly rtcConfig: RTCConfiguration
    readonly getAnnounceOpts?: () => object
  }

  /** Emits `update`, `scrape`, `peer` and `warning`. */
  export default class StockClient extends EventEmitter {
    constructor(options: StockClientOptions)
    start(options?: object): void
    update(options?: object): void
    complete(options?: object): void
    stop(options?: object): void
    scrape(options?: object): void
    destroy(callback?: () => void): void
  }
}
