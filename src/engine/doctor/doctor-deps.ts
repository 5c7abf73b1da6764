import type { Log } from '../contracts/log.ts'
import type { OverlayNode, OverlayNodeSpec } from '../contracts/overlay.ts'
import type { RtcConfig, RtcConnections } from '../contracts/rtc.ts'
import type { Fetch } from '../fetch-url.ts'
import type { IdentitySnapshot, RelaySnapshot } from '../model/engine-state.ts'
import type { EngineError } from '../model/errors.ts'
import type { Result } from '../model/result.ts'
import type { OpenWebSocket } from '../swarm/tracker-socket.ts'

/** What the doctor looks through. */
export interface DoctorDeps {
  readonly fetch: Fetch
  readonly rtc: RtcConnections
  /** As new connections of public torrents have it. */
  rtcConfig(): RtcConfig
  readonly openWebSocket: OpenWebSocket
  /** Relays and trackers in use, as the settings name them. */
  relayNames(): readonly string[]
  trackers(): readonly string[]
  /** How the overlay is doing with each relay. */
  relays(): readonly RelaySnapshot[]
  identity(): Promise<Result<IdentitySnapshot, EngineError>>
  /** A peer of its own for the time of a check, with a key nobody has seen. */
  makeNode(spec: OverlayNodeSpec): Promise<OverlayNode>
  /** The browser, as it calls itself. */
  readonly userAgent: string
  readonly log: Log
}
