import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface'
import { getNetConfig } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import { WebSockets } from '@multiformats/multiaddr-matcher'
import { countedAddressOf } from '../client-address.ts'
import { isRefusal, type Refusal, type Ticket } from './overlay-admission.ts'
import type { OverlayLimits } from './overlay-limits.ts'

/** What the gater has to know of the node, which does not exist yet when the gater is made. */
export interface NodeFacts {
  connectionsOf(peer: PeerId): ReadonlyArray<{ readonly remoteAddr: Multiaddr }>
  /** The addresses of everybody who holds a reservation, one for each. */
  reservedAddresses(): Iterable<Multiaddr>
  hasReservation(peer: PeerId): boolean
  /** Whether a circuit between these two would be one too many. */
  isCircuitTooMany(from: PeerId, to: PeerId): boolean
  /** Whether the operator named this address as another relay's. */
  isPeerRelay(address: Multiaddr): boolean
  /** Admits a connection that did not come through the front door, by whom it counts against. */
  admit(address: string | null): Ticket | Refusal
}

/**
 * Who may connect, reserve and be connected to.
 *
 * The relay itself dials nobody but the relays it was told of: addresses that strangers hand out,
 * in identify or in the DHT, would otherwise make it connect into the operator's own network.
 */
export function makeOverlayGater(facts: NodeFacts, limits: OverlayLimits): ConnectionGater {
  const tickets = new WeakMap<MultiaddrConnection, Ticket>()

  return {
    denyDialMultiaddr: (address) => !facts.isPeerRelay(address),

    denyInboundConnection(connection) {
      if (WebSockets.matches(connection.remoteAddr)) return false
      const ticket = facts.admit(countedAddressOfMultiaddr(connection.remoteAddr))
      if (isRefusal(ticket)) return true
      tickets.set(connection, ticket)
      connection.addEventListener('close', () => ticket.leave(), { once: true })
      return false
    },

    // A key that an id does not contain is not checked against it by Noise; ours always do.
    denyInboundEncryptedConnection(peer, connection) {
      tickets.get(connection)?.proved()
      return (
        peer.type !== 'Ed25519' || facts.connectionsOf(peer).length >= limits.connectionsPerPeer
      )
    },

    denyInboundRelayReservation(peer) {
      if (facts.hasReservation(peer)) return false
      const address = facts.connectionsOf(peer)[0]?.remoteAddr
      const counted = address === undefined ? null : countedAddressOfMultiaddr(address)
      if (counted === null) return false
      let taken = 0
      for (const other of facts.reservedAddresses()) {
        if (countedAddressOfMultiaddr(other) === counted) taken++
      }
      return taken >= limits.reservationsPerAddress
    },

    denyOutboundRelayedConnection: (from, to) => facts.isCircuitTooMany(from, to),
  }
}

function countedAddressOfMultiaddr(address: Multiaddr): string | null {
  try {
    return countedAddressOf(getNetConfig(address).host)
  } catch {
    return null
  }
}
