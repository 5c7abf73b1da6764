import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Admission } from '../admission.ts'
import type { Log } from '../log.ts'
import { makeAddressPace } from './address-pace.ts'
import { REDEMPTION_LIMITS, type RedemptionLimits } from './redemption-limits.ts'
import type { Redemptions } from './redemptions.ts'
import type { Claim } from './use-counters.ts'

export interface RedemptionsDoor {
  /** Answers one request to `REDEMPTIONS_PATH`. `address` is whom it counts against. */
  answer(request: IncomingMessage, response: ServerResponse, address: string | null): void
}

export interface RedemptionsDoorDeps {
  readonly redemptions: Redemptions
  readonly admission: Admission
  readonly log: Log
  readonly limits?: RedemptionLimits
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

/**
 * `POST` with `{token, claim, uses, expires}` as JSON, whatever its content type. Answers 200 with
 * `{granted, why, used, uses, now}`, where `why` says what a refused claim was refused for.
 *
 * Open to pages of every origin, since an invite may name a relay that does not serve the page.
 * There are no cookies, so another page can do here what its own server could: nothing without
 * the token, which is a hash of what only the invite has, except use up the pace of its visitor.
 */
export function makeRedemptionsDoor(deps: RedemptionsDoorDeps): RedemptionsDoor {
  const { redemptions, admission, log, limits = REDEMPTION_LIMITS, now = Date.now } = deps
  const requests = makeAddressPace(
    { burst: limits.requests, interval: limits.requestInterval },
    now,
  )
  const newTokens = makeAddressPace(
    { burst: limits.newTokens, interval: limits.newTokenInterval },
    now,
  )
  const newUses = makeAddressPace({ burst: limits.newUses, interval: limits.newUseInterval }, now)

  const hasRoom = (claim: Claim, address: string | null): boolean => {
    const room = redemptions.takes(claim)
    if (room === 'token' && !newTokens.take(address)) return false
    return room === 'nothing' || newUses.take(address)
  }
  const onBody = async (
    body: Buffer,
    response: ServerResponse,
    address: string | null,
  ): Promise<void> => {
    const claim = claimIn(body, limits, now())
    if (typeof claim === 'string') {
      log.debug('redemption refused', { reason: claim })
      return refuse(response, 400, claim)
    }
    if (!hasRoom(claim, address)) {
      return refuse(response, 429, 'This address brings too many invites, or people.')
    }
    const redemption = await redemptions.claim(claim)
    if (redemption.name === 'unavailable') {
      return refuse(response, 503, 'Uses cannot be counted now. Try again later.')
    }
    const { used } = redemption
    const { why, uses } =
      redemption.name === 'refused' ? redemption : { why: null, uses: claim.uses }
    log.debug('redemption answered', { why: why ?? 'granted' })
    send(response, 200, { granted: why === null, why, used, uses, now: now() })
  }

  return {
    answer(request, response, address) {
      response.setHeader('Access-Control-Allow-Origin', '*')
      response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
      if (request.method === 'OPTIONS') return allow(response)
      if (request.method !== 'POST') {
        response.setHeader('Allow', 'POST, OPTIONS')
        return refuse(response, 405, 'Only POST is answered here.')
      }
      const leave = requests.take(address) ? admission.admit(address) : null
      if (leave === null) {
        request.resume()
        response.setHeader('Retry-After', '10')
        return refuse(response, 429, 'There are too many requests from this address.')
      }
      response.once('close', leave)
      readBody(request, limits.bodyBytes, (body) => {
        if (body === null) return refuseTooLong(request, response)
        onBody(body, response, address).catch((thrown) => {
          log.error('redemption failed', { reason: String(thrown) })
          response.destroy()
        })
      })
    },
  }
}

/** Calls back once, with `null` past the limit; never when the request is broken off. */
function readBody(
  request: IncomingMessage,
  limit: number,
  done: (body: Buffer | null) => void,
): void {
  const chunks: Buffer[] = []
  let length = 0
  const onData = (chunk: Buffer): void => {
    length += chunk.length
    chunks.push(chunk)
    if (length <= limit) return
    request.off('data', onData).off('end', onEnd).pause()
    done(null)
  }
  const onEnd = (): void => done(Buffer.concat(chunks))
  request.on('error', () => {})
  request.on('data', onData).once('end', onEnd)
}

/** Nothing more is read: the connection ends with the answer. */
function refuseTooLong(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Connection', 'close')
  response.once('finish', () => request.socket.destroySoon())
  refuse(response, 413, 'This is too long.')
}

/** The sentence says what is wrong with it. */
function claimIn(body: Buffer, limits: RedemptionLimits, now: number): Claim | string {
  let parsed: unknown
  try {
    parsed = JSON.parse(body.toString('utf8'))
  } catch {
    return 'This is not JSON.'
  }
  if (typeof parsed !== 'object' || parsed === null) return 'This is not an object.'
  // Only own fields: what a prototype has was sent by nobody.
  const fields = new Map<string, unknown>(Object.entries(parsed))
  const [token, claim] = [fields.get('token'), fields.get('claim')]
  const [uses, expires] = [fields.get('uses'), fields.get('expires')]
  if (!isDigest(token) || !isDigest(claim)) return 'A token and a claim have 64 hex digits.'
  if (!isWhole(uses) || uses < 1 || uses > limits.uses) {
    return `An invite is used 1 to ${limits.uses} times.`
  }
  if (!isWhole(expires) || expires < 0 || expires * 1000 > now + limits.lifetime) {
    return 'An invite expires sooner, in seconds since 1970.'
  }
  return { token, claim, uses, expires }
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

/** To a browser's question before a request with headers of its own. */
function allow(response: ServerResponse): void {
  response.writeHead(204, {
    'Access-Control-Allow-Methods': 'POST',
    'Access-Control-Allow-Headers': 'Content-Type',
    'Access-Control-Max-Age': '86400',
  })
  response.end()
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  send(response, status, { error: `${STATUS_CODES[status] ?? ''}: ${sentence}` })
}

function send(response: ServerResponse, status: number, value: object): void {
  const body = JSON.stringify(value)
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  })
  response.end(body)
}
