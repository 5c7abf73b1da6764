import type { RtcFailure } from '../../engine/contracts/rtc.ts'
import type { ConnectionId, RtcToPage, RtcToWorker } from '../protocol/rtc.ts'

/** What a connection needs of the port it shares with all others of its worker. */
export interface Bridge<Connection> {
  /** A place for one more connection, or why there is none. */
  enter(connection: Connection): Place | RtcFailure
  post(message: RtcToPage, transfer?: Transferable[]): void
}

/** One connection's seat in the budget, its deadline, and its messages. */
export interface Place {
  readonly id: ConnectionId
  /** It connected: it is not pending any more, and has no deadline. */
  connected(): void
  /** Gives everything up: seat, deadline and messages. */
  leave(): void
}

export type ToConnection = Exclude<RtcToWorker, { readonly type: 'gone' }>
