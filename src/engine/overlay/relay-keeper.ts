import type { Log } from '../contracts/log.ts'
import type { OverlayNode } from '../contracts/overlay.ts'
import type { Fetch } from '../fetch-url.ts'
import type { RelaySnapshot } from '../model/engine-state.ts'
import type { ErrorIn } from '../model/errors.ts'
import type { PeerId } from '../model/ids.ts'
import { SECOND, type Millis } from '../model/units.ts'
import { redialDelay } from './redial-delay.ts'
import type { RelayAddress } from './relay-address.ts'
import { askRelay } from './relay-facts.ts'

/** From the socket to the reservation. */
const RESERVE_WITHIN: Millis = 15 * SECOND
/** A relay that is none is not worth a request each second. */
const NO_RELAY_WAIT: Millis = 60 * SECOND

export interface RelayKeeperDeps {
  readonly address: RelayAddress
  /** As in the settings. */
  readonly name: string
  /** Made when it is first needed. */
  node(): Promise<OverlayNode>
  /** Relays whose reservation holds now. */
  reservedAt(): readonly PeerId[]
  readonly fetch: Fetch
  readonly log: Log
  onChange(): void
}

/** Keeps a reservation at one relay: asks whether it is up, dials, and does so again when it was lost. */
export interface RelayKeeper {
  readonly address: RelayAddress
  readonly snapshot: RelaySnapshot
  /** While it answers, and only then, its address may be dialled. */
  readonly up: boolean
  /** How often it was tried since it was last reserved. */
  readonly attempt: number
  /** Something about the node's connections changed. */
  look(): void
  retryNow(): void
  stop(): void
}

export function makeRelayKeeper(deps: RelayKeeperDeps): RelayKeeper {
  const { address, log } = deps
  const stopped = new AbortController()
  let snapshot: RelaySnapshot = {
    address: deps.name,
    peerId: address.peerId,
    state: 'connecting',
    error: null,
    retryAt: null,
    since: Date.now(),
    answeredAt: null,
    stun: null,
  }
  let up = false
  let attempt = 0
  let lostAt: Millis = performance.now()
  /** Ends the wait for the next attempt, or for the loss of the reservation. */
  let wake = () => {}

  const change = (next: Partial<RelaySnapshot>) => {
    const since = (next.state ?? snapshot.state) === snapshot.state ? snapshot.since : Date.now()
    snapshot = { ...snapshot, ...next, since }
    if (!stopped.signal.aborted) deps.onChange()
  }

  /** One attempt; null when it is reserved. */
  const attemptOnce = async (): Promise<ErrorIn<'overlay'> | null> => {
    const asked = await askRelay(deps.fetch, address, stopped.signal)
    if (!asked.ok) return asked.error
    const { peerId } = asked.value
    up = true
    change({ peerId, stun: asked.value.stun, answeredAt: Date.now() })
    const patience = AbortSignal.timeout(RESERVE_WITHIN)
    try {
      const to = `${address.multiaddr}/p2p/${peerId}`
      const node = await deps.node()
      await node.reserve(to, AbortSignal.any([stopped.signal, patience]))
      return null
    } catch (thrown) {
      stopped.signal.throwIfAborted()
      log.debug('no reservation', { address: address.origin, thrown: String(thrown) })
      if (patience.aborted) return { kind: 'overlay/reservation-refused', relay: peerId }
      return { kind: 'overlay/relay-unreachable', address: address.origin }
    }
  }

  const holds = (peerId: PeerId | null) => peerId !== null && deps.reservedAt().includes(peerId)

  const pause = (wait: Millis | null) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = wait === null ? undefined : setTimeout(resolve, wait)
    wake = resolve
    return promise.finally(() => clearTimeout(timer))
  }

  const run = async () => {
    while (!stopped.signal.aborted) {
      attempt += 1
      const error = await attemptOnce()
      if (error === null) {
        attempt = 0
        change({ state: 'reserved', error: null, retryAt: null })
        while (!stopped.signal.aborted && holds(snapshot.peerId)) await pause(null)
        lostAt = performance.now()
        up = false
        change({ state: 'connecting' })
        continue
      }
      up = false
      const away = performance.now() - lostAt
      const wait =
        error.kind === 'overlay/no-relay'
          ? NO_RELAY_WAIT
          : redialDelay(attempt - 1, away, Math.random())
      change({ state: 'lost', error, retryAt: Date.now() + wait })
      await pause(wait)
    }
  }
  run().catch((thrown: unknown) => {
    if (!stopped.signal.aborted)
      log.error('a relay is not kept any more', { thrown: String(thrown) })
  })

  return {
    address,
    get snapshot() {
      return snapshot
    },
    get up() {
      return up
    },
    get attempt() {
      return attempt
    },
    look() {
      if (snapshot.state === 'reserved' && !holds(snapshot.peerId)) wake()
    },
    retryNow() {
      if (snapshot.state === 'lost') wake()
    },
    stop() {
      stopped.abort(new DOMException('the overlay is stopped', 'AbortError'))
      wake()
    },
  }
}
