import type { OverlayNode } from '../contracts/overlay.ts'
import type { PeerId } from '../model/ids.ts'
import { SECOND, type Bytes, type Millis } from '../model/units.ts'
import type { RelayedChannel } from './relayed-channel.ts'

/** A connection nobody needs is kept this long, because one conversation often follows another. */
const LINGER: Millis = 3 * SECOND

/** What we have to do with each peer: who holds its connection open, and what a relay carried. */
export interface PeerBook {
  /** Holds the connection open; the answer lets go of it, once. */
  lease(peer: PeerId): () => void
  /** Holds it open and counts, until the channel is closed. */
  relayed(peer: PeerId, channel: RelayedChannel): void
  relayedBytes(peer: PeerId): Bytes
  /** What the relays still carry of its open wires; null when none is relayed. */
  relayedBytesLeft(peer: PeerId): Bytes | null
  stop(): void
}

/** A connection through a relay costs the relay, and its pings never end: it is closed when nobody talks. */
export function makePeerBook(node: Pick<OverlayNode, 'hangUp'>): PeerBook {
  const held = new Map<PeerId, number>()
  const lingering = new Map<PeerId, ReturnType<typeof setTimeout>>()
  const wires = new Map<PeerId, Set<RelayedChannel>>()
  const counted = new Map<PeerId, Bytes>()

  const lease = (peer: PeerId) => {
    clearTimeout(lingering.get(peer))
    lingering.delete(peer)
    held.set(peer, (held.get(peer) ?? 0) + 1)
    let released = false
    return () => {
      if (released) return
      released = true
      const left = (held.get(peer) ?? 1) - 1
      if (left > 0) return void held.set(peer, left)
      held.delete(peer)
      const linger = setTimeout(() => {
        lingering.delete(peer)
        node.hangUp(peer).catch(() => {}) // it is gone already
      }, LINGER)
      lingering.set(peer, linger)
    }
  }

  return {
    lease,
    relayed(peer, channel) {
      const letGo = lease(peer)
      const open = wires.get(peer) ?? new Set()
      wires.set(peer, open.add(channel))
      channel.addEventListener('close', () => {
        letGo()
        open.delete(channel)
        if (open.size === 0) wires.delete(peer)
        counted.set(peer, (counted.get(peer) ?? 0) + channel.bytesMoved)
      })
    },
    relayedBytes(peer) {
      const open = [...(wires.get(peer) ?? [])]
      return open.reduce((sum, { bytesMoved }) => sum + bytesMoved, counted.get(peer) ?? 0)
    },
    relayedBytesLeft(peer) {
      const open = wires.get(peer)
      if (open === undefined) return null
      return [...open].reduce((sum, { bytesLeft }) => sum + bytesLeft, 0)
    },
    stop() {
      for (const timer of lingering.values()) clearTimeout(timer)
    },
  }
}
