/** The part of stock WebTorrent, as npm ships it for pages, that the stock page uses. */
declare module 'webtorrent/dist/webtorrent.min.js' {
  interface StockFile {
    readonly path: string
    readonly length: number
    blob(): Promise<Blob>
  }

  export interface StockTorrent {
    readonly infoHash: string
    readonly magnetURI: string
    readonly torrentFile: Uint8Array
    readonly files: readonly StockFile[]
    readonly done: boolean
    readonly numPeers: number
    readonly uploaded: number
    readonly received: number
    on(event: string, listener: (...details: unknown[]) => void): void
    destroy(options?: { destroyStore?: boolean }, done?: () => void): void
  }

  export type StockGot = (error: Error | null, chunk?: Uint8Array) => void

  export interface StockChunkStore {
    readonly chunkLength: number
    put(index: number, chunk: Uint8Array, done: (error?: Error | null) => void): void
    get(
      index: number,
      options: { offset?: number; length?: number } | StockGot | null,
      done?: StockGot,
    ): void
    close(done: () => void): void
    destroy(done: () => void): void
  }

  export default class WebTorrent {
    constructor(options?: { tracker?: { rtcConfig: RTCConfiguration } })
    seed(
      files: File | readonly File[],
      options: { announce: readonly string[]; name?: string; store?: unknown },
      seeding: (torrent: StockTorrent) => void,
    ): StockTorrent
    add(
      torrentId: string | Uint8Array,
      options: { announce?: readonly string[]; store?: unknown; skipVerify?: boolean },
    ): StockTorrent
    on(event: 'error', listener: (error: Error) => void): void
    destroy(done?: () => void): void
  }
}

declare module 'memory-chunk-store' {
  const MemoryChunkStore: unknown
  export default MemoryChunkStore
}
