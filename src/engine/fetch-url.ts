import type { ErrorIn } from './model/errors.ts'
import { err, ok, type Result } from './model/result.ts'
import { SECOND, type Bytes, type Millis } from './model/units.ts'

/** A server that has not begun to answer by then is called unreachable. */
const RESPONSE_DEADLINE: Millis = 30 * SECOND

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * Asks for a URL a person gave: no cookies, no referrer. `http/unreachable` covers everything a
 * browser does not tell apart: no network, no such host, CORS, mixed content.
 *
 * @param body sent by POST as plain text, about which a browser asks no server first
 */
export async function fetchUrl(
  fetch: Fetch,
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  body: string | null = null,
): Promise<Result<Response, ErrorIn<'http'>>> {
  signal.throwIfAborted()
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), RESPONSE_DEADLINE)
  try {
    const response = await fetch(url, {
      ...(body !== null && { method: 'POST', body }),
      headers,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.any([signal, deadline.signal]),
    })
    if (response.ok) return ok(response)
    await response.body?.cancel()
    return err({ kind: 'http/status', url, status: response.status })
  } catch {
    signal.throwIfAborted()
    return err({ kind: 'http/unreachable', url })
  } finally {
    clearTimeout(timer)
  }
}

/** A whole body of at most `limit` bytes. */
export async function readBody(
  response: Response,
  url: string,
  limit: Bytes,
  signal: AbortSignal,
): Promise<Result<Uint8Array<ArrayBuffer>, ErrorIn<'http'>>> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.byteLength
      // Leaving the loop cancels the body.
      if (length > limit) return err({ kind: 'http/too-large', url, limit })
      chunks.push(chunk)
    }
  } catch {
    signal.throwIfAborted()
    return err({ kind: 'http/unreachable', url })
  }
  const body = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    body.set(chunk, at)
    at += chunk.byteLength
  }
  return ok(body)
}
