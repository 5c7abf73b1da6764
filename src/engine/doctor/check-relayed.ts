import type { CheckResult } from '../model/doctor.ts'
import { hexOf, infoHashOfDigest, type WirePeerId } from '../model/ids.ts'
import { WIRE_PROTOCOL } from '../model/overlay-ids.ts'
import { SECOND, type Millis } from '../model/units.ts'
import { converse } from '../overlay/conversation.ts'
import { parseRelayAddress } from '../overlay/relay-address.ts'
import type { DoctorDeps } from './doctor-deps.ts'
import { overlaySettled } from './overlay-settled.ts'
import { withProbe } from './probe-node.ts'
import { within } from './within.ts'

/** A relay, two handshakes and one question. */
const ANSWER_WITHIN: Millis = 15 * SECOND

/**
 * Whether a stranger reaches this browser through a relay: one knocks, asks for a torrent that nobody
 * has, and hears so.
 */
export async function checkRelayed(
  deps: DoctorDeps,
  signal: AbortSignal,
): Promise<CheckResult<'relayed'>> {
  await overlaySettled(deps, signal)
  const self = await deps.identity()
  if (!self.ok) return { check: 'relayed', found: 'no-relay' }
  const { peerId, addresses } = self.value
  const circuits = addresses.filter((address) => /\/p2p-circuit(\/p2p\/\w+)?$/.test(address))
  if (circuits.length === 0) return { check: 'relayed', found: 'no-relay' }
  const relays = circuits.flatMap((address) => {
    const [relay = ''] = address.split('/p2p-circuit', 1)
    return parseRelayAddress(relay)?.origin ?? []
  })

  const heard = await withProbe(deps, relays, (node) =>
    within(ANSWER_WITHIN, signal, async (patience) => {
      const begun = performance.now()
      const stream = await node.open({ peerId, addresses: circuits }, WIRE_PROTOCOL, patience)
      const talk = converse(stream)
      talk.say({ type: 'wire', infoHash: noTorrent(), wirePeerId: nobody() })
      const answer = await talk.next()
      talk.end()
      const after = Math.round(performance.now() - begun)
      return answer?.type === 'refuse' ? { after, limit: stream.limit } : null
    }),
  ).catch((thrown: unknown) => {
    signal.throwIfAborted()
    deps.log.debug('the relayed path was not found', { thrown: String(thrown) })
    return null
  })
  if (heard === null) return { check: 'relayed', found: 'failed' }
  return { check: 'relayed', found: 'carries', ...heard }
}

function noTorrent() {
  return infoHashOfDigest(crypto.getRandomValues(new Uint8Array(20)))
}

function nobody(): WirePeerId {
  // 20 bytes, as a wire peer id has.
  return hexOf(crypto.getRandomValues(new Uint8Array(20))) as WirePeerId
}
