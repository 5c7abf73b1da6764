import { fetchUrl } from '../fetch-url.ts'
import type { CheckResult } from '../model/doctor.ts'
import { HEALTH_PATH } from '../model/overlay-ids.ts'
import { SECOND, type Millis } from '../model/units.ts'
import { parseRelayAddress, type RelayAddress } from '../overlay/relay-address.ts'
import { askRelay } from '../overlay/relay-facts.ts'
import type { DoctorDeps } from './doctor-deps.ts'
import { within } from './within.ts'

/** A relay on the other side of the world answers in a fraction of it. */
const ANSWER_WITHIN: Millis = 6 * SECOND

/** Whether the relays of the settings answer a request. */
export async function checkRelays(
  deps: Pick<DoctorDeps, 'fetch' | 'relayNames'>,
  signal: AbortSignal,
): Promise<CheckResult<'relays'>> {
  const addresses = relayAddresses(deps)
  if (addresses.length === 0) return { check: 'relays', found: 'none-set' }
  const begun = performance.now()
  const answers = await Promise.all(
    addresses.map(async (address) => {
      const answer = await ask(deps, address, signal)
      return { answer, after: performance.now() - begun }
    }),
  )
  const answering = answers.filter(({ answer }) => answer === 'ready')
  if (answering.length === 0) {
    const other = answers.some(({ answer }) => answer === 'no-relay')
    return { check: 'relays', found: other ? 'no-relay' : 'silent' }
  }
  const after = Math.round(Math.min(...answering.map(({ after }) => after)))
  return {
    check: 'relays',
    found: 'answer',
    answering: answering.length,
    of: answers.length,
    after,
  }
}

/** Those that can be read as such. */
export function relayAddresses({ relayNames }: Pick<DoctorDeps, 'relayNames'>): RelayAddress[] {
  return relayNames().flatMap((name) => parseRelayAddress(name) ?? [])
}

/** Its health first: that is what it says of itself. Some others tell only who they are. */
async function ask(
  { fetch }: Pick<DoctorDeps, 'fetch'>,
  address: RelayAddress,
  signal: AbortSignal,
): Promise<'ready' | 'no-relay' | 'silent'> {
  const url = `${address.origin}${HEALTH_PATH}`
  const health = await within(ANSWER_WITHIN, signal, (patience) =>
    fetchUrl(fetch, url, {}, patience),
  )
  if (health === null) return 'silent'
  if (health.ok) {
    await health.value.body?.cancel()
    return 'ready'
  }
  const known = await askRelay(fetch, { ...address, peerId: null }, signal)
  if (known.ok) return 'ready'
  return known.error.kind === 'overlay/no-relay' ? 'no-relay' : 'silent'
}
