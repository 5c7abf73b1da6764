import type { OverlayNode } from '../contracts/overlay.ts'
import { parseRelayAddress } from '../overlay/relay-address.ts'
import type { DoctorDeps } from './doctor-deps.ts'

/** A stranger to everybody, who dials nothing but these relays, for as long as `act` takes. */
export async function withProbe<Value>(
  { makeNode }: Pick<DoctorDeps, 'makeNode'>,
  origins: readonly string[],
  act: (node: OverlayNode) => Promise<Value>,
): Promise<Value> {
  const node = await makeNode({
    seed: crypto.getRandomValues(new Uint8Array(32)),
    relays: 1,
    comment: 'chiral-doctor',
    webRtc: false,
    iceServers: () => [],
    mayDial: (address) => {
      const [relay = ''] = address.split('/p2p-circuit', 1)
      return origins.includes(parseRelayAddress(relay)?.origin ?? '')
    },
    onChange: () => {},
  })
  try {
    return await act(node)
  } finally {
    await node.stop()
  }
}
