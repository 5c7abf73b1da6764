import type { CheckResult } from '../model/doctor.ts'
import { SECOND, type Millis } from '../model/units.ts'
import type { RelayAddress } from '../overlay/relay-address.ts'
import { askRelay } from '../overlay/relay-facts.ts'
import { relayAddresses } from './check-relays.ts'
import type { DoctorDeps } from './doctor-deps.ts'
import { overlaySettled } from './overlay-settled.ts'
import { withProbe } from './probe-node.ts'
import { within } from './within.ts'

/** From the socket to the reservation. */
const RESERVE_WITHIN: Millis = 12 * SECOND

/**
 * Whether others reach this browser through a relay. What is held already is the answer; otherwise
 * somebody else tries, to see how far one comes.
 */
export async function checkReservation(
  deps: DoctorDeps,
  signal: AbortSignal,
): Promise<CheckResult<'reservation'>> {
  await overlaySettled(deps, signal)
  const told = deps.relays()
  const at = told.filter(({ state }) => state === 'reserved').length
  if (at > 0) return { check: 'reservation', found: 'held', at, of: told.length }
  const tries = await Promise.all(
    relayAddresses(deps).map((address) => tryToReserve(deps, address, signal)),
  )
  const held = tries.filter((outcome) => outcome === 'held').length
  if (held > 0) return { check: 'reservation', found: 'held', at: held, of: tries.length }
  const worst = (['refused', 'no-socket'] as const).find((outcome) => tries.includes(outcome))
  return { check: 'reservation', found: worst ?? 'no-relay' }
}

async function tryToReserve(
  deps: DoctorDeps,
  address: RelayAddress,
  signal: AbortSignal,
): Promise<'held' | 'refused' | 'no-socket' | 'no-relay'> {
  const known = await askRelay(deps.fetch, address, signal)
  if (!known.ok) return 'no-relay'
  const { peerId } = known.value
  return withProbe(deps, [address.origin], async (node) => {
    const met = () => node.connections().some((connection) => connection.peerId === peerId)
    const reserved = await within(RESERVE_WITHIN, signal, (patience) =>
      node.reserve(`${address.multiaddr}/p2p/${peerId}`, patience).then(() => true),
    ).catch((thrown: unknown) => {
      signal.throwIfAborted()
      deps.log.debug('a relay gave no reservation', { thrown: String(thrown) })
      return null
    })
    if (reserved === true) return 'held'
    return met() ? 'refused' : 'no-socket'
  })
}
