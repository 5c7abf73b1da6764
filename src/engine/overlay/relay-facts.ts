import * as v from 'valibot'
import { fetchUrl, readBody, type Fetch } from '../fetch-url.ts'
import type { ErrorIn } from '../model/errors.ts'
import { isPeerId, type PeerId } from '../model/ids.ts'
import { HEALTH_PATH, RELAY_FACTS_PATH } from '../model/overlay-ids.ts'
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

const facts = v.object({
  peerId: v.pipe(v.string(), v.check(isPeerId)),
  stun: v.nullish(v.pipe(v.string(), v.maxLength(300), v.regex(/^stun:[\w.[\]:-]+$/))),
})

/**
 * Asks a relay whether it is up and who it is, by requests alone. One that is named by its peer id
 * has to be that one. `overlay/no-relay` when it is up and nothing of the kind.
 */
export async function askRelay(
  fetch: Fetch,
  { origin, peerId }: RelayAddress,
  signal: AbortSignal,
): Promise<Result<KnownRelay, ErrorIn<'overlay'>>> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
  const get = async (path: string) => {
    try {
      const url = `${origin}${path}`
      const answer = await fetchUrl(fetch, url, {}, patience)
      return answer.ok ? await readBody(answer.value, url, MAX_LENGTH, patience) : answer
    } catch {
      signal.throwIfAborted()
      return null // it did not answer in time
    }
  }

  const health = await get(HEALTH_PATH)
  if (health?.ok !== true) return err({ kind: 'overlay/relay-unreachable', address: origin })
  const told = await get(RELAY_FACTS_PATH)
  const parsed = v.safeParse(facts, told?.ok === true ? jsonOf(told.value) : null)
  if (!parsed.success) {
    // Behind some proxies only the socket is let through: who is named needs no more telling.
    if (peerId !== null) return ok({ peerId, stun: null })
    return err({ kind: 'overlay/no-relay', address: origin })
  }
  const { output } = parsed
  // Checked by `isPeerId` above, which a schema's type does not show.
  const said = output.peerId as PeerId
  if (peerId !== null && said !== peerId) return err({ kind: 'overlay/no-relay', address: origin })
  return ok({ peerId: said, stun: output.stun ?? null })
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return value
  } catch {
    return null
  }
}
