import { WebSocket } from 'ws'
import type { TrackerLimits } from './tracker-limits.ts'
import type { Connection } from './tracker-swarms.ts'

/** One WebSocket of the tracker: what may be sent to it, and whether anybody is still there. */
export class TrackerConnection implements Connection {
  readonly #socket: WebSocket
  readonly #limits: TrackerLimits
  #alive = true
  #probe: PromiseWithResolvers<boolean> | null = null
  #malformed = 0

  constructor(socket: WebSocket, limits: TrackerLimits) {
    this.#socket = socket
    this.#limits = limits
    socket.on('pong', () => this.showLife())
  }

  get congested(): boolean {
    return this.#socket.bufferedAmount > this.#limits.unsentBytes / 4
  }

  /** A peer that does not read what it asked for is cut off before it costs memory. */
  send(text: string): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return
    if (this.#socket.bufferedAmount > this.#limits.unsentBytes) this.#socket.terminate()
    else this.#socket.send(text)
  }

  /** Counts a malformed message; true when there have been too many. */
  strike(): boolean {
    return ++this.#malformed >= this.#limits.malformedMessages
  }

  showLife(): void {
    this.#alive = true
    this.#probe?.resolve(true)
  }

  /** To be called once a heartbeat. A connection that was silent for a whole one is dropped. */
  beat(): void {
    // Nothing is read from a sender that is kept waiting, pongs neither.
    if (this.#socket.isPaused) return
    if (!this.#alive) return this.#socket.terminate()
    this.#alive = false
    this.#ping()
  }

  /** Whether the other side answers a ping in time. Asked by several at once, it pings once. */
  probe(): Promise<boolean> {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.resolve(false)
    if (this.#socket.isPaused) return Promise.resolve(true)
    if (this.#probe !== null) return this.#probe.promise

    const probe = Promise.withResolvers<boolean>()
    this.#probe = probe
    const giveUp = () => probe.resolve(false)
    const timer = setTimeout(giveUp, this.#limits.probeTimeout)
    this.#socket.once('close', giveUp)
    this.#ping()
    return probe.promise.finally(() => {
      clearTimeout(timer)
      this.#socket.off('close', giveUp)
      this.#probe = null
    })
  }

  /** Says why (RFC 6455 §7.4), and does not wait for a reply. */
  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
  }

  terminate(): void {
    this.#socket.terminate()
  }

  #ping(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping()
  }
}
