import * as v from 'valibot'
import type { Redemption, Redemptions } from '../contracts/redemptions.ts'
import { fetchUrl, readBody, type Fetch } from '../fetch-url.ts'
import { REDEMPTIONS_PATH } from '../model/overlay-ids.ts'
import { err, ok } from '../model/result.ts'
import { KIB, SECOND, type Bytes, type Millis } from '../model/units.ts'

/** A relay's answer has about 100 bytes. */
const MAX_LENGTH: Bytes = KIB
const PATIENCE: Millis = 10 * SECOND

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

const answer: v.GenericSchema<unknown, Redemption> = v.pipe(
  v.object({
    granted: v.boolean(),
    why: v.nullable(v.picklist(['used', 'expired', 'contradiction'])),
    used: count,
    uses: count,
    now: count,
  }),
  v.check(({ granted, why }) => granted === (why === null)),
)

/** Asks relays by HTTP. */
export function makeHttpRedemptions(fetch: Fetch): Redemptions {
  return {
    async claim(relayOrigin, { token, claim, uses, expires }, signal) {
      const url = `${relayOrigin}${REDEMPTIONS_PATH}`
      const body = JSON.stringify({ token, claim, uses, expires })
      const told = await posted(fetch, url, body, signal)
      if (!told.ok) return told
      const parsed = v.safeParse(answer, jsonOf(told.value))
      return parsed.success
        ? ok(parsed.output)
        : err({ kind: 'overlay/no-relay', address: relayOrigin })
    },
  }
}

async function posted(
  fetch: Fetch,
  url: string,
  body: string,
  signal: AbortSignal,
): ReturnType<typeof readBody> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
  try {
    const response = await fetchUrl(fetch, url, {}, patience, body)
    return response.ok ? await readBody(response.value, url, MAX_LENGTH, patience) : response
  } catch {
    signal.throwIfAborted()
    return err({ kind: 'http/unreachable', url })
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
