import MemoryChunkStore from 'memory-chunk-store'
import WebTorrent, { type StockTorrent } from 'webtorrent/dist/webtorrent.min.js'
import type { StockSeeded } from './stock.ts'

/** `opfs` is WebTorrent's own choice in a browser, `fsa-chunk-store`. */
export type StockStore = 'memory' | 'opfs'

export interface BenchStock {
  /** Resolves when the tracker has answered. */
  seed(name: string, length: number, tracker: string, store: StockStore): Promise<StockSeeded>
  /** Seconds from `add` until every piece is hashed and stored. */
  download(magnet: string, tracker: string, store: StockStore): Promise<number>
  /** Hex SHA-256 of the only file. */
  sha256(): Promise<string>
  remove(): Promise<void>
}

const client = new WebTorrent({ tracker: { rtcConfig: { iceServers: [] } } })
client.on('error', (error) => console.error(error))
let last: StockTorrent | null = null

const choice = (store: StockStore) => (store === 'memory' ? { store: MemoryChunkStore } : {})

window.benchStock = {
  async seed(name, length, tracker, store) {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; at += 65_536) {
      crypto.getRandomValues(bytes.subarray(at, Math.min(length, at + 65_536)))
    }
    const file = new File([bytes], name)
    const seeding = Promise.withResolvers<StockTorrent>()
    const announced = Promise.withResolvers<void>()
    client
      .seed(file, { announce: [tracker], ...choice(store) }, seeding.resolve)
      .on('trackerAnnounce', () => announced.resolve())
    const [torrent] = await Promise.all([seeding.promise, announced.promise])
    last = torrent
    return { infoHash: torrent.infoHash, magnet: torrent.magnetURI, sha256: await digest(bytes) }
  },

  async download(magnet, tracker, store) {
    const startedAt = performance.now()
    const torrent = client.add(magnet, { announce: [tracker], ...choice(store) })
    last = torrent
    await new Promise<void>((resolve) => torrent.on('done', () => resolve()))
    return (performance.now() - startedAt) / 1000
  },

  sha256: async () => digest(await (await last!.files[0]!.blob()).arrayBuffer()),

  remove: () => new Promise((resolve) => last!.destroy({ destroyStore: true }, () => resolve())),
}

async function digest(bytes: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

declare global {
  interface Window {
    benchStock: BenchStock
  }
}
