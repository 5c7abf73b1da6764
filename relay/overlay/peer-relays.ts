import type { PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P, multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import type { Log } from '../log.ts'
import type { OverlayNode } from './overlay-node.ts'

/** The other relays that this one stays connected to. */
export interface PeerRelays {
  /** Whether this is the address of one of them: the only ones that this relay dials. */
  includes(address: Multiaddr): boolean
  /** Starts to dial, and goes on until `stop`. */
  keepDialling(node: OverlayNode): void
  readonly size: { readonly peerRelays: number; readonly connectedPeerRelays: number }
  stop(): void
}

export interface PeerRelaysDeps {
  /** Multiaddrs with the other relay's peer id at the end. */
  readonly addresses: readonly string[]
  readonly log: Log
  readonly random?: () => number
}

const DIAL_TIMEOUT = 10_000
/** Waits grow from the first to the second, in ms, each a random part of it: relays that lost the
 * same one do not come back in step. */
const FIRST_WAIT = 500
const LONGEST_WAIT = 30_000

/**
 * Pages reserve a place at one relay each. They find each other because the DHT servers of the
 * relays know each other, and reach each other by dialling the other's relay.
 */
export function makePeerRelays(deps: PeerRelaysDeps): PeerRelays {
  const { log, random = Math.random } = deps
  const addresses = deps.addresses.map((text) => multiaddr(text))
  const known = new Set(addresses.map(withoutPeer))
  const stopping = new AbortController()
  let connected = (): number => 0

  const keepOne = async (node: OverlayNode, address: Multiaddr): Promise<void> => {
    const peer = peerOf(address)
    let failures = 0
    while (!stopping.signal.aborted) {
      if (node.getConnections(peer).length > 0) {
        failures = 0
        await disconnected(node, peer, stopping.signal)
      } else {
        try {
          const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(DIAL_TIMEOUT)])
          await node.dial(address, { signal })
          log.debug('peer relay connected')
          continue
        } catch (thrown) {
          failures++
          log.debug('peer relay not reached', {
            reason: thrown instanceof Error ? thrown.name : 'unknown',
          })
        }
      }
      const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures)
      await pause(random() * longest, stopping.signal)
    }
  }

  return {
    includes: (address) => known.has(withoutPeer(address)),

    keepDialling(node) {
      connected = () =>
        addresses.filter((address) => node.getConnections(peerOf(address)).length > 0).length
      for (const address of addresses) {
        if (peerOf(address).equals(node.peerId)) {
          log.warn('a peer relay is this relay itself, and is left out')
          continue
        }
        void keepOne(node, address)
      }
    },

    get size() {
      return { peerRelays: addresses.length, connectedPeerRelays: connected() }
    },

    stop: () => stopping.abort(),
  }
}

function withoutPeer(address: Multiaddr): string {
  return address.decapsulateCode(CODE_P2P).toString()
}

/** The configuration was refused unless the last component is a peer id. */
function peerOf(address: Multiaddr): PeerId {
  return peerIdFromString(address.getComponents().at(-1)?.value ?? '')
}

function disconnected(node: OverlayNode, peer: PeerId, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      node.removeEventListener('peer:disconnect', onDisconnect)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const onDisconnect = ({ detail }: CustomEvent<PeerId>): void => {
      if (detail.equals(peer)) done()
    }
    node.addEventListener('peer:disconnect', onDisconnect)
    signal.addEventListener('abort', done)
    // It may have gone in the meantime.
    if (signal.aborted || node.getConnections(peer).length === 0) done()
  })
}

function pause(wait: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, wait)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
