import type { FoundPeer, OverlayNode } from '../contracts/overlay.ts'
import type { InfoHash, PeerId } from '../model/ids.ts'
import type { PeerSource } from '../model/swarm-policy.ts'
import { providerKeyOf } from './provider-key.ts'

/** How peers of one torrent are met in the overlay, and who of them may come in. */
export interface MeetingDoor {
  /** What we are found, and look, under now; null when nobody is looked for that way. */
  key(): Uint8Array<ArrayBuffer> | null
  /** Whom we call on though no record names them. */
  called(): readonly FoundPeer[]
  /** Of those who come to us. */
  readonly arrivals: Extract<PeerSource, 'overlay' | 'invite'>
  /**
   * The gate: asked before a peer hears anything about the torrent, and again at every step. A
   * peer it does not let in hears what it would hear where the torrent is not known.
   */
  admits(peer: PeerId): boolean
  /**
   * Before a peer is offered anything: both say who they are, and learn what the other knows.
   * True when each lets the other in. Rejects when it cannot be reached.
   */
  introduce(node: OverlayNode, to: FoundPeer, signal: AbortSignal): Promise<boolean>
}

/** Everybody may come in, and finds us by the info hash. */
export function publicDoor(infoHash: InfoHash): MeetingDoor {
  const key = providerKeyOf(infoHash)
  return {
    key: () => key,
    called: () => [],
    arrivals: 'overlay',
    admits: () => true,
    introduce: () => Promise.resolve(true),
  }
}
