import type { OverlaySnapshot, RelaySnapshot } from '../model/engine-state.ts'
import type { PeerId } from '../model/ids.ts'

/** What is told of the overlay, from what is known of each relay. */
export function overlaySnapshot(
  relays: ReadonlyArray<{ readonly snapshot: RelaySnapshot; readonly attempt: number }>,
  self: PeerId | null,
  peers: number,
): OverlaySnapshot {
  const snapshots = relays.map(({ snapshot }) => snapshot)
  const reserved = snapshots.find(({ state }) => state === 'reserved')
  if (reserved !== undefined && reserved.peerId !== null && self !== null) {
    return { name: 'reserved', self, relay: reserved.peerId, peers, relays: snapshots }
  }
  const trying = relays.find(({ snapshot }) => snapshot.state === 'connecting')
  if (trying !== undefined) {
    const { attempt, snapshot } = trying
    return { name: 'connecting', relay: snapshot.address, attempt, relays: snapshots }
  }
  const lost = snapshots
    .filter(({ state }) => state === 'lost')
    .sort((one, other) => (one.retryAt ?? 0) - (other.retryAt ?? 0))[0]
  if (lost === undefined || lost.error === null) return { name: 'off' }
  return { name: 'lost', error: lost.error, retryAt: lost.retryAt ?? 0, relays: snapshots }
}
