import * as v from 'valibot'
import { fetchUrl, readBody, type Fetch } from '../fetch-url.ts'
import type { ErrorIn } from '../model/errors.ts'
import { isPeerId, type PeerId } from '../model/ids.ts'
import { RELAY_FACTS_PATH, type RelayFacts } from '../model/overlay-ids.ts'
import { err, ok, type Result } from '../model/result.ts'
import { KIB, SECOND, type Bytes, type Millis } from '../model/units.ts'
import type { RelayAddress } from './relay-address.ts'

const MAX_LENGTH: Bytes = 16 * KIB
const PATIENCE: Millis = 5 * SECOND

export interface KnownRelay {
  readonly peerId: PeerId
  /** `stun:host:port`; null when it has none. */
  readonly stun: string | null
}

const facts: v.GenericSchema<unknown, RelayFacts> = v.object({
  peerId: v.pipe(v.string(), v.check(isPeerId)),
  stun: v.nullable(
    v.object({ port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)) }),
  ),
})

/**
 * Asks a relay whether it is up and who it is, by a request: browsers slow down sockets after some
 * have failed, but not requests. One that is named by its peer id has to be that one.
 * `overlay/no-relay` when something is there and it is no relay, or another.
 */
export async function askRelay(
  fetch: Fetch,
  { origin, peerId }: RelayAddress,
  signal: AbortSignal,
): Promise<Result<KnownRelay, ErrorIn<'overlay'>>> {
  const url = `${origin}${RELAY_FACTS_PATH}`
  const told = await get(fetch, url, signal)
  if (told === null || (!told.ok && told.error.kind === 'http/unreachable')) {
    return err({ kind: 'overlay/relay-unreachable', address: origin })
  }
  const parsed = v.safeParse(facts, told.ok ? jsonOf(told.value) : null)
  if (!parsed.success || !isPeerId(parsed.output.peerId)) {
    // Behind some proxies only the socket is let through: who is named needs no more telling.
    if (peerId !== null) return ok({ peerId, stun: null })
    return err({ kind: 'overlay/no-relay', address: origin })
  }
  const { peerId: said, stun } = parsed.output
  if (peerId !== null && said !== peerId) return err({ kind: 'overlay/no-relay', address: origin })
  const { hostname } = new URL(origin)
  return ok({ peerId: said, stun: stun === null ? null : `stun:${hostname}:${stun.port}` })
}

/** Null when it did not answer in time. */
async function get(fetch: Fetch, url: string, signal: AbortSignal) {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
  try {
    const answer = await fetchUrl(fetch, url, {}, patience)
    return answer.ok ? await readBody(answer.value, url, MAX_LENGTH, patience) : answer
  } catch {
    signal.throwIfAborted()
    return null
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return value
  } catch {
    return null
  }
}
