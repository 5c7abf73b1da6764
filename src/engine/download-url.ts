import type { PieceStore, PieceStores } from './contracts/piece-store.ts'
import { fetchUrl, type Fetch } from './fetch-url.ts'
import { toCause, type EngineError } from './model/errors.ts'
import type { InfoHash } from './model/ids.ts'
import { err, ok, type Result } from './model/result.ts'
import { MIB, type Bytes } from './model/units.ts'
import type { RateGate } from './swarm/rate-limit.ts'
import { URL_PIECE_LENGTH, type UrlFile } from './url-file.ts'

/** How much is kept before the record says so: at most this is fetched again after a crash. */
const CHECKPOINT: Bytes = 8 * MIB

export interface DownloadUrlDeps {
  readonly fetch: Fetch
  readonly stores: PieceStores
  gate(): RateGate
  /** The server said what the file is. */
  onIdentified(): void
  onReceived(bytes: Bytes): void
  /** What was written is safe: the record may say so. */
  onSafe(): void
}

/**
 * Fetches what is missing of a file (RFC 9110 ranges) and writes it, whole pieces as they fill; the
 * piece a break falls into is fetched again. However it ends, what was written is flushed and the
 * store is closed. Rejects with `signal.reason` only.
 */
export async function downloadUrl(
  deps: DownloadUrlDeps,
  infoHash: InfoHash,
  file: UrlFile,
  signal: AbortSignal,
): Promise<Result<void, EngineError>> {
  const answer = await askForRest(deps, file, signal)
  if (!answer.ok) return answer
  const response = answer.value
  deps.onIdentified()

  const opened = await deps.stores.open(infoHash, file.shape())
  if (!opened.ok) {
    await response.body?.cancel()
    return opened
  }
  const store = opened.value
  try {
    return await receive(deps, file, response, store, signal)
  } finally {
    if ((await store.flush()).ok) makeSafe(deps, file)
    await store.close()
  }
}

/** The answer whose body is what is missing. */
async function askForRest(
  { fetch }: DownloadUrlDeps,
  file: UrlFile,
  signal: AbortSignal,
): Promise<Result<Response, EngineError>> {
  const { url, keptBytes: from, length: known, validator } = file.http
  // A range always: then the answer is not compressed, and its length is the file's. Only that
  // header, too: any other makes a browser ask the server for leave first (Fetch, CORS).
  const answer = await fetchUrl(fetch, url, { range: `bytes=${from}-` }, signal)
  if (!answer.ok) return answer
  const response = answer.value
  const ranged = response.status === 206
  const length = lengthOf(response, ranged ? from : 0)
  const same = length === known && validatorOf(response) === validator
  if (from > 0 && !(ranged && same)) {
    await response.body?.cancel()
    return err({ kind: 'http/changed', url })
  }
  if (length === null) {
    await response.body?.cancel()
    return err({ kind: 'engine/unsupported', what: 'a file of unknown length' })
  }
  file.identify(length, validatorOf(response))
  return ok(response)
}

async function receive(
  deps: DownloadUrlDeps,
  file: UrlFile,
  response: Response,
  store: PieceStore,
  signal: AbortSignal,
): Promise<Result<void, EngineError>> {
  const { url, keptBytes } = file.http
  const length = file.http.length ?? 0
  let piece = keptBytes / URL_PIECE_LENGTH
  let filling = pieceBuffer(piece, length)
  let filled = 0
  try {
    for await (const chunk of response.body ?? []) {
      await deps.gate().request(chunk.byteLength, signal)
      signal.throwIfAborted()
      deps.onReceived(chunk.byteLength)
      for (let at = 0; at < chunk.byteLength;) {
        if (filling.byteLength === 0) return err({ kind: 'http/changed', url })
        const part = chunk.subarray(at, at + filling.byteLength - filled)
        filling.set(part, filled)
        filled += part.byteLength
        at += part.byteLength
        if (filled < filling.byteLength) continue
        const written = await store.write(piece, filling)
        if (!written.ok) return written
        file.counts?.good(piece)
        piece += 1
        filling = pieceBuffer(piece, length)
        filled = 0
        if ((piece * URL_PIECE_LENGTH) % CHECKPOINT !== 0) continue
        const flushed = await store.flush()
        if (!flushed.ok) return flushed
        makeSafe(deps, file)
      }
    }
  } catch (thrown) {
    signal.throwIfAborted()
    const broke = thrown instanceof TypeError
    return err(
      broke ? { kind: 'http/unreachable', url } : { kind: 'engine/bug', cause: toCause(thrown) },
    )
  }
  return file.complete ? store.flush() : err({ kind: 'http/unreachable', url })
}

function makeSafe(deps: DownloadUrlDeps, file: UrlFile): void {
  file.safe()
  deps.onSafe()
}

/** Empty after the last piece: whatever comes then is more than the file has. */
function pieceBuffer(piece: number, length: Bytes): Uint8Array<ArrayBuffer> {
  const left = length - piece * URL_PIECE_LENGTH
  return new Uint8Array(Math.max(0, Math.min(URL_PIECE_LENGTH, left)))
}

function lengthOf(response: Response, from: Bytes): Bytes | null {
  const text = response.headers.get('content-length')
  if (text === null || !/^\d{1,15}$/.test(text)) return null
  return from + Number(text)
}

/** Weak entity tags do not promise the same bytes (RFC 9110 §13.1.5). */
function validatorOf(response: Response): string | null {
  const tag = response.headers.get('etag')
  if (tag !== null && !tag.startsWith('W/')) return tag
  return response.headers.get('last-modified')
}
