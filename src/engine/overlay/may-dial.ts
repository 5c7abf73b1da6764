import { mayAnnounceTo } from '../fetchable-url.ts'
import { parseRelayAddress } from './relay-address.ts'
import type { RelayKeeper } from './relay-keeper.ts'

/**
 * Whether an address may be dialled, whoever named it. Anybody may write addresses into provider
 * records, and a browser that dials them all can be made to knock at every door of its own network.
 *
 * Only what begins with a WebSocket to a relay: one of ours while it answers (a failed socket makes
 * the browser slow down the next ones), a stranger's by the rule for foreign trackers.
 */
export function mayDial(
  address: string,
  keepers: readonly Pick<RelayKeeper, 'address' | 'up'>[],
  pageHost: string,
): boolean {
  const [relay = ''] = address.split('/p2p-circuit', 1)
  const parsed = parseRelayAddress(relay)
  if (parsed === null) return false
  const ours = keepers.find((keeper) => keeper.address.origin === parsed.origin)
  if (ours !== undefined) return ours.up
  return mayAnnounceTo(parsed.origin.replace(/^http/, 'ws'), pageHost)
}
