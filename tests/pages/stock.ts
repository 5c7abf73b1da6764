import WebTorrent, {
  type StockChunkStore,
  type StockGot,
  type StockTorrent,
} from 'webtorrent/dist/webtorrent.min.js'

/**
 * A page of somebody else's: stock WebTorrent with its own store, its own WebRTC and its own
 * tracker client. Only the third-party STUN servers it would ask by default are left out.
 */
export interface Stock {
  seed(name: string, length: number, tracker: string): Promise<StockSeeded>
  /** Resolves with the hex SHA-256 of the only file, once it is complete. */
  download(torrentId: string | readonly number[], tracker: string): Promise<string>
  /** Seeds this content, a character for each byte. */
  give(torrentFile: readonly number[], content: string, tracker: string): Promise<void>
  /** Seeds what it does not have: every piece it sends is zeros. */
  poison(torrentFile: readonly number[], tracker: string): Promise<void>
  peers(): number
  /** Payload bytes sent so far. */
  uploaded(): number
}

export interface StockSeeded {
  readonly infoHash: string
  readonly magnet: string
  readonly sha256: string
}

const client = new WebTorrent({ tracker: { rtcConfig: { iceServers: [] } } })
client.on('error', (error) => console.error(error))
let last: StockTorrent | null = null

const stock: Stock = {
  async seed(name, length, tracker) {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; at += 65_536) {
      crypto.getRandomValues(bytes.subarray(at, Math.min(length, at + 65_536)))
    }
    const torrent = await new Promise<StockTorrent>((resolve) =>
      client.seed(new File([bytes], name), { announce: [tracker] }, resolve),
    )
    last = torrent
    return {
      infoHash: torrent.infoHash,
      magnet: torrent.magnetURI,
      sha256: await sha256(bytes),
    }
  },

  async download(torrentId, tracker) {
    const id = typeof torrentId === 'string' ? torrentId : Uint8Array.from(torrentId)
    const torrent = client.add(id, { announce: [tracker] })
    last = torrent
    await new Promise<void>((resolve) => torrent.on('done', () => resolve()))
    const file = torrent.files[0]!
    return sha256(await (await file.blob()).arrayBuffer())
  },

  async give(torrentFile, content, tracker) {
    const bytes = Uint8Array.from(content, (letter) => letter.charCodeAt(0))
    await seedFrom(storeOf(bytes), torrentFile, tracker)
  },

  async poison(torrentFile, tracker) {
    await seedFrom(storeOf(null), torrentFile, tracker)
  },

  peers: () => last?.numPeers ?? 0,
  uploaded: () => last?.uploaded ?? 0,
}

async function seedFrom(
  store: unknown,
  torrentFile: readonly number[],
  tracker: string,
): Promise<void> {
  const torrent = client.add(Uint8Array.from(torrentFile), {
    announce: [tracker],
    store,
    skipVerify: true,
  })
  last = torrent
  await new Promise<void>((resolve) => torrent.on('ready', () => resolve()))
}

/** A store that has these bytes, or zeros without end. */
function storeOf(content: Uint8Array | null) {
  return class implements StockChunkStore {
    readonly chunkLength: number

    constructor(chunkLength: number) {
      this.chunkLength = chunkLength
    }

    put(_index: number, _chunk: Uint8Array, done: (error?: Error | null) => void): void {
      queueMicrotask(() => done(null))
    }

    get(
      index: number,
      options: { offset?: number; length?: number } | StockGot | null,
      done?: StockGot,
    ): void {
      // Stock's own cache leaves the options out.
      const answer = typeof options === 'function' ? options : done
      const { offset = 0, length = this.chunkLength - offset } =
        typeof options === 'function' ? {} : (options ?? {})
      const start = index * this.chunkLength + offset
      const bytes = content?.slice(start, start + length) ?? new Uint8Array(length)
      queueMicrotask(() => answer?.(null, bytes))
    }

    close(done: () => void): void {
      done()
    }

    destroy(done: () => void): void {
      done()
    }
  }
}

async function sha256(bytes: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

declare global {
  interface Window {
    stock: Stock
  }
}

window.stock = stock
