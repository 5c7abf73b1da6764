import type { PeerId } from '../../engine/model/ids.ts'

/** All of our peer ids begin alike (`12D3KooW`), so both ends of the rest are shown. */
export function shortPeerId(peerId: PeerId): string {
  return `${peerId.slice(8, 13)}…${peerId.slice(-5)}`
}
