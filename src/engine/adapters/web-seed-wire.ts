import Wire from 'bittorrent-protocol'
import ltDontHave from 'lt_donthave'
import type { Metainfo } from '../model/metainfo.ts'
import { hexOf } from '../model/ids.ts'
import { SECOND, type Bytes, type Millis } from '../model/units.ts'

/** A web seed that failed a piece is asked for it again after this; doubles each time. */
const FIRST_RETRY: Millis = 5 * SECOND
const LONGEST_RETRY: Millis = 300 * SECOND
/** A server that sends nothing for this long has failed the piece. */
const RESPONSE_DEADLINE: Millis = 30 * SECOND

/** Called once for each failed request: a status, or no answer at all. */
type OnTrouble = (url: string, status: number | null) => void

/** The bytes `[start, end]` of one file behind one URL. */
interface Part {
  readonly url: string
  readonly start: Bytes
  readonly end: Bytes
}

/**
 * An HTTP server in the shape of a peer that has everything (BEP 19).
 *
 * WebTorrent brings one of its own; this one sends no header beside `Range`, which a server
 * need not allow beforehand (a single range is on the CORS safe list), escapes paths, and takes
 * only the very bytes it asked for.
 */
export class WebSeedWire extends Wire {
  /** What WebTorrent tells web seeds apart by. */
  readonly connId: string
  readonly #metainfo: Metainfo
  readonly #url: string
  readonly #onTrouble: OnTrouble
  readonly #gone = new AbortController()
  #retry = FIRST_RETRY

  constructor(url: string, metainfo: Metainfo, onTrouble: OnTrouble) {
    super('webSeed')
    this.connId = url
    this.#url = url
    this.#metainfo = metainfo
    this.#onTrouble = onTrouble

    this.setKeepAlive(true)
    this.use(ltDontHave())
    this.once('handshake', (infoHash: string) => {
      this.handshake(infoHash, wirePeerIdOf(url))
      this.bitfield(allOf(metainfo.pieceCount))
    })
    this.once('interested', () => this.unchoke())
    this.on(
      'request',
      (piece: number, offset: Bytes, length: Bytes, respond: Respond) =>
        void this.#answer(piece, offset, length, respond),
    )
  }

  async #answer(piece: number, offset: Bytes, length: Bytes, respond: Respond): Promise<void> {
    const start = piece * this.#metainfo.pieceLength + offset
    try {
      const parts = partsOf(this.#metainfo, this.#url, start, start + length)
      const bytes = new Uint8Array(length)
      let at = 0
      for (const part of parts) {
        bytes.set(await this.#fetch(part), at)
        at += part.end - part.start + 1
      }
      this.#retry = FIRST_RETRY
      respond(null, bytes)
    } catch (thrown) {
      if (this.#gone.signal.aborted) return
      const status = thrown instanceof BadStatus ? thrown.status : null
      this.#onTrouble(this.#url, status)
      this.lt_donthave?.donthave(piece)
      respond(thrown instanceof Error ? thrown : new Error(String(thrown)))
      setTimeout(() => {
        if (!this.destroyed) this.have(piece)
      }, this.#retry)
      this.#retry = Math.min(LONGEST_RETRY, this.#retry * 2)
    }
  }

  async #fetch({ url, start, end }: Part): Promise<Uint8Array> {
    const length = end - start + 1
    const response = await fetch(url, {
      headers: { range: `bytes=${start}-${end}` },
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.any([this.#gone.signal, AbortSignal.timeout(RESPONSE_DEADLINE)]),
    })
    // A server that ignores ranges would send the whole file for each piece.
    if (response.status !== 206) {
      await response.body?.cancel()
      throw new BadStatus(response.status)
    }
    const bytes = new Uint8Array(length)
    let at = 0
    for await (const chunk of response.body ?? []) {
      if (at + chunk.byteLength > length) throw new Error('more than was asked for')
      bytes.set(chunk, at)
      at += chunk.byteLength
    }
    if (at !== length) throw new Error('less than was asked for')
    return bytes
  }

  override _predestroy(): void {
    this.#gone.abort(new Error('the web seed was left'))
  }
}

type Respond = (error: Error | null, bytes?: Uint8Array) => void

class BadStatus extends Error {
  readonly status: number

  constructor(status: number) {
    super(`status ${status}`)
    this.status = status
  }
}

/** `[start, end)` of the torrent as parts of files, in order. */
function partsOf(metainfo: Metainfo, url: string, start: Bytes, end: Bytes): readonly Part[] {
  return metainfo.files
    .filter((file) => file.offset < end && file.offset + file.length > start)
    .map((file) => ({
      url: urlOf(metainfo, url, file.path),
      start: Math.max(start - file.offset, 0),
      end: Math.min(end - file.offset, file.length) - 1,
    }))
}

/** BEP 19: the URL of a folder, or one that ends in a slash, is completed by the file's path. */
function urlOf(metainfo: Metainfo, url: string, path: string): string {
  if (metainfo.single && !url.endsWith('/')) return url
  const base = url.endsWith('/') ? url : `${url}/`
  return base + path.split('/').map(encodeURIComponent).join('/')
}

/** A web seed has no wire peer id; WebTorrent only wants one that differs from its neighbours'. */
function wirePeerIdOf(url: string): string {
  const bytes = new TextEncoder().encode(url)
  const id = new Uint8Array(20)
  bytes.forEach((byte, at) => {
    id[at % 20] = ((id[at % 20] ?? 0) * 31 + byte) & 0xff
  })
  return hexOf(id)
}

function allOf(pieceCount: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(pieceCount / 8)).fill(0xff)
  const spare = bits.length * 8 - pieceCount
  if (bits.length > 0) bits[bits.length - 1] = (0xff << spare) & 0xff
  return bits
}
